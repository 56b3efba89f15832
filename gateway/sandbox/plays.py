"""Generated plays, as `/hiscores` would have recorded them over the years."""

from __future__ import annotations

import math
from bisect import bisect_left
from datetime import UTC, datetime
from random import Random

from msgspec.structs import replace

from gateway.sandbox.career import DAY_S, Career
from gateway.sandbox.players import REPEATER, REWORKED
from gateway.sandbox.profiles import Profile
from gateway.sandbox.rows import Play, format_timestamp, number, six_digits

_UTC_START_S = int(datetime(2018, 9, 1, tzinfo=UTC).timestamp())
_LAZER_START_S = int(datetime(2024, 2, 1, tzinfo=UTC).timestamp())
_FIRST_BEATMAP_S = int(datetime(2007, 10, 6, tzinfo=UTC).timestamp())
_UTC_OFFSET_BEFORE_S = 8 * 3600
_HIDDEN_OR_FLASHLIGHT = 8 | 1024
_SECONDS_PER_BEATMAP = 118
_EARLIER_DAYS = 500
_LEAST_EARLIER_PLAYS = 4

# From the best plays of a day to the worst.
_GRADES = ("X", "X", *("S",) * 7, *("A",) * 7, "B", "B", "C", "D")
_MODS = (
    (0, 0, 8, 16, 24, 64, 72, 88, 584, 576, 1032, 16424, 536870912),
    (0, 0, 8, 16, 64, 72, 1032, 16416),
    (0, 0, 8, 16, 24, 64, 72, 2),
    (0, 0, 64, 256, 32768, 262144, 1048576, 1073741824),
)


class PlayFactory:
    """A source of plays in one mode; this share of them is on beatmaps of earlier ones."""

    def __init__(self, mode: int, *, repeat_share: float, rng: Random) -> None:
        self._mode = mode
        self._repeat_share = repeat_share
        self._rng = rng
        self._beatmaps: list[int] = []

    def play(self, at_s: int, recorded_s: int, pp: float, *, quality: float = 1) -> Play:
        """A play with this pp, a grade that depends on its quality (0 to 1), and a random beatmap, score and mods."""
        rng = self._rng
        mods = rng.choice(_MODS[self._mode])
        is_lazer = at_s >= _LAZER_START_S and rng.random() < 0.6
        return Play(
            beatmap_id=self._beatmap(at_s),
            score=rng.randrange(150_000, 1_000_000 if is_lazer else 90_000_000),
            pp=_rounded(pp, at_s),
            mods=mods,
            rank=_grade(_GRADES[int(len(_GRADES) * (1 - 0.6 * quality) * rng.random())], mods),
            # Until September 2018 osu! reported UTC+8, and osu!track stored it as UTC (docs/osutrack.md, "Time zones").
            score_time=format_timestamp(at_s + _UTC_OFFSET_BEFORE_S if at_s < _UTC_START_S else at_s),
            update_time=format_timestamp(recorded_s),
        )

    def recent_plays(self, count: int, *, now_s: int, least_pp: float, most_pp: float) -> list[Play]:
        """Plays of the last 20 days, recorded now; highest pp first."""
        times = [now_s - self._rng.randrange(60, 20 * DAY_S) for _ in range(count)]
        plays = [self.play(at_s, now_s, self._rng.triangular(least_pp, most_pp, least_pp)) for at_s in times]
        return sorted(plays, key=lambda play: -play.pp)

    def _beatmap(self, at_s: int) -> int:
        if not self._beatmaps or self._rng.random() >= self._repeat_share:
            self._beatmaps.append(75 + int(self._rng.random() * (at_s - _FIRST_BEATMAP_S) / _SECONDS_PER_BEATMAP))
            return self._beatmaps[-1]
        return self._rng.choice(self._beatmaps)


