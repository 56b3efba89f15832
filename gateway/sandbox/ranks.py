"""Global ranks and levels as functions of pp and of the total score."""

from __future__ import annotations

import math
from bisect import bisect_right
from itertools import pairwise

from gateway.sandbox.reworks import REWORKS, value_at
from gateway.sandbox.rows import number

# The pp of a rank in osu! mode. Between two entries the logarithm of the rank is linear in pp.
_PP_OF_RANK = (
    (4_000_000, 0),
    (1_000_000, 1_000),
    (100_000, 4_500),
    (10_000, 8_300),
    (1_000, 12_500),
    (100, 17_000),
    (1, 30_000),
)
_PLAYERS_OF_MODE = (1, 0.12, 0.1, 0.3)
_TABLE_YEAR = 2026
_GROWTH_OF_PP_PER_YEAR = 1.045
_YEAR_S = 365.25 * 86_400

_COARSE_LEVEL_SINCE = "2026-04"
_SCORE_PER_LEVEL_ABOVE_100 = 99_999_999_999


def rank_of(pp: float, *, mode: int, at_s: int) -> int:
    """The rank of a player with this pp.

    All other players gain pp over the years, so a player without plays loses ranks. A rework affects all players.
    """
    years_before = _TABLE_YEAR - 1970 - at_s / _YEAR_S
    current_pp = pp / value_at(at_s, REWORKS[mode]) * _GROWTH_OF_PP_PER_YEAR**years_before
    return 1 + int(_PLAYERS_OF_MODE[mode] * _rank_in_table(current_pp))


def _rank_in_table(pp: float) -> float:
    for (rank, floor), (better, ceiling) in pairwise(_PP_OF_RANK):
        if pp < ceiling:
            return float(rank * (better / rank) ** ((pp - floor) / (ceiling - floor)))
    return 0


def level_of(total_score: int, at: str) -> float:
    """The level for a total score. Since April 2026 osu!track stores two decimals instead of four."""
    reached = bisect_right(_SCORE_OF_LEVEL, total_score)
    floor = _SCORE_OF_LEVEL[reached - 1]
    if reached == len(_SCORE_OF_LEVEL):
        level = reached + (total_score - floor) / _SCORE_PER_LEVEL_ABOVE_100
    else:
        level = reached + (total_score - floor) / (_SCORE_OF_LEVEL[reached] - floor)
    decimals = 2 if at >= _COARSE_LEVEL_SINCE else 4
    # Rounded down, so that the integer part is the level.
    return number(math.floor(level * 10**decimals) / 10**decimals)


def _score_of_level(level: int) -> float:
    """The total score at which osu! grants a level up to 100."""
    return 5_000 / 3 * (4 * level**3 - 3 * level**2 - level) + 1.25 * 1.8 ** (level - 60)


_SCORE_OF_LEVEL = tuple(_score_of_level(level) for level in range(1, 101))
