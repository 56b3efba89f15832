"""Invented plays: what `/hiscores` would have recorded of a player over the years."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

from gateway.sandbox.players import HEAVY, REPEATER, REWORKED
from gateway.sandbox.rows import Play, instant, number, six_digits
from gateway.sandbox.snapshots import DAY_S, TRACKING_STARTED_S

_UTC_SINCE = int(datetime(2018, 9, 1, tzinfo=UTC).timestamp())
_LAZER_SINCE = int(datetime(2024, 2, 1, tzinfo=UTC).timestamp())
_EIGHT_HOURS_S = 8 * 3600
_HIDDEN_OR_FLASHLIGHT = 8 | 1024

_GRADES = ("X", "S", "S", "S", "A", "A", "A", "B", "C", "D")
_MODS = (
    (0, 0, 8, 16, 24, 64, 72, 88, 584, 576, 1032, 16424, 536870912),
    (0, 0, 8, 16, 64, 72, 1032, 16416),
    (0, 0, 8, 16, 24, 64, 72, 2),
    (0, 0, 64, 256, 32768, 262144, 1048576, 1073741824),
)


class PlayGenerator:
    """Writes the plays of one player in one mode."""

    def __init__(self, user: int, mode: int, *, now_s: int, rng: Random) -> None:
        self._user = user
        self._mode = mode
        self._now_s = now_s
        self._today_s = now_s - now_s % DAY_S
        self._rng = rng
        self._top_pp = 1_700 if user == HEAVY else rng.randrange(150, 1_100)
        self._beatmaps: list[int] = []

    def generate(self, size: int) -> list[Play]:
        """So many rows, oldest play first; about one in ten old plays is there twice."""
        rows: list[Play] = []
        while len(rows) < size:
            rows += self._recorded(self._moment())[: size - len(rows)]
        return sorted(rows, key=lambda play: play.score_time)

    def generate_recent(self, count: int) -> list[Play]:
        """Plays of the last twenty days, found by an update that runs now; best first."""
        plays = [self._play(self._now_s - self._rng.randrange(60, 20 * DAY_S), self._now_s) for _ in range(count)]
        return sorted(plays, key=lambda play: -play.pp)

    def _moment(self) -> int:
        kind = self._rng.random()
        if kind < 0.02:
            return self._moment_of_the_last_day()
        days = 7 if kind < 0.06 else 60 if kind < 0.15 else (self._today_s - TRACKING_STARTED_S) // DAY_S
        return self._today_s - 3600 - self._rng.randrange(days * DAY_S)

    def _moment_of_the_last_day(self) -> int:
        at = self._today_s + self._rng.randrange(DAY_S)
        return at if at < self._now_s - 3600 else at - DAY_S

    def _recorded(self, at_s: int) -> list[Play]:
        """The row of a play; or several, where it was found again after a change of pp."""
        first = self._play(at_s, min(at_s + self._rng.randrange(24, 3600), self._now_s - 1))
        found_again = self._user == REWORKED or (at_s < _UTC_SINCE and self._rng.random() < 0.1)
        if not found_again:
            return [first]
        return [first, *(self._again(first, at_s, times) for times in range(1, self._rng.randint(2, 3)))]

    def _play(self, at_s: int, recorded_s: int) -> Play:
        rng = self._rng
        mods = rng.choice(_MODS[self._mode])
        lazer = at_s >= _LAZER_SINCE and rng.random() < 0.6
        pp = 20 + self._top_pp * rng.random() ** 2
        return Play(
            beatmap_id=self._beatmap(),
            score=rng.randrange(150_000, 1_000_000 if lazer else 90_000_000),
            pp=number(round(pp, 4) if at_s >= _LAZER_SINCE else six_digits(pp)),
            mods=mods,
            rank=_grade(rng.choice(_GRADES), mods),
            # Until September 2018 osu! told the time of Beijing, and osu!track took it for UTC.
            score_time=instant(at_s + _EIGHT_HOURS_S if at_s < _UTC_SINCE else at_s),
            update_time=instant(recorded_s),
        )

    def _again(self, play: Play, at_s: int, times: int) -> Play:
        earliest_s = max(at_s, _UTC_SINCE) + 3600
        recorded_s = earliest_s + (self._today_s - earliest_s) * times // 3
        return Play(
            beatmap_id=play.beatmap_id,
            score=play.score,
            pp=number(round(play.pp * (1 + 0.07 * times), 4)),
            mods=play.mods,
            rank=play.rank,
            score_time=instant(at_s),
            update_time=instant(recorded_s),
        )

    def _beatmap(self) -> int:
        known = 0.9 if self._user == REPEATER else 0.08
        if not self._beatmaps or self._rng.random() >= known:
            self._beatmaps.append(self._rng.randrange(75, 5_100_000))
            return self._beatmaps[-1]
        return self._rng.choice(self._beatmaps)


def _grade(grade: str, mods: int) -> str:
    return grade + "H" if grade in "XS" and mods & _HIDDEN_OR_FLASHLIGHT else grade