class PlayGenerator:
    """A generator of the hiscores of one player and mode up to now. `updates_s` are the times of the snapshots."""

    def __init__(self, profile: Profile, career: Career, *, updates_s: list[int], now_s: int, rng: Random) -> None:
        self._profile = profile
        self._career = career
        self._updates_s = updates_s
        self._now_s = now_s
        self._rng = rng
        self._factory = PlayFactory(profile.mode, repeat_share=0.9 if profile.user == REPEATER else 0.08, rng=rng)

    def generate(self, count: int) -> list[Play]:
        """Exactly `count` rows, oldest play first. About one in ten old plays has several rows."""
        # The oldest plays precede tracking, so that the first snapshot has pp.
        rows = [row for _ in range(_LEAST_EARLIER_PLAYS) for row in self._rows_of_play(self._time_before_tracking())]
        del rows[count:]
        while len(rows) < count:
            rows += self._next_rows()[: count - len(rows)]
        return sorted(rows, key=lambda play: play.score_time)

    def _next_rows(self) -> list[Play]:
        draw, career = self._rng.random(), self._career
        if draw < 0.02:
            return [self._play_of_last_day()]
        if draw < 0.09:
            return self._rows_of_play(career.play_time(self._rng, recent_days=7 if draw < 0.045 else 60))
        if draw < 0.25:
            return self._rows_of_play(self._time_before_tracking())
        return self._rows_of_play(career.play_time(self._rng))

    def _time_before_tracking(self) -> int:
        return self._career.start_s - self._rng.randrange(_EARLIER_DAYS * DAY_S)

    def _play_of_last_day(self) -> Play:
        """A play of the 24 hours before now, recorded after the last snapshot and seldom among the best plays."""
        today_s = self._career.end_s
        at_s = today_s + self._rng.randrange(DAY_S)
        if at_s >= self._now_s - 3600:
            at_s -= DAY_S
        recorded_s = min(max(at_s, today_s) + self._rng.randrange(24, 3600), self._now_s - 1)
        return self._play(at_s, recorded_s, factor=0.75)

    def _rows_of_play(self, at_s: int) -> list[Play]:
        """One row, or several if the play was recorded again after reworks; the last row has the current pp."""
        recorded_s = self._recorded_s(at_s)
        play = self._play(at_s, recorded_s)
        repeats = self._profile.user == REWORKED or (at_s < _UTC_START_S and self._rng.random() < 0.1)
        since_s, until_s = max(recorded_s, _UTC_START_S), self._career.end_s - DAY_S
        if not repeats or since_s >= until_s:
            return [play]
        last = self._rng.randint(1, 2)
        step_s = (until_s - since_s) // 3
        later = [self._recorded_again(play, at_s, since_s + row * step_s, last - row) for row in range(1, last + 1)]
        return [replace(play, pp=_rounded(play.pp / 1.07**last, at_s)), *later]

    def _recorded_again(self, play: Play, at_s: int, recorded_s: int, reworks_ahead: int) -> Play:
        return replace(
            play,
            pp=_rounded(play.pp / 1.07**reworks_ahead, at_s),
            score_time=format_timestamp(at_s),
            update_time=format_timestamp(recorded_s),
        )

    def _recorded_s(self, at_s: int) -> int:
        """The time of the first update after the play."""
        update = bisect_left(self._updates_s, at_s + 60)
        if update < len(self._updates_s):
            return self._updates_s[update]
        return min(at_s + self._rng.randrange(24, 3600), self._now_s - 1)

    def _play(self, at_s: int, recorded_s: int, *, factor: float = 1) -> Play:
        quality = 1 - math.sqrt(self._rng.random())
        skill = 0.35 + 0.65 * self._career.progress_until(at_s)
        pp = factor * self._profile.top_pp * skill * (0.65 + 0.35 * quality)
        return self._factory.play(at_s, recorded_s, pp, quality=quality)


def _rounded(pp: float, at_s: int) -> float:
    return number(round(pp, 4) if at_s >= _LAZER_START_S else six_digits(pp))


def _grade(grade: str, mods: int) -> str:
    return grade + "H" if grade in "XS" and mods & _HIDDEN_OR_FLASHLIGHT else grade
