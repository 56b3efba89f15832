"""The update, and the ways in which it can end."""

from math import ceil
from typing import Annotated

import strawberry
from strawberry import ID

from gateway import records
from gateway.errors import Unauthenticated
from gateway.records import UserMode
from gateway.store.updates import Cooldown, Unknown

from . import inputs
from .context import Context, Info
from .fields import UPDATE, documented, record_field
from .inputs import GameMode
from .scalars import DateTime, from_timestamp
from .types.scores import NewHiscore
from .types.snapshots import StatsDelta
from .types.users import User, UserStats, stats_of, user_of

_field = strawberry.field


@documented
@strawberry.type
class UpdateUserSuccess:
    """The update was made."""

    user: User = _field(description="The player, whose `username` is known now.")
    stats: UserStats = _field(description="Already refreshed: select anything the page shows and it is up to date.")
    delta: StatsDelta | None = _field(
        description="What changed since the last update; null on the first, when there is nothing to compare with."
    )
    first_update: bool = _field(description="Whether this was the first time osu!track saw the player in this mode.")
    leveled_up: bool = _field(description="Whether the level, without its fraction, has risen.")
    new_hiscores: list[NewHiscore] = _field(
        description="Plays in the player's top 100 that were not recorded yet; after a pp rework, that is all of them."
    )


@documented
@strawberry.interface
class UpdateRefused:
    """An expected reason why an update did not happen."""

    message: str = _field(description="The reason, for people.")


@documented
@strawberry.type
class UserNotFound(UpdateRefused):
    """osu! knows no such user."""

    id: ID = _field(description="The ID that was asked for.")


@documented
@strawberry.type
class UpdateOnCooldown(UpdateRefused):
    """This player and mode were updated through this gateway a short while ago. Nothing was sent."""

    retry_at: DateTime = _field(description="When an update will be sent again.")
    retry_after_seconds: int = _field(description="The same in seconds from now.")
    stats: UserStats = _field(description="What is known already may do until then.")


UpdateUserResult = Annotated[
    UpdateUserSuccess | UserNotFound | UpdateOnCooldown,
    strawberry.union(
        "UpdateUserResult",
        description="How an update ended. Reasons to expect are types here; a failing upstream is an entry\n"
        "in `errors`, with `data.updateUser` lost. More refusals may be added: select\n"
        "`... on UpdateRefused { message }` to be ready.",
    ),
]


@documented
@strawberry.type
class Mutation:
    """The one thing that can be changed: what osu!track has recorded."""

    @record_field(UpdateUserResult, UPDATE)
    async def update_user(
        self, info: Info, id: ID, mode: GameMode = GameMode.OSU
    ) -> UpdateUserSuccess | UserNotFound | UpdateOnCooldown:
        """Ask osu!track to read the player's current stats from osu! and record them, then return what changed.
        Afterwards every read of this player and mode, including the rest of this response, sees the new data.
        Calls for the same player and mode that overlap are sent upstream once. A player and mode can be
        updated again only after a cooldown. Never retried. Cost: 5.
        """
        context = info.context
        if not context.may_update:
            raise Unauthenticated("Updates through this gateway need a token: send `Authorization: Bearer <token>`.")
        user_mode = UserMode(inputs.user_id(id), mode.value)
        outcome = await context.update(user_mode)
        if isinstance(outcome, Unknown):
            return UserNotFound(message=f"osu! knows no user with the ID {id}.", id=id)
        if isinstance(outcome, Cooldown):
            return _on_cooldown(context, user_mode, outcome.retry_at)
        return _success(user_mode, outcome)


def _on_cooldown(context: Context, user_mode: UserMode, retry_at: float) -> UpdateOnCooldown:
    wait_s = max(1, ceil(retry_at - context.now))
    return UpdateOnCooldown(
        message=f"This player and mode were updated a moment ago. Try again in {wait_s} s.",
        retry_at=from_timestamp(retry_at),
        retry_after_seconds=wait_s,
        stats=stats_of(user_mode),
    )


def _success(user_mode: UserMode, update: records.Update) -> UpdateUserSuccess:
    return UpdateUserSuccess(
        user=user_of(user_mode.user_id),
        stats=stats_of(user_mode),
        delta=update.delta,  # type: ignore[arg-type]  # a record, which the type names
        first_update=update.first,
        leveled_up=update.leveled_up,
        new_hiscores=update.new_hiscores,  # type: ignore[arg-type]  # (the same)
    )
