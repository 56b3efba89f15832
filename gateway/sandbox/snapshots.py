"""Invented careers: what `/stats_history` would have recorded of a player over the years."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from gateway.sandbox.players import HEAVY
from gateway.sandbox.rows import Snapshot, instant, number, single_precision, six_digits

DAY_S = 86_400
TRACKING_STARTED_S = int(datetime(2012, 5, 1, tzinfo=UTC).timestamp())
"""Nobody was tracked before."""

_EXACT_SINCE = "2024-02"
_COARSE_LEVEL_SINCE = "2026-04"
_SCORE_OF_LEVEL_100 = 26_931_190_829


@dataclass(frozen=True)
class CareerCurve:
    """What a player arrives at, and how far it is there at a given moment."""

    playcount: int
    pp: float
    accuracy: float

    def at(self, share: float, at: str, rng: Random) -> Snapshot:
        """The statistics after this share (0 to 1) of the career."""
        playcount = 6_000 + int((self.playcount - 6_000) * share)
        pp = self.pp * (0.2 + 0.8 * (1 - (1 - share) ** 2)) * (1 - 0.001 * rng.random())
        accuracy = self.accuracy - 8 * (1 - share) ** 3 - 0.1 * rng.random()
        total = 82 * playcount * playcount
        ranks = 60 + playcount // 50
        return Snapshot(
            count300=playcount * 130,
            count100=playcount * 12,
            count50=playcount * 2,
            playcount=playcount,
            ranked_score=str(total * 2 // 9),
            total_score=str(total),
            pp_rank=rank_of(pp),
            level=level_of(total, at),
            pp_raw=number(round(pp, 3) if at >= _EXACT_SINCE else six_digits(pp)),
            accuracy=number(round(accuracy, 4) if at >= _EXACT_SINCE else single_precision(accuracy)),
            count_rank_ss=ranks // 40,
            count_rank_s=ranks // 4,
            count_rank_a=ranks // 2,
            timestamp=at,
        )


def generate_snapshots(size: int, *, user: int, until_s: int, rng: Random) -> list[Snapshot]:
    """So many snapshots, oldest first, all at different seconds; the last is in the day before the end."""
    career = _career(user, rng)
    start_s = TRACKING_STARTED_S + int((until_s - TRACKING_STARTED_S - 3 * 365 * DAY_S) * rng.random() ** 2)
    times = _moments(size, start_s, until_s, rng)
    return [career.at((at - start_s) / (until_s - start_s), instant(at), rng) for at in times]


def rank_of(pp: float) -> int:
    """The global rank that goes with so many pp."""
    return 1 + int(3_500_000 * math.exp(-pp / 1_900))


def level_of(total_score: int, at: str) -> float:
    """The level that goes with a score; osu!track keeps fewer digits of it since April 2026."""
    beyond = (total_score - _SCORE_OF_LEVEL_100) / 99_999_999_999
    level = 100 + beyond if beyond >= 0 else 100 * math.cbrt(total_score / _SCORE_OF_LEVEL_100)
    return number(round(level, 2 if at >= _COARSE_LEVEL_SINCE else 4))


def _career(user: int, rng: Random) -> CareerCurve:
    skill = 1.2 if user == HEAVY else rng.random() ** 2
    return CareerCurve(12_000 + int(160_000 * skill), 800 + 19_000 * skill, 93 + 6 * min(skill, 1))


def _moments(size: int, start_s: int, end_s: int, rng: Random) -> list[int]:
    if size == 0:
        return []
    last = end_s - rng.randrange(60, 20 * 3600)
    # A quarter is recent, so that windows of days and weeks have something in them.
    recent = rng.sample(range(last - 60 * DAY_S, last), (size - 1) // 4)
    earlier = rng.sample(range(start_s, last - 60 * DAY_S), size - 1 - len(recent))
    return sorted([*earlier, *recent, last])
