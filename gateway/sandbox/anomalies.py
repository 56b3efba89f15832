"""Anomalies of real rows (docs/osutrack.md, "Data quality"), each applied to the generated rows of one player."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from msgspec.structs import replace

from gateway.sandbox import players
from gateway.sandbox.rows import Play, Snapshot

ZERO_DATE = "0000-00-00 00:00:00"
UNKNOWN_MOD = 1 << 31

Row = TypeVar("Row")
Anomaly = Callable[[list[Row]], list[Row]]


def _equal_timestamps(rows: list[Snapshot]) -> list[Snapshot]:
    firsts = [rows[index - index % 2] for index in range(len(rows))]
    return [
        replace(row, timestamp=first.timestamp, pp_rank=first.pp_rank, accuracy=first.accuracy)
        for row, first in zip(rows, firsts, strict=True)
    ]


def _negative_counts(rows: list[Snapshot]) -> list[Snapshot]:
    return [replace(row, count_rank_ss=-1, count_rank_s=-2, count_rank_a=-3) for row in rows]


def _unranked(rows: list[Snapshot]) -> list[Snapshot]:
    return [replace(row, pp_rank=0, pp_raw=0) for row in rows]


def _unranked_start(rows: list[Snapshot]) -> list[Snapshot]:
    return [*_unranked(rows[:5]), *rows[5:]]


def _big_numbers(rows: list[Snapshot]) -> list[Snapshot]:
    return [
        replace(
            row,
            count300=3_000_000_000 + index,
            ranked_score=str(9_007_199_254_740_993 + index),
            total_score=str(9_200_000_000_000_000_001 + index),
        )
        for index, row in enumerate(rows)
    ]


def _zero_accuracy(rows: list[Snapshot]) -> list[Snapshot]:
    middle = len(rows) // 2
    return [*rows[:middle], replace(rows[middle], accuracy=0, pp_raw=0), *rows[middle + 1 :]]


def _equal_last_rows(rows: list[Snapshot]) -> list[Snapshot]:
    return [*rows[:-1], replace(rows[-2], timestamp=rows[-1].timestamp)]


def _zero_date(rows: list[Play]) -> list[Play]:
    return [replace(rows[0], update_time=ZERO_DATE), *rows[1:]]


def _unknown_values(rows: list[Play]) -> list[Play]:
    unknown_mod = replace(rows[0], mods=UNKNOWN_MOD | 8)
    unknown_grade = replace(rows[1], rank="P")
    return [unknown_mod, unknown_grade, replace(rows[2], pp=0), *rows[3:]]


def _huge_score(rows: list[Play]) -> list[Play]:
    return [replace(rows[0], score=5_000_000_000), *rows[1:]]


SNAPSHOT_ANOMALIES: dict[int, Anomaly[Snapshot]] = {
    players.EQUAL_TIMESTAMPS: _equal_timestamps,
    players.NEGATIVE_COUNTS: _negative_counts,
    players.UNRANKED: _unranked_start,
    players.INACTIVE: _unranked,
    players.BIG_NUMBERS: _big_numbers,
    players.ANOMALY: _zero_accuracy,
    players.AMEO: _zero_accuracy,
    players.EQUAL_LAST_ROWS: _equal_last_rows,
}

PLAY_ANOMALIES: dict[int, Anomaly[Play]] = {
    players.ZERO_DATE: _zero_date,
    players.UNKNOWN_VALUES: _unknown_values,
    players.BIG_NUMBERS: _huge_score,
}
