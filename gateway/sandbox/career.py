"""A player's activity: the number of plays on each day, in streaks, plateaus and breaks."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import accumulate
from random import Random

from gateway.sandbox.reworks import Rework

DAY_S = 86_400

_FINAL_STREAK_DAYS = 50
_PLAYS_AT_WEEKENDS = 1.5
# 1970-01-01 was a Thursday.
_WEEKEND = (2, 3)
_IDLE_UPDATES = 0.1
_UPDATES_AFTER_REWORK = 1.5
_UPDATES_OF_RECENT_DAYS = 9
_RECENT_DAYS = 45


class Phase(Enum):
    """A part of a career: its range of days, the chance of a day with plays, plays on such a day, and improvement."""

    STREAK = (25, 110), 0.93, (15, 90), 1.0
    PLATEAU = (70, 260), 0.55, (8, 45), 0.06
    CASUAL = (30, 120), 0.25, (4, 25), 0.4
    BREAK = (70, 250), 0.0, (0, 0), 0.0


# Every cycle of a career contains these, in random order.
_CYCLE = (Phase.STREAK, Phase.STREAK, Phase.STREAK, Phase.PLATEAU, Phase.CASUAL, Phase.BREAK)


@dataclass(frozen=True)
class Career:
    """The plays of each day from `start_s`, a midnight, and their sums and the progress before each day."""

    start_s: int
    plays: Sequence[int]
    plays_before: Sequence[int]
    progress_before: Sequence[float]

    @property
    def end_s(self) -> int:
        return self.start_s + len(self.plays) * DAY_S

    def plays_until(self, at_s: int) -> int:
        """The number of plays from the start of the career."""
        return int(_interpolated(self.plays_before, (at_s - self.start_s) / DAY_S))

    def progress_until(self, at_s: int) -> float:
        """The share of the career's improvement, from 0 to 1."""
        return _interpolated(self.progress_before, (at_s - self.start_s) / DAY_S)

    def update_times(self, count: int, *, reworks: Iterable[Rework], rng: Random) -> list[int]:
        """Distinct times of updates, oldest first; the last is less than a day before the end.

        Most are on days with plays or after a rework, and more of them lately; some are in breaks, by the background
        job.
        """
        last_s = self.end_s - rng.randrange(60, 20 * 3600)
        weights = list(accumulate(self._update_weights(reworks)))
        times = {last_s} if count else set()
        while len(times) < count:
            at_s = self._time_of_day(bisect_right(weights, rng.random() * weights[-1]), rng)
            if at_s < last_s:
                times.add(at_s)
        return sorted(times)

    def play_time(self, rng: Random, *, recent_days: int | None = None) -> int:
        """The time of a hiscore: mostly on a day of improvement, if given one of the last days."""
        first = max(0, len(self.plays) - recent_days) if recent_days else 0
        before = self.progress_before
        progress = before[first] + rng.random() * (before[-1] - before[first])
        return self._time_of_day(bisect_right(before, progress, hi=len(self.plays)) - 1, rng)

    def _time_of_day(self, day: int, rng: Random) -> int:
        # Triangular: most people play in the evening.
        return self.start_s + day * DAY_S + int(rng.triangular(0, DAY_S - 1, 0.8 * DAY_S))

    def _update_weights(self, reworks: Iterable[Rework]) -> list[float]:
        weights = [_IDLE_UPDATES + (plays > 0) + plays / 60 for plays in self.plays]
        count = len(weights)
        for age in range(1, min(count, 8 * _RECENT_DAYS) + 1):
            weights[-age] *= 1 + _UPDATES_OF_RECENT_DAYS * 2 ** (-age / _RECENT_DAYS)
        for rework in reworks:
            day = (rework.at_s - self.start_s) // DAY_S
            if 0 <= day < count - 1:
                weights[day] += _UPDATES_AFTER_REWORK
                weights[day + 1] += _UPDATES_AFTER_REWORK
        return weights


def create_career(start_s: int, end_s: int, *, diligence: float, rng: Random) -> Career:
    """A career between two midnights. `diligence` multiplies the plays of a day."""
    plays, gains = [], []
    first_day = start_s // DAY_S
    for day, phase in enumerate(_phases((end_s - start_s) // DAY_S, rng), start=first_day):
        _, chance, (fewest, most), improvement = phase.value
        factor = diligence * (_PLAYS_AT_WEEKENDS if day % 7 in _WEEKEND else 1)
        count = 1 + int((fewest + rng.random() * (most - fewest)) * factor) if rng.random() < chance else 0
        plays.append(count)
        gains.append(count * improvement)
    progress = list(accumulate(gains, initial=0.0))
    scale = 1 / progress[-1]
    return Career(start_s, plays, list(accumulate(plays, initial=0)), [part * scale for part in progress])


def _phases(days: int, rng: Random) -> list[Phase]:
    """The phase of each day: whole cycles, cut before the final streak."""
    phases: list[Phase] = []
    while len(phases) < days - _FINAL_STREAK_DAYS:
        for phase in rng.sample(_CYCLE, len(_CYCLE)):
            phases += [phase] * rng.randint(*phase.value[0])
    del phases[max(0, days - _FINAL_STREAK_DAYS) :]
    return phases + [Phase.STREAK] * (days - len(phases))


def _interpolated(sums: Sequence[float], day: float) -> float:
    """The sum until a time within a day; before the first day 0."""
    whole = min(max(int(day), 0), len(sums) - 2)
    part = min(max(day - whole, 0), 1)
    return sums[whole] + part * (sums[whole + 1] - sums[whole])
