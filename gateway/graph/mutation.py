"""The mutation `updateUser` and its result types."""

import asyncio
from math import ceil
from typing import Annotated

import strawberry
from msgspec import structs
from strawberry import ID, Private

from gateway import records
from gateway.errors import Unauthenticated, UpdateOutcomeUnknown, UpstreamError
from gateway.records import UserMode
from gateway.store.updates import Cooldown, UpdateResult

from . import inputs
from .context import Context, Info
from .fields import HISTORY, PRICES, UPDATE, documented, points_of_failure, record_field
from .inputs import GameMode, PlayerID, Ruleset
from .scalars import DateTime, from_timestamp
from .types.scores import NewHiscore
from .types.snapshots import StatsDelta
from .types.users import User, UserStats, stats_of, user_of

UPDATES_REFUSED = (
    "Updates require a token of this gateway's operator. The header `Authorization: Bearer <token>` is missing, or the"
    " token is invalid."
)

_field = strawberry.field


@documented
@strawberry.type
class UpdateUserSuccess:
    """A completed update."""

    user: User = _field(description="The player. The `username` is that of this update.")
    stats: UserStats = _field(description="The player's stats, which include this update.")

    @record_field(StatsDelta | None, HISTORY)
    async def delta(self, info: Info) -> records.Delta | None:
        """The change since the previous update; null on the first one. `ranksGained` is also null if the stats
        history is unavailable, which shows whether the player was ranked.
        """
        delta = self.update.delta
        if delta is None:
            return None
        try:
            history = info.context.unwrap(info, await info.context.history.load(self.stats.user_mode))
        except UpstreamError:
            return structs.replace(delta, ranks_gained=None)
        return history.corrected(delta)

    first_update: bool = _field(description="True if osu!track had no snapshot of the player in this mode before.")
    leveled_up: bool = _field(
        description="True if the level, without its fraction, has increased since the previous update."
    )
    new_hiscores: list[NewHiscore] = _field(
        description="Newly recorded plays in the player's top 100. After a pp rework, these are all of its plays."
    )
    update: Private[records.Update]


@documented
@strawberry.interface
class UpdateRefused:
    """An update that was not made, for an expected reason."""

    message: str = _field(description="A description of the reason, for display.")


@documented
@strawberry.type
class UserNotFound(UpdateRefused):
    """osu! has no user with this ID."""

    id: ID = _field(description="The requested ID.")


@documented
@strawberry.type
class UpdateOnCooldown(UpdateRefused):
    """The player was updated in this mode a short time ago: by an update, or by a request for the hiscores of a player
    that had none. Updates that have probably been made count as well. No request was sent to osu!track.
    """

    retry_at: DateTime = _field(description="The end of the cooldown.")
    retry_after_seconds: int = _field(description="Seconds until the end of the cooldown.")
    stats: UserStats = _field(description="The player's recorded stats.")


UpdateUserResult = Annotated[
    UpdateUserSuccess | UserNotFound | UpdateOnCooldown,
    strawberry.union(
        "UpdateUserResult",
        description="The result of an update. Expected failures are types of this union. If osu!track fails, or the\n"
        "gateway's budget of updates is used up (`UPSTREAM_BUSY`), `data` is null and `errors` has an entry. Types\n"
        "may be added: handle them with `... on UpdateRefused { message }`.",
    ),
]


@documented
@strawberry.type
class Mutation:
    """Operations that change data."""

    @record_field(UpdateUserResult, UPDATE)
    async def update_user(
        self, info: Info, id: PlayerID, mode: Ruleset = GameMode.OSU
    ) -> UpdateUserSuccess | UserNotFound | UpdateOnCooldown:
        """Makes osu!track fetch the player's current stats from osu! and record them. Returns the changes.
        Later reads of this player and mode, including the rest of this response, return the new data.
        Concurrent calls for the same player and mode share one request to osu!track. After an update, a
        cooldown starts for the player and mode. Failed requests are not retried. If osu!track does not confirm an
        update, it has probably been made (`UPDATE_OUTCOME_UNKNOWN`).
        """
        context = info.context
        context.services.updates.check_enabled()
        if not context.may_update:
            # Guesses are not free.
            context.charge(1)
            raise Unauthenticated(UPDATES_REFUSED)
        user_mode = UserMode(inputs.user_id(id), mode.value)
        outcome = await _update(context, user_mode)
        if isinstance(outcome, Cooldown) and outcome.user_exists:
            return _on_cooldown(user_mode, outcome)
        if outcome is None or isinstance(outcome, Cooldown):
            return UserNotFound(message=f"osu! has no user with the ID {id}.", id=id)
        context.warn_dropped(info, outcome.dropped)
        return _success(user_mode, outcome)


async def _update(context: Context, user_mode: UserMode) -> UpdateResult:
    """Update the player; later reads of the operation see the new data."""
    points = PRICES["update"]
    try:
        async with asyncio.timeout_at(context.deadline.with_grace):
            outcome = await context.services.updates.update(user_mode, context.deadline)
        points = 0 if isinstance(outcome, Cooldown) else points
    except TimeoutError as exc:
        raise UpdateOutcomeUnknown.from_cause("osu!track has not confirmed the update in time.") from exc
    except UpstreamError as exc:
        points = points_of_failure("update", exc)
        raise
    finally:
        context.discard_reads()
        context.charge(points)
    return outcome


def _on_cooldown(user_mode: UserMode, cooldown: Cooldown) -> UpdateOnCooldown:
    wait_s = max(1, ceil(cooldown.retry_after_s))
    return UpdateOnCooldown(
        message=f"The player was updated in this mode a short time ago. Retry in {wait_s} s.",
        retry_at=from_timestamp(cooldown.retry_at),
        retry_after_seconds=wait_s,
        stats=stats_of(user_mode),
    )


def _success(user_mode: UserMode, update: records.Update) -> UpdateUserSuccess:
    return UpdateUserSuccess(
        user=user_of(user_mode.user_id),
        stats=stats_of(user_mode),
        first_update=update.first,
        leveled_up=update.leveled_up,
        new_hiscores=update.new_hiscores,  # type: ignore[arg-type]  # records with the same attributes
        update=update,
    )
