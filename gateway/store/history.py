"""A player's history in one mode: windows, gains, peaks. Pure functions of sorted, immutable rows."""

from bisect import bisect_left, bisect_right
from functools import cached_property
from typing import NamedTuple

from msgspec import Struct, structs

from gateway.records import DECIMALS, Delta, Peak, Rows, Snapshot, UserMode

from .periods import Interval, last_of_each
from .snapshot_match import SnapshotMatch, index_at


def _at(row: Snapshot) -> str:
    return row.at


class Span(NamedTuple):
    """The instants from `start` up to, not including, `end`; None is unbounded. Instants are strings, as in records."""

    start: str | None = None
    end: str | None = None

    def __contains__(self, at: object) -> bool:
        return isinstance(at, str) and (self.start or "") <= at and (self.end is None or at < self.end)


class Gain(NamedTuple):
    """The difference between the snapshots at the ends of a span."""

    start: Snapshot
    end: Snapshot
    covers_whole_window: bool

    @property
    def delta(self) -> Delta:
        """The end minus the start."""
        return difference(self.end, self.start)


class Best(NamedTuple):
    """A best value and the latest time it was reached."""

    pp: float
    at: str


class History(Struct, frozen=True, dict=True):
    """All snapshots of a player in one mode, oldest first.

    `abridged` if osu!track has more rows: invalid ones, or several of one instant, of which one is included.
    Anomalies are among `rows`, but not in computed values.
    """

    user_mode: UserMode
    rows: Rows[Snapshot]
    abridged: bool = False

    @cached_property
    def regular(self) -> Rows[Snapshot]:
        """The snapshots without anomalies."""
        regular = Rows(row for row in self.rows if not row.is_anomaly)
        return self.rows if len(regular) == len(self.rows) else regular

    @cached_property
    def _times(self) -> list[str]:
        """The times of `regular`, which are searched for each row of a list with `delta`."""
        return [row.at for row in self.regular]

    @property
    def latest(self) -> Snapshot | None:
        """The newest snapshot."""
        return self.regular[-1] if self.regular else None

    @property
    def earliest(self) -> Snapshot | None:
        """The oldest snapshot."""
        return self.regular[0] if self.regular else None

    def at(self, instant: str, match: SnapshotMatch = SnapshotMatch.BEFORE) -> Snapshot | None:
        """The matching snapshot; by default, the newest one at or before the instant."""
        index = index_at(self._times, instant, match)
        return None if index is None else self.regular[index]

    def delta(self, row: Snapshot) -> Delta | None:
        """The difference of a snapshot to the previous one; None for the first."""
        index = bisect_left(self._times, row.at)
        return difference(row, self.regular[index - 1]) if index else None

    def corrected(self, reported: Delta) -> Delta:
        """The changes of the last update, without `ranks_gained` if the player was unranked before or after it.

        osu!track calculates with rank 0 for unranked, and adds no snapshot for players that are unranked now.
        """
        if len(self.rows) < 2:
            return structs.replace(reported, ranks_gained=None)
        recorded = difference(self.rows[-1], self.rows[-2])
        # A gain of exactly the last known rank leads to rank 0, unless the last snapshots are those of the update.
        lost = reported.ranks_gained == self.rows[-1].global_rank and _progress(recorded) != _progress(reported)
        return structs.replace(reported, ranks_gained=None) if recorded.ranks_gained is None or lost else reported

    def within(self, span: Span, every: Interval | None = None, *, anomalies: bool = False) -> Rows[Snapshot]:
        """The snapshots in the span; with `every`, only the last of each period."""
        rows = self.rows if anomalies else self.regular
        first, stop = _bounds(rows, span)
        if every is None:
            return rows.cut(first, stop)
        return Rows(rows[index] for index in last_of_each(every, rows, first, stop))

    def max_periods(self, span: Span, every: Interval) -> int:
        """The maximum number of periods with snapshots in the span, found without a search for each."""
        first, stop = _bounds(self.rows, span)
        return min(stop - first, every.max_count(self.rows[first].at, self.rows[stop - 1].at)) if first < stop else 0

    def gain(self, span: Span, *, within: bool = False) -> Gain | None:
        """The gain up to the last snapshot in the span, from the last one at or before its start, else its first one.

        With `within`, always from its first one. None if both are the same snapshot.
        """
        rows = self.regular
        first, stop = _bounds(rows, span) if within else self._gain_bounds(span)
        if stop - first < 2:
            return None
        return Gain(rows[first], rows[stop - 1], span.start is None or rows[first].at <= span.start)

    def gains(self, span: Span, every: Interval) -> list[Gain]:
        """The gain of each period in the span. Each starts at the end of the previous one: they add up to `gain`.

        A period has none if it has no snapshot, or only the first one of all.
        """
        rows = self.regular
        start = self._gain_bounds(span)[0]
        gains: list[Gain] = []
        for end in last_of_each(every, rows, *_bounds(rows, span)):
            if end > start:
                # Only the first one can begin within its period.
                covered = bool(gains) or rows[start].at <= max(span.start or "", every.start(rows[end].at))
                gains.append(Gain(rows[start], rows[end], covered))
            start = end
        return gains

    def _gain_bounds(self, span: Span) -> tuple[int, int]:
        """The indices of the snapshots that a gain compares, the second exclusive."""
        first = bisect_right(self._times, span.start) - 1 if span.start else 0
        return max(first, 0), _bounds(self.regular, span)[1]

    @cached_property
    def peak(self) -> Peak:
        """The value of `/peak`, but without rank 0: docs/osutrack.md, "Rank 0"."""
        # Of equal values the newest counts, as in `/peak`: min and max return the first.
        newest_first = self.regular[::-1]
        ranked = [row for row in newest_first if row.global_rank is not None]
        rank = min(ranked, key=lambda row: row.global_rank or 0, default=None)
        accurate = max(newest_first, key=lambda row: row.accuracy, default=None)
        return Peak(
            user_mode=self.user_mode,
            global_rank=rank.global_rank if rank else None,
            global_rank_at=rank.at if rank else None,
            accuracy=accurate.accuracy if accurate else None,
            accuracy_at=accurate.at if accurate else None,
        )

    @cached_property
    def best_rank(self) -> int | None:
        """The best global rank."""
        return min((row.global_rank for row in self.regular if row.global_rank is not None), default=None)

    def prepared(self) -> "History":
        """This history, with the values that a ranking reads of many histories at once."""
        _ = self.regular, self.best_rank
        return self

    @property
    def knows_best_rank(self) -> bool:
        """Whether `best_rank` has been computed."""
        return "best_rank" in vars(self)

    @cached_property
    def best_pp(self) -> Best | None:
        """The highest pp and the latest time at which it was reached."""
        best = max(self.regular[::-1], key=lambda row: row.pp, default=None)
        return Best(best.pp, best.at) if best else None

    def with_tail(self, tail: Rows[Snapshot], *, abridged: bool = False) -> "History | None":
        """This history with its end replaced by the rows from `seam` on; None if the seam is missing from them."""
        seam = self.seam
        if seam is None or not tail or tail[0].at != seam:
            return None
        stable = self.rows.cut(0, bisect_left(self.rows, seam, key=_at))
        return structs.replace(self, rows=Rows(stable + tail), abridged=self.abridged or abridged)

    @property
    def seam(self) -> str | None:
        """The start of a refresh, the second-newest row; None for a full load.

        The newest row can move: docs/osutrack.md, "History is not append-only".
        """
        return self.rows[-2].at if len(self.rows) > 1 else None


