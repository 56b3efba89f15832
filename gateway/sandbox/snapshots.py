"""Generated snapshots, as `/stats_history` would have recorded them over the years."""

from __future__ import annotations

import math
from collections.abc import Iterator
from random import Random

from gateway.sandbox.career import Career
from gateway.sandbox.performance import TopPlays, total_pp, without_repeated_rows
from gateway.sandbox.profiles import Profile
from gateway.sandbox.ranks import level_of, rank_of
from gateway.sandbox.reworks import value_at
from gateway.sandbox.rows import Play, Snapshot, format_timestamp, number, single_precision, six_digits

_EXACT_SINCE = "2024-02"
_BEGINNER_ACCURACY = 7
_ACCURACY_DRIFT = 0.25


class StatsCurve:
    """A player's statistics in one mode as a function of time, without pp."""

    def __init__(self, profile: Profile, career: Career, *, rng: Random) -> None:
        self._profile = profile
        self._career = career
        self._plays_before_tracking = rng.randrange(2_000, 7_000)
        self._drift_start = rng.random() * math.tau

    def snapshot(self, at_s: int, *, weighted_pp: float) -> Snapshot:
        """The snapshot at a time. `weighted_pp` is the pp of the recorded plays by now."""
        at = format_timestamp(at_s)
        playcount = self._plays_before_tracking + self._career.plays_until(at_s)
        pp = total_pp(weighted_pp * value_at(at_s, self._profile.reworks), playcount)
        accuracy = self._accuracy(at_s, playcount)
        misses = (100 - self._profile.accuracy) / 100
        total = playcount * (400_000 + 30 * playcount)
        return Snapshot(
            count300=playcount * 210,
            count100=int(playcount * 210 * misses * 1.3),
            count50=int(playcount * 210 * misses * 0.15),
            playcount=playcount,
            ranked_score=str(total // 5),
            total_score=str(total),
            pp_rank=rank_of(pp, mode=self._profile.mode, at_s=at_s),
            level=level_of(total, at),
            pp_raw=number(round(pp, 3) if at >= _EXACT_SINCE else six_digits(pp)),
            accuracy=number(round(accuracy, 4) if at >= _EXACT_SINCE else single_precision(accuracy)),
            count_rank_ss=int(playcount**0.8 / 50),
            count_rank_s=int(playcount**0.85 / 12),
            count_rank_a=int(playcount**0.85 / 7),
            timestamp=at,
        )

    def _accuracy(self, at_s: int, playcount: int) -> float:
        """The accuracy, which depends on plays only: rising with progress, and drifting by a quarter of a percent."""
        progress = self._career.progress_until(at_s)
        drift = math.sin(self._drift_start + playcount / 1_500) + 0.4 * math.sin(playcount / 170)
        return self._profile.accuracy - _BEGINNER_ACCURACY * (1 - progress) ** 2 * 0.6 + _ACCURACY_DRIFT * (drift - 1)


def generate_snapshots(curve: StatsCurve, times_s: list[int], plays: list[Play]) -> list[Snapshot]:
    """A snapshot at each of these times. Its pp come from the plays that were recorded by then."""
    weighted = _weighted_pp([format_timestamp(at_s) for at_s in times_s], plays)
    return [curve.snapshot(at_s, weighted_pp=pp) for at_s, pp in zip(times_s, weighted, strict=True)]


def _weighted_pp(timestamps: list[str], plays: list[Play]) -> Iterator[float]:
    top, recorded, pp = TopPlays(), without_repeated_rows(plays), 0.0
    recorded.reverse()
    for timestamp in timestamps:
        is_new = bool(recorded) and recorded[-1].update_time <= timestamp
        while recorded and recorded[-1].update_time <= timestamp:
            top.add(recorded.pop())
        pp = top.weighted_pp if is_new else pp
        yield pp
