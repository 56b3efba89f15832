"""Players: who they are, and everything osu!track knows about them in one mode."""

from collections.abc import Awaitable
from typing import Annotated
from urllib.parse import quote

import strawberry
from strawberry import ID, UNSET, Private

from gateway import records
from gateway.errors import BadUserInput
from gateway.graph.context import Info, NullableResult
from gateway.graph.fields import HISCORES, HISTORY, PEAK, SemanticNonNull, documented, record_field
from gateway.graph.inputs import GameMode, ScoreOrder, Window, span
from gateway.graph.scalars import URL, DateTime
from gateway.records import Rows, UserMode
from gateway.store.history import Gain as GainRecord
from gateway.store.history import History, Interval

from .paging import After, First, HiscorePager, Page, PlayedWindow, list_id
from .peaks import Peak, peak_of
from .scores import HiscoreConnection
from .snapshots import Gain, Snapshot

ALL_MODES = (GameMode.OSU, GameMode.TAIKO, GameMode.CATCH, GameMode.MANIA)
LAST_30_DAYS = Window(days=30)

BestPerBeatmap = Annotated[bool, strawberry.argument(description="Keep only the highest-pp play of each beatmap.")]


@documented
@strawberry.type
class User:
    """An osu! player. The same `id` is always the same player, so client caches can merge on it."""

    id: ID = strawberry.field(description="The numeric osu! user ID.")
    user_id: Private[int]

    @strawberry.field
    def username(self, info: Info) -> str | None:
        """Known only once this gateway has seen it in an update's answer, null before: osu!track's read
        endpoints do not return names.
        """
        return _username(self, info)

    @strawberry.field
    def profile_url(self) -> URL:
        """Profile page on osu.ppy.sh."""
        return URL(f"https://osu.ppy.sh/users/{self.id}")

    @strawberry.field
    def avatar_url(self) -> URL:
        """Their picture, or osu!'s picture for those who have none."""
        return URL(f"https://a.ppy.sh/{self.id}")

    @strawberry.field
    def osu_track_url(self, info: Info) -> URL | None:
        """Page on osu!track; needs the username."""
        username = _username(self, info)
        return URL(f"https://ameobea.me/osutrack/user/{quote(username)}") if username else None

    @strawberry.field
    def stats(self, mode: GameMode = GameMode.OSU) -> "UserStats":
        """Everything osu!track knows about the player in one mode."""
        return stats_of(UserMode(self.user_id, mode.value))

    @strawberry.field
    def all_stats(self, modes: list[GameMode] = ALL_MODES) -> list["UserStats"]:  # type: ignore[assignment]  # read only
        """The same, for several modes; all four unless told otherwise."""
        if len(modes) > len(ALL_MODES):
            raise BadUserInput("modes", f"`modes` may list {len(ALL_MODES)} modes at most.")
        return [stats_of(UserMode(self.user_id, mode.value)) for mode in modes]


