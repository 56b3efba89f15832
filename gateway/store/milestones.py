"""A player's milestones: the first snapshots at certain ranks, pp, play counts, levels and accuracies. Pure functions.

The moment at which a player reached a milestone is between two snapshots; only these are known.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from enum import Enum
from math import inf
from typing import NamedTuple

from gateway.records import Rows, Snapshot

# The first items are real milestones; the ends of the sequences are bounds for invalid data.
RANKS = (1_000_000, 500_000, 100_000, 50_000, 10_000, 5000, 1000, 500, 100, 50, 10, 1)
PP = range(1000, 1_000_001, 1000)
PLAY_COUNTS = (1000, 5000, 10_000, 25_000, 50_000, *range(100_000, 10_000_001, 100_000))
LEVELS = (*range(10, 100, 10), *range(100, 1001))
# A quotient is the float nearest to the decimal number, as in JSON: 95 + 17 * 0.1 is above 96.7.
ACCURACIES = tuple(tenths / 10 for tenths in range(951, 1001))


# Rows without a new milestone are skipped in blocks: `max` is faster than a loop.
BLOCK = 50


class MilestoneKind(Enum):
    """Values are the attributes of snapshots."""

    GLOBAL_RANK = "global_rank"
    PP = "pp"
    PLAY_COUNT = "play_count"
    LEVEL = "level"
    ACCURACY = "accuracy"


def _negated_ranks(rows: Rows[Snapshot]) -> Sequence[float]:
    # Unranked players have no rank, and invalid data can have a negative one.
    return [-rank if (rank := row.global_rank) and rank > 0 else -inf for row in rows]


# The values of each kind, of which higher ones are better, and their thresholds; the last one is never reached.
SCALES: Mapping[MilestoneKind, tuple[Callable[[Rows[Snapshot]], Sequence[float]], Sequence[float]]] = {
    MilestoneKind.GLOBAL_RANK: (_negated_ranks, (*(-rank for rank in RANKS), inf)),
    MilestoneKind.PP: (lambda rows: [row.pp for row in rows], (*PP, inf)),
    MilestoneKind.PLAY_COUNT: (lambda rows: [row.play_count for row in rows], (*PLAY_COUNTS, inf)),
    MilestoneKind.LEVEL: (lambda rows: [row.level for row in rows], (*LEVELS, inf)),
    MilestoneKind.ACCURACY: (lambda rows: [row.accuracy for row in rows], (*ACCURACIES, inf)),
}


class Milestone(NamedTuple):
    """The first snapshot at or beyond a threshold, and the one before it; None for the first of all."""

    kind: MilestoneKind
    threshold: float
    before: Snapshot | None
    after: Snapshot

    @property
    def id(self) -> str:
        """`<user ID>:<mode>:<kind>:<threshold>`."""
        user_id, mode = self.after.user_mode  # type: ignore[misc]  # set by the decoder of a history
        return f"{user_id}:{mode.name}:{self.kind.name}:{self.threshold:.10g}"


def milestones(rows: Rows[Snapshot], kinds: Collection[MilestoneKind]) -> Sequence[Milestone]:
    """The milestones in sorted snapshots, oldest first; of one snapshot, in the order of kinds and of progress."""
    found = [
        Milestone(kind, float(abs(threshold)), rows[index - 1] if index else None, rows[index])
        for kind, (values_of, thresholds) in SCALES.items()
        if kind in kinds
        for index, threshold in _first_times(values_of(rows), thresholds)
    ]
    return sorted(found, key=lambda milestone: milestone.after.at)


def _first_times(values: Sequence[float], thresholds: Sequence[float]) -> Iterator[tuple[int, float]]:
    """The thresholds that are reached, each with the index of the first value at or above it."""
    reached, target = 0, thresholds[0]
    for start in range(0, len(values), BLOCK):
        block = values[start : start + BLOCK]
        if max(block) < target:
            continue
        for index, value in enumerate(block, start):
            if value >= target:
                passed = bisect_right(thresholds, value, reached)
                yield from ((index, threshold) for threshold in thresholds[reached:passed])
                reached, target = passed, thresholds[passed]
