"""A player's whole history as one value, and every cut of it: pure functions of sorted, immutable rows."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import date
from enum import Enum
from functools import cached_property
from typing import NamedTuple

from msgspec import Struct, structs

from gateway.records import DECIMALS, Delta, Peak, Rows, Snapshot, UserMode


def _at(row: Snapshot) -> str:
    return row.at


class Interval(Enum):
    """How rows are put into buckets of UTC time; the value maps an instant to its bucket."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    @property
    def bucket(self) -> Callable[[str], object]:
        """From an instant to something that is equal for all instants of one bucket."""
        return {Interval.DAY: _day, Interval.WEEK: _iso_week, Interval.MONTH: _month}[self]


def _day(at: str) -> str:
    return at[:10]


def _iso_week(at: str) -> tuple[int, int]:
    return date.fromisoformat(at[:10]).isocalendar()[:2]


def _month(at: str) -> str:
    return at[:7]


class Span(NamedTuple):
    """From `start` up to, not including, `end`; None is open. Instants as in records."""

    start: str | None = None
    end: str | None = None

    def __contains__(self, at: object) -> bool:
        return isinstance(at, str) and (self.start or "") <= at and (self.end is None or at < self.end)


class Gain(NamedTuple):
    """Two snapshots that frame a span."""

    start: Snapshot
    end: Snapshot
    covers_whole_window: bool

    @property
    def delta(self) -> Delta:
        """What lies between them."""
        return difference(self.end, self.start)


class Best(NamedTuple):
    """A best value and the latest time it was reached."""

    pp: float
    at: str


class History(Struct, frozen=True, dict=True):
    """All snapshots of a player in one mode, oldest first. `whole_at` is when all of it was last read.

    `abridged` when osu!track has more rows: several of one instant, of which one is here, or rows that can't be read.
    """

    user_mode: UserMode
    rows: Rows[Snapshot]
    whole_at: float
    abridged: bool = False

    @property
    def latest(self) -> Snapshot | None:
        """The newest snapshot."""
        return self.rows[-1] if self.rows else None

    @property
    def earliest(self) -> Snapshot | None:
        """The oldest snapshot."""
        return self.rows[0] if self.rows else None

    def at(self, instant: str) -> Snapshot | None:
        """The newest snapshot at or before the instant."""
        place = bisect_right(self.rows, instant, key=_at)
        return self.rows[place - 1] if place else None

    def delta(self, row: Snapshot) -> Delta | None:
        """What a snapshot changed against the one before it; None for the first."""
        place = bisect_left(self.rows, row.at, key=_at)
        return difference(row, self.rows[place - 1]) if place else None

    def within(self, span: Span, every: Interval | None = None) -> Rows[Snapshot]:
        """The snapshots in the span; with `every`, only the last of each bucket."""
        rows = self.rows.cut(*self._places(span))
        if every is None:
            return rows
        last = {every.bucket(row.at): row for row in rows}
        return Rows(last.values())

    def gain(self, span: Span) -> Gain | None:
        """From the last snapshot at or before the start, or the first in the span, to its last; None if that is one."""
        first, stop = self._places(span)
        covered = span.start is None or bool(self.rows and self.rows[0].at <= span.start)
        if covered and span.start is not None:
            first = bisect_right(self.rows, span.start, key=_at) - 1
        if stop - first < 2:
            return None
        return Gain(self.rows[first], self.rows[stop - 1], covered)

    def _places(self, span: Span) -> tuple[int, int]:
        start = bisect_left(self.rows, span.start, key=_at) if span.start else 0
        end = bisect_left(self.rows, span.end, key=_at) if span.end else len(self.rows)
        return start, max(start, end)

    @cached_property
    def peak(self) -> Peak:
        """What `/peak` would say, worked out here, without the zeros that it takes for a rank."""
        # The last of equals, as upstream: min and max keep the first they meet.
        newest_first = self.rows[::-1]
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
    def best_pp(self) -> Best | None:
        """The highest pp and the latest time it was held."""
        best = max(self.rows[::-1], key=lambda row: row.pp, default=None)
        return Best(best.pp, best.at) if best else None

    def spliced(self, tail: Rows[Snapshot], *, abridged: bool = False) -> "History | None":
        """With its end replaced by rows read anew; None if they do not overlap, so that all has to be read again.

        `tail` is everything at or after the last row but one: the newest row can move, older ones stay (UPSTREAM A5).
        """
        seam = self.seam
        if seam is None or not tail or tail[0].at != seam:
            return None
        kept = self.rows.cut(0, bisect_left(self.rows, seam, key=_at))
        return structs.replace(self, rows=Rows(kept + tail), abridged=self.abridged or abridged)

    @property
    def seam(self) -> str | None:
        """From where a refresh has to read; None if there is too little to save anything."""
        return self.rows[-2].at if len(self.rows) > 1 else None


def difference(later: Snapshot, earlier: Snapshot) -> Delta:
    """Later minus earlier, without the noise behind what floating-point numbers stand for."""
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