@documented
@strawberry.type
class UserStats:
    """One player in one mode. Fields read from three upstream resources, each fetched once per request however
    many fields use it: the stats history (`tracked`, `latest`, `earliest`, `snapshotAt`, `snapshots`, `gain`,
    `peak.pp`; cost 1), the hiscores (cost 3) and the peak (cost 1).
    """

    id: ID = strawberry.field(description="`<user id>:<mode>`, for client caches.")
    mode: GameMode = strawberry.field(description="The ruleset.")
    user_mode: Private[UserMode]

    @strawberry.field
    def user(self) -> User:
        """The player, in all modes."""
        return user_of(self.user_mode.user_id)

    @record_field(bool | None, SemanticNonNull(), HISTORY)
    def tracked(self, info: Info) -> bool | Awaitable[bool]:
        """Whether osu!track has at least one snapshot here."""
        return info.context.read(info, info.context.history, self.user_mode, lambda history: bool(history.rows))

    @record_field(Snapshot | None, HISTORY)
    def latest(self, info: Info) -> NullableResult[records.Snapshot]:
        """The newest snapshot; null if there is none."""
        return info.context.read(info, info.context.history, self.user_mode, lambda history: history.latest)

    @record_field(Snapshot | None, HISTORY)
    def earliest(self, info: Info) -> NullableResult[records.Snapshot]:
        """The oldest snapshot; null if there is none."""
        return info.context.read(info, info.context.history, self.user_mode, lambda history: history.earliest)

    @record_field(Snapshot | None, HISTORY)
    def snapshot_at(self, info: Info, at: DateTime) -> NullableResult[records.Snapshot]:
        """The newest snapshot at or before this instant; null if tracking began later."""
        return info.context.read(info, info.context.history, self.user_mode, lambda history: history.at(at))

    @record_field(list[Snapshot] | None, SemanticNonNull(), HISTORY)
    def snapshots(
        self, info: Info, window: Window | None = UNSET, every: Interval | None = UNSET
    ) -> Rows[records.Snapshot] | Awaitable[Rows[records.Snapshot]]:
        """Snapshots, oldest first. With `every`, only the last one in each bucket. More than 20 000 rows are refused
        (`RESULT_TOO_LARGE`): narrow the window or thin it out. The upstream keeps a stretch without change as its
        first and last snapshot only.
        """
        within = span(window, info.context.now)

        def rows(history: History) -> Rows[records.Snapshot]:
            cut = history.within(within, every or None)
            return info.context.count_rows(cut, len(cut))

        return info.context.read(info, info.context.history, self.user_mode, rows)

    @record_field(Gain | None, HISTORY)
    def gain(self, info: Info, window: Window = LAST_30_DAYS) -> NullableResult[GainRecord]:
        """What changed over the window. It is measured from the last snapshot at or before the window's start,
        or the first inside it when tracking began later. Null if there are not two points to compare.
        """
        within = span(window, info.context.now)
        return info.context.read(info, info.context.history, self.user_mode, lambda history: history.gain(within))

    @record_field(HiscoreConnection | None, SemanticNonNull(), HISCORES)
    def hiscores(
        self,
        info: Info,
        window: PlayedWindow = UNSET,
        order_by: ScoreOrder = ScoreOrder.PP_DESC,
        best_per_beatmap: BestPerBeatmap = False,
        first: First = 50,
        after: After = UNSET,
    ) -> Page[records.Hiscore] | Awaitable[Page[records.Hiscore]]:
        """Recorded hiscores: plays that entered the player's top 100. The upstream stores one play again whenever its
        pp is reworked; here each play (same beatmap, mods and score) stands once, as last recorded. A beatmap can
        still appear more than once, with different plays.
        """
        context = info.context
        source = list_id("hiscores", self.user_mode, best_per_beatmap)
        cut = HiscorePager(
            context, source, span(window, context.now), order_by, first, after, best_per_beatmap=best_per_beatmap
        )
        return context.read(info, context.hiscores, self.user_mode, cut)

    @record_field(Peak | None, PEAK)
    def peak(self, info: Info) -> NullableResult[records.Peak]:
        """Best values ever recorded; null if there are none."""
        return peak_of(info, self.user_mode)


def user_of(user_id: int) -> User:
    """The player; costs nothing, and may not exist."""
    return User(id=ID(str(user_id)), user_id=user_id)


def stats_of(user_mode: UserMode) -> UserStats:
    """The player in that mode; costs nothing until a field is read."""
    return UserStats(
        id=ID(f"{user_mode.user_id}:{user_mode.mode.name}"), mode=GameMode(user_mode.mode), user_mode=user_mode
    )


def _username(user: User, info: Info) -> str | None:
    """The name if it is known; any answer of osu!track may make it so."""
    username = info.context.services.tracker.username(user.user_id)
    if username is None:
        info.context.uncacheable = True
    return username
