"""A player's level of play in one mode: start, diligence, pp of the best plays, accuracy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from gateway.sandbox import players
from gateway.sandbox.career import DAY_S
from gateway.sandbox.reworks import Rework, player_reworks

_TRACKING_START_S = int(datetime(2012, 5, 1, tzinfo=UTC).timestamp())
_LEAST_DAYS = 3 * 365


@dataclass(frozen=True)
class Profile:
    """A player in one mode. `top_pp` is the pp of the best plays by now, `start_s` the midnight before tracking."""

    user: int
    mode: int
    start_s: int
    diligence: float
    top_pp: float
    accuracy: float
    reworks: tuple[Rework, ...]


def create_profile(user: int, mode: int, *, until_s: int, rng: Random) -> Profile:
    """The profile of a player: fixed for some of them in osu! mode, otherwise random."""
    start, diligence, top_pp, accuracy = _FIXED.get((user, mode)) or _random(rng)
    days = (until_s - _TRACKING_START_S) // DAY_S - _LEAST_DAYS
    start_s = _TRACKING_START_S + int(days * start) * DAY_S
    return Profile(user, mode, start_s, diligence, top_pp, accuracy, player_reworks(mode, rng))


def _random(rng: Random) -> tuple[float, float, float, float]:
    skill = rng.random() ** 2
    return rng.random() ** 2, 0.2 + rng.random(), 70 + 1_250 * skill, 94.5 + 4.5 * skill**0.5


# Start as a share of the possible period, diligence, pp of the best plays, accuracy.
_FIXED = {
    (players.HEAVY, 0): (0.0, 1.5, 1_060, 98.9),
    (players.AMEO, 0): (0.3, 0.6, 335, 97.6),
    (players.REWORKED, 0): (0.1, 0.8, 420, 97.9),
    # No play is old enough for a repeated row.
    (players.UNCHANGED, 0): (0.8, 0.5, 260, 96.8),
}
