"""Calendar periods in UTC. Pure functions of instants, which are strings as in records."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date
from enum import Enum
from operator import attrgetter

from gateway.records import Snapshot

# Sorts after all characters of instants.
LAST = "~"
FIRST_INSTANT = "0001-01-01T00:00:00.000Z"


class Interval(Enum):
    """The lengths of calendar periods. Weeks start on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"

    def start(self, at: str) -> str:
        """The first instant of the period that contains the instant."""
        if self is Interval.WEEK:
            ordinal = date.fromisoformat(at[:DAY_LENGTH]).toordinal()
            return date.fromordinal(ordinal - (ordinal - 1) % 7).isoformat() + FIRST_INSTANT[DAY_LENGTH:]
        length = LENGTHS[self]
        return at[:length] + FIRST_INSTANT[length:]

    def end(self, at: str) -> str:
        """A text that sorts after all instants of the period that contains the instant, and before all later ones."""
        if self is Interval.WEEK:
            ordinal = date.fromisoformat(at[:DAY_LENGTH]).toordinal()
            return date.fromordinal(min(ordinal + -ordinal % 7, LAST_DAY)).isoformat() + LAST
        return at[: LENGTHS[self]] + LAST

    def max_count(self, first: str, last: str) -> int:
        """The maximum number of periods from one instant to another."""
        days = date.fromisoformat(last[:DAY_LENGTH]) - date.fromisoformat(first[:DAY_LENGTH])
        return days.days // MIN_DAYS[self] + 2


# The length of the part of an instant that all instants of a period have in common.
LENGTHS = {Interval.DAY: len("2026-01-31"), Interval.MONTH: len("2026-01"), Interval.YEAR: len("2026")}
MIN_DAYS = {Interval.DAY: 1, Interval.WEEK: 7, Interval.MONTH: 28, Interval.YEAR: 365}
DAY_LENGTH = LENGTHS[Interval.DAY]
LAST_DAY = date.max.toordinal()

_at = attrgetter("at")


def last_of_each(every: Interval, rows: Sequence[Snapshot], first: int, stop: int) -> list[int]:
    """The index of the last snapshot of each period among `rows[first:stop]`, which are sorted by time."""
    indices = []
    while first < stop:
        first = bisect_left(rows, every.end(rows[first].at), first, stop, key=_at)
        indices.append(first - 1)
    return indices
