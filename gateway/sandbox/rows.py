"""Rows as osu!track sends them: the same names, in the same order, of the same JSON types.

Instants are text, because that is how the real one's database compares them.
"""

from __future__ import annotations

import struct
from datetime import UTC, datetime

import msgspec


class Snapshot(msgspec.Struct, frozen=True):
    """A row of `/stats_history`."""

    count300: int
    count100: int
    count50: int
    playcount: int
    ranked_score: str
    total_score: str
    pp_rank: int
    level: float
    pp_raw: float
    accuracy: float
    count_rank_ss: int
    count_rank_s: int
    count_rank_a: int
    timestamp: str


class Play(msgspec.Struct, frozen=True):
    """A row of `/hiscores`."""

    beatmap_id: int
    score: int
    pp: float
    mods: int
    rank: str
    score_time: str
    update_time: str


class BestPlay(msgspec.Struct, frozen=True):
    """A row of `/bestplays`: a play and whose it is."""

    user: int
    beatmap_id: int
    score: int
    pp: float
    mods: int
    rank: str
    score_time: str
    update_time: str


class Peak(msgspec.Struct, frozen=True):
    """The one row of `/peak`; all null when there are no snapshots."""

    best_global_rank: int | None = None
    best_rank_timestamp: str | None = None
    best_accuracy: float | None = None
    best_acc_timestamp: str | None = None


def instant(seconds: int) -> str:
    """A moment, in seconds since 1970, as osu!track writes it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()[:19] + ".000Z"


def number(value: float) -> float:
    """The value as JavaScript prints it: 11501, not 11501.0."""
    return int(value) if value == int(value) else value


def single_precision(value: float) -> float:
    """The value as it looks after years in a 32-bit column: 98.70355224609375."""
    return float(struct.unpack("f", struct.pack("f", value))[0])


def six_digits(value: float) -> float:
    """The value with the six significant digits of the older rows."""
    return float(f"{value:.6g}")
