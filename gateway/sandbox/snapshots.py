"""Generated snapshots, as `/stats_history` would have recorded them over the years."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from gateway.sandbox.players import HEAVY
from gateway.sandbox.rows import Snapshot, format_timestamp, number, single_precision, six_digits

DAY_S = 86_400
TRACKING_START_S = int(datetime(2012, 5, 1, tzinfo=UTC).timestamp())

_EXACT_SINCE = "2024-02"
_COARSE_LEVEL_SINCE = "2026-04"
_SCORE_OF_LEVEL_100 = 26_931_190_829


@dataclass(frozen=True)
class CareerCurve:
    """A player's statistics as a function of time. The fields are the final values."""

    playcount: int
    pp: float
    accuracy: float

    def snapshot(self, share: float, at: str, rng: Random) -> Snapshot:
        """The snapshot after this share of the career, from 0 to 1."""
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


def generate_snapshots(count: int, *, user: int, until_s: int, rng: Random) -> list[Snapshot]:
    """Exactly `count` snapshots, oldest first, with distinct timestamps; the last is less than a day before the end."""
    career = _career_curve(user, rng)
    start_s = TRACKING_START_S + int((until_s - TRACKING_START_S - 3 * 365 * DAY_S) * rng.random() ** 2)
    times = _random_times_s(count, start_s, until_s, rng)
    return [career.snapshot((at - start_s) / (until_s - start_s), format_timestamp(at), rng) for at in times]


def rank_of(pp: float) -> int:
    """A plausible global rank for this pp."""
    return 1 + int(3_500_000 * math.exp(-pp / 1_900))


def level_of(total_score: int, at: str) -> float:
    """The level for a total score. Since April 2026 osu!track stores two decimals instead of four."""
    above_100 = (total_score - _SCORE_OF_LEVEL_100) / 99_999_999_999
    level = 100 + above_100 if above_100 >= 0 else 100 * math.cbrt(total_score / _SCORE_OF_LEVEL_100)
    return number(round(level, 2 if at >= _COARSE_LEVEL_SINCE else 4))


def _career_curve(user: int, rng: Random) -> CareerCurve:
    skill = 1.2 if user == HEAVY else rng.random() ** 2
    return CareerCurve(12_000 + int(160_000 * skill), 800 + 19_000 * skill, 93 + 6 * min(skill, 1))


def _random_times_s(count: int, start_s: int, end_s: int, rng: Random) -> list[int]:
    if count == 0:
        return []
    last = end_s - rng.randrange(60, 20 * 3600)
    # A quarter is recent, so that windows of days and weeks are not empty.
    recent = rng.sample(range(last - 60 * DAY_S, last), (count - 1) // 4)
    earlier = rng.sample(range(start_s, last - 60 * DAY_S), count - 1 - len(recent))
    return sorted([*earlier, *recent, last])
