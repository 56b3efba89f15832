"""Reworks of pp: their real dates, with invented effects on a player's pp (docs/osutrack.md, "Duplicate plays")."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import NamedTuple

_EFFECTS = {
    "2019-02-05": {0: 0.95},
    "2021-01-18": {0: 0.97},
    "2021-07-27": {0: 0.9, 3: 1.06},
    "2021-11-15": {0: 1.05},
    "2022-09-28": {1: 1.12},
    "2022-09-30": {0: 0.94},
    "2022-10-09": {3: 0.92},
    "2024-10-31": {0: 0.93, 1: 0.95, 2: 1.08, 3: 1.03},
    "2025-03-08": {0: 1.04, 1: 0.97, 2: 0.98},
}


class Rework(NamedTuple):
    """A change of the pp formula: from then on, all plays of a mode are worth `factor` times as much on average."""

    at_s: int
    factor: float


def _reworks(mode: int) -> tuple[Rework, ...]:
    return tuple(
        Rework(int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()), effects[mode])
        for day, effects in _EFFECTS.items()
        if mode in effects
    )


REWORKS = tuple(_reworks(mode) for mode in range(4))


def player_reworks(mode: int, rng: Random) -> tuple[Rework, ...]:
    """The reworks of a mode with their effects on one player: half to one and a half times the average."""
    return tuple(Rework(at_s, 1 + (factor - 1) * (0.5 + rng.random())) for at_s, factor in REWORKS[mode])


def value_at(at_s: int, reworks: tuple[Rework, ...]) -> float:
    """The pp at that time of a play that is worth 1 pp by now."""
    value = 1.0
    for rework in reworks:
        if at_s < rework.at_s:
            value /= rework.factor
    return value
