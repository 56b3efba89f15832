"""The search for the snapshot at an instant. Pure functions of sorted instants, which are strings as in records."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum


class SnapshotMatch(Enum):
    """The snapshot to select if there is none at the instant itself."""

    BEFORE = "before"
    NEAREST = "nearest"
    AFTER = "after"


def index_at(times: Sequence[str], instant: str, match: SnapshotMatch) -> int | None:
    """The index of the matching time, the last of equal ones; None without a match."""
    after = bisect_right(times, instant)
    before = after - 1 if after else None
    if match is SnapshotMatch.BEFORE or (before is not None and times[before] == instant):
        return before
    following = bisect_right(times, times[after]) - 1 if after < len(times) else None
    if match is SnapshotMatch.AFTER:
        return following
    if before is None or following is None:
        return following if before is None else before
    is_nearer = _distance(times[following], instant) < _distance(times[before], instant)
    return following if is_nearer else before


def _distance(one: str, other: str) -> timedelta:
    return abs(datetime.fromisoformat(one) - datetime.fromisoformat(other))
