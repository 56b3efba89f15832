"""Generated plays, as `/hiscores` would have recorded them over the years."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

from gateway.sandbox.players import HEAVY, REPEATER, REWORKED
from gateway.sandbox.rows import Play, format_timestamp, number, six_digits
from gateway.sandbox.snapshots import DAY_S, TRACKING_START_S

_UTC_START_S = int(datetime(2018, 9, 1, tzinfo=UTC).timestamp())
_LAZER_START_S = int(datetime(2024, 2, 1, tzinfo=UTC).timestamp())
_UTC_OFFSET_BEFORE_S = 8 * 3600
_HIDDEN_OR_FLASHLIGHT = 8 | 1024

_GRADES = ("X", "S", "S", "S", "A", "A", "A", "B", "C", "D")
_MODS = (
    (0, 0, 8, 16, 24, 64, 72, 88, 584, 576, 1032, 16424, 536870912),
    (0, 0, 8, 16, 64, 72, 1032, 16416),
    (0, 0, 8, 16, 24, 64, 72, 2),
    (0, 0, 64, 256, 32768, 262144, 1048576, 1073741824),
)


class PlayGenerator:
    """A generator of one player's plays in one mode."""

    def __init__(self, user: int, mode: int, *, now_s: int, rng: Random) -> None:
        self._user = user
        self._mode = mode
        self._now_s = now_s
        self._today_s = now_s - now_s % DAY_S
        self._rng = rng
        self._top_pp = 1_700 if user == HEAVY else rng.randrange(150, 1_100)
        self._beatmaps: list[int] = []

    def generate(self, count: int) -> list[Play]:
        """Exactly `count` rows, oldest play first. About one in ten old plays has several rows."""
        rows: list[Play] = []
        while len(rows) < count:
            rows += self._rows_of_play(self._random_time_s())[: count - len(rows)]
        return sorted(rows, key=lambda play: play.score_time)

    def generate_recent(self, count: int) -> list[Play]:
        """Plays of the last 20 days, recorded now; highest pp first."""
        plays = [self._play(self._now_s - self._rng.randrange(60, 20 * DAY_S), self._now_s) for _ in range(count)]
        return sorted(plays, key=lambda play: -play.pp)

    def _random_time_s(self) -> int:
        draw = self._rng.random()
        if draw < 0.02:
            return self._random_time_of_last_day_s()
        days = 7 if draw < 0.06 else 60 if draw < 0.15 else (self._today_s - TRACKING_START_S) // DAY_S
        return self._today_s - 3600 - self._rng.randrange(days * DAY_S)

    def _random_time_of_last_day_s(self) -> int:
        at_s = self._today_s + self._rng.randrange(DAY_S)
        return at_s if at_s < self._now_s - 3600 else at_s - DAY_S

    def _rows_of_play(self, at_s: int) -> list[Play]:
        """One row, or several if the play was recorded again after pp reworks."""
        first = self._play(at_s, min(at_s + self._rng.randrange(24, 3600), self._now_s - 1))
        reworked = self._user == REWORKED or (at_s < _UTC_START_S and self._rng.random() < 0.1)
        if not reworked:
            return [first]
        return [first, *(self._reworked(first, at_s, rework) for rework in range(1, self._rng.randint(2, 3)))]

    def _play(self, at_s: int, recorded_s: int) -> Play:
        rng = self._rng
        mods = rng.choice(_MODS[self._mode])
        is_lazer = at_s >= _LAZER_START_S and rng.random() < 0.6
        pp = 20 + self._top_pp * rng.random() ** 2
        return Play(
            beatmap_id=self._beatmap(),
            score=rng.randrange(150_000, 1_000_000 if is_lazer else 90_000_000),
            pp=number(round(pp, 4) if at_s >= _LAZER_START_S else six_digits(pp)),
            mods=mods,
            rank=_grade(rng.choice(_GRADES), mods),
            # Until September 2018 osu! reported UTC+8, and osu!track stored it as UTC (docs/osutrack.md, "Time zones").
            score_time=format_timestamp(at_s + _UTC_OFFSET_BEFORE_S if at_s < _UTC_START_S else at_s),
            update_time=format_timestamp(recorded_s),
        )

    def _reworked(self, play: Play, at_s: int, rework: int) -> Play:
        earliest_s = max(at_s, _UTC_START_S) + 3600
        recorded_s = earliest_s + (self._today_s - earliest_s) * rework // 3
        return Play(
            beatmap_id=play.beatmap_id,
            score=play.score,
            pp=number(round(play.pp * (1 + 0.07 * rework), 4)),
            mods=play.mods,
            rank=play.rank,
            score_time=format_timestamp(at_s),
            update_time=format_timestamp(recorded_s),
        )

    def _beatmap(self) -> int:
        repeat_share = 0.9 if self._user == REPEATER else 0.08
        if not self._beatmaps or self._rng.random() >= repeat_share:
            self._beatmaps.append(self._rng.randrange(75, 5_100_000))
            return self._beatmaps[-1]
        return self._rng.choice(self._beatmaps)


def _grade(grade: str, mods: int) -> str:
    return grade + "H" if grade in "XS" and mods & _HIDDEN_OR_FLASHLIGHT else grade
