"""Players, and their data in one mode."""

from collections.abc import Awaitable, Sequence
from functools import lru_cache
from urllib.parse import quote

import strawberry
from strawberry import ID, UNSET, Private

from gateway import records
from gateway.graph.bounds import check_length
from gateway.graph.context import Info, NullableResult
from gateway.graph.fields import HISCORES, HISTORY, NAME, PEAK, SemanticNonNull, documented, frozen, record_field
from gateway.graph.filters import BestPerBeatmap, Filter, score_filter
from gateway.graph.inputs import GameMode, OrderBy, Ruleset, Rulesets, ScoreOrder, span
from gateway.graph.scalars import URL, DateTime, from_timestamp
from gateway.graph.work import PERIOD_US
from gateway.records import Rows, UserMode
from gateway.store import milestones, pp_records
from gateway.store.history import Gain as GainRecord
from gateway.store.history import History
from gateway.store.snapshot_match import SnapshotMatch

from .first_plays import FirstPlay, PPAtLeast, first_plays_of
from .gains import Periods, PeriodsWindow, gains_of
from .history_arguments import (
    LAST_30_DAYS,
    At,
    Every,
    GainWindow,
    IncludeAnomalies,
    Match,
    SnapshotWindow,
    WithinWindow,
)
from .milestones import Kinds, Milestone, milestones_of
from .names import username_of
from .paging import After, First, HiscorePager, Page, PlayedWindow, list_id
from .peaks import Peak, peak_of
from .scores import HiscoreConnection
from .snapshots import Gain, Snapshot

ALL_MODES = (GameMode.OSU, GameMode.TAIKO, GameMode.CATCH, GameMode.MANIA)


@documented
@frozen
@strawberry.type
class User:
    """An osu! player. The same `id` always identifies the same player, so client caches can merge by it."""

    id: ID = strawberry.field(description="The numeric osu! user ID.")
    user_id: Private[int]

    @record_field(str | None, NAME)
    def username(self, info: Info) -> NullableResult[str]:
        """The player's name; null if it is unknown. osu!track returns names in updates only: the name is known after
        an update through this gateway, and otherwise looked up in the names service, if the gateway has one. Without
        it, an unknown name causes the warning `USERNAME_UNRESOLVED`. Inside a list, nothing is looked up, and the
        field costs nothing.
        """
        return username_of(info, self.user_id)

    @strawberry.field
    def profile_url(self) -> URL:
        """The profile page on osu.ppy.sh."""
        return URL(f"https://osu.ppy.sh/users/{self.id}")

    @strawberry.field
    def avatar_url(self) -> URL:
        """The player's avatar, or osu!'s default avatar."""
        return URL(f"https://a.ppy.sh/{self.id}")

    @record_field(URL | None, NAME)
    def osu_track_url(self, info: Info) -> NullableResult[URL]:
        """The player's page on osu!track; null if `username` is null."""
        return username_of(info, self.user_id, lambda name: URL(f"https://ameobea.me/osutrack/user/{quote(name)}"))

    @strawberry.field
    def stats(self, mode: Ruleset = GameMode.OSU) -> "UserStats":
        """The player's data in one mode."""
        return stats_of(UserMode(self.user_id, mode.value))

    @strawberry.field
    def all_stats(self, modes: Rulesets = ALL_MODES) -> list["UserStats"]:  # type: ignore[assignment]  # read only
        """The player's data in several modes; by default, in all four."""
        check_length("modes", modes, len(ALL_MODES), "modes")
        return [stats_of(UserMode(self.user_id, mode.value)) for mode in modes]