def _bounds(rows: Rows[Snapshot], span: Span) -> tuple[int, int]:
    start = bisect_left(rows, span.start, key=_at) if span.start else 0
    end = bisect_left(rows, span.end, key=_at) if span.end else len(rows)
    return start, max(start, end)


def difference(later: Snapshot, earlier: Snapshot) -> Delta:
    """Later minus earlier, rounded against floating-point noise."""
    unranked = later.global_rank is None or earlier.global_rank is None
    return Delta(
        pp=round(later.pp - earlier.pp, DECIMALS),
        ranks_gained=None if unranked else (earlier.global_rank or 0) - (later.global_rank or 0),
        accuracy=round(later.accuracy - earlier.accuracy, DECIMALS),
        level=round(later.level - earlier.level, DECIMALS),
        play_count=later.play_count - earlier.play_count,
        ranked_score=later.ranked_score - earlier.ranked_score,
        total_score=later.total_score - earlier.total_score,
        count_300=later.count_300 - earlier.count_300,
        count_100=later.count_100 - earlier.count_100,
        count_50=later.count_50 - earlier.count_50,
        count_ss=later.count_ss - earlier.count_ss,
        count_s=later.count_s - earlier.count_s,
        count_a=later.count_a - earlier.count_a,
    )


def _progress(delta: Delta) -> tuple[int | None, int, int]:
    return delta.ranks_gained, delta.play_count, delta.total_score