@documented
@frozen
@strawberry.type
class UserStats:
    """A player's data in one mode, from three resources of osu!track: the stats history (cost 1; `tracked`,
    `latest`, `earliest`, `snapshotAt`, `snapshots`, `gain`, `gains`, `milestones`, `peak.pp`), the hiscores (cost 3;
    `hiscores`, `firstPlays`) and the peak (cost 1; no cost in an operation that reads the stats history, from which
    it is then computed). Each resource is fetched at most once per request.
    """

    id: ID = strawberry.field(description="`<user ID>:<mode>`, for client caches.")
    mode: GameMode = strawberry.field(description="The ruleset.")
    user_mode: Private[UserMode]

    @strawberry.field
    def user(self) -> User:
        """The player."""
        return user_of(self.user_mode.user_id)

    @record_field(bool | None, SemanticNonNull(), HISTORY)
    def tracked(self, info: Info) -> bool | Awaitable[bool]:
        """True if osu!track has at least one snapshot of the player in this mode, even if that is an anomaly (see
        `snapshots`).
        """
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
    def snapshot_at(self, info: Info, at: At, match: Match = SnapshotMatch.BEFORE) -> NullableResult[records.Snapshot]:
        """The snapshot at this instant, or else the newest one before it; null if tracking began later. With `match`,
        the nearest one, or the oldest one after it. Between two snapshots, the player's stats are unknown.
        """
        return info.context.read(info, info.context.history, self.user_mode, lambda history: history.at(at, match))

    @record_field(list[Snapshot] | None, SemanticNonNull(), HISTORY)
    def snapshots(
        self,
        info: Info,
        window: SnapshotWindow = UNSET,
        every: Every = UNSET,
        include_anomalies: IncludeAnomalies = False,
    ) -> Rows[records.Snapshot] | Awaitable[Rows[records.Snapshot]]:
        """Snapshots, oldest first. With `every`, only the last one of each period. Of a period without changes,
        osu!track keeps only the first and the last snapshot.
        """
        within = span(window, info.context.now)

        def select(history: History) -> Rows[records.Snapshot]:
            if every:
                info.context.size.count_work(history.max_periods(within, every) * PERIOD_US)
            return history.within(within, every or None, anomalies=include_anomalies)

        return info.context.read(info, info.context.history, self.user_mode, select)

    @record_field(Gain | None, HISTORY)
    def gain(
        self, info: Info, window: GainWindow = LAST_30_DAYS, within_window: WithinWindow = False
    ) -> NullableResult[GainRecord]:
        """The change over the window, measured from the last snapshot at or before the window's start, or from the
        first one within it if tracking began later, or with `withinWindow`. Null if no other snapshot follows within
        the window.
        """
        time = span(window, info.context.now)
        history = info.context.history
        return info.context.read(info, history, self.user_mode, lambda rows: rows.gain(time, within=within_window))

    @record_field(list[Gain] | None, SemanticNonNull(), HISTORY)
    def gains(
        self, info: Info, window: PeriodsWindow = UNSET, *, every: Periods
    ) -> list[GainRecord] | Awaitable[list[GainRecord]]:
        """The change in each day, week, month or year of the window, oldest first. `Gain.end` is in the period. Each
        gain starts at the end of the previous one, so that they add up to the `gain` of the window. A period without
        snapshots is not in the list; neither is one with only the first snapshot of all.
        """
        return gains_of(info, self.user_mode, window, every)

    @record_field(HiscoreConnection | None, SemanticNonNull(), HISCORES)
    def hiscores(
        self,
        info: Info,
        window: PlayedWindow = UNSET,
        order_by: OrderBy = ScoreOrder.PP_DESC,
        best_per_beatmap: BestPerBeatmap = False,
        filter: Filter = UNSET,
        first: First = 50,
        after: After = UNSET,
    ) -> Page[records.Hiscore] | Awaitable[Page[records.Hiscore]]:
        """Recorded hiscores: plays that entered the player's top 100. osu!track records plays once more after
        each pp rework; here each play (same beatmap, mods and score) appears once, as last recorded. A score of 0
        does not identify a play: such records are all returned. A beatmap can appear more than once, with different
        plays.
        """
        context = info.context
        source = list_id("hiscores", self.user_mode, best_per_beatmap)
        pager = HiscorePager(
            context,
            source,
            span(window, context.now),
            order_by,
            first,
            after,
            score_filter=score_filter(filter),
            best_per_beatmap=best_per_beatmap,
        )
        return context.read(info, context.hiscores, self.user_mode, pager)

    @record_field(list[Milestone] | None, SemanticNonNull(), HISTORY)
    def milestones(
        self, info: Info, kinds: Kinds = UNSET
    ) -> Sequence[milestones.Milestone] | Awaitable[Sequence[milestones.Milestone]]:
        """The first times at certain ranks, pp, play counts, levels and accuracies, oldest first. If one snapshot
        passes several thresholds, each is a milestone: in the order of `MilestoneKind`, then the easier one first.
        """
        return milestones_of(info, self.user_mode, kinds)

    @record_field(list[FirstPlay] | None, SemanticNonNull(), HISCORES)
    def first_plays(
        self, info: Info, pp_at_least: PPAtLeast
    ) -> Sequence[pp_records.FirstPlay] | Awaitable[Sequence[pp_records.FirstPlay]]:
        """For each value, the first of `hiscores(orderBy: PLAYED_AT_ASC)` with at least this pp. The pp of a play is
        that of its last record: after a pp rework, another play can be the first. Plays that left the player's top 100
        before tracking began are unknown.
        """
        return first_plays_of(info, self.user_mode, pp_at_least)

    @record_field(DateTime | None)
    def next_update_at(self, info: Info) -> NullableResult[DateTime]:
        """The end of the cooldown of `updateUser` for this player and mode; null if an update is possible now. With
        this field, a response is not cached; nothing is requested from osu!track.
        """
        context = info.context
        context.uncacheable = True

        def select(left_s: float) -> DateTime | None:
            return from_timestamp(context.now + left_s) if left_s else None

        return context.read(info, context.cooldowns, self.user_mode, select)

    @record_field(Peak | None, PEAK)
    def peak(self, info: Info) -> NullableResult[records.Peak]:
        """The best recorded values; null if there are none."""
        return peak_of(info, self.user_mode)


@lru_cache(maxsize=4096)
def user_of(user_id: int) -> User:
    """The player. Nothing is fetched, and the player may not exist."""
    return User(id=ID(str(user_id)), user_id=user_id)


@lru_cache(maxsize=4096)
def stats_of(user_mode: UserMode) -> UserStats:
    """The player's data in a mode. Nothing is fetched before a field is read."""
    return UserStats(
        id=ID(f"{user_mode.user_id}:{user_mode.mode.name}"), mode=GameMode(user_mode.mode), user_mode=user_mode
    )
