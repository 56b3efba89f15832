"""Rows as osu!track sends them: the same field names, order and JSON types.

Timestamps are text, because osu!track's database compares them as text.
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
    """A row of `/bestplays`: a play with its player."""

    user: int
    beatmap_id: int
    score: int
    pp: float
    mods: int
    rank: str
    score_time: str
    update_time: str


class Peak(msgspec.Struct, frozen=True):
    """The only row of `/peak`; all null without snapshots."""

    best_global_rank: int | None = None
    best_rank_timestamp: str | None = None
    best_accuracy: float | None = None
    best_acc_timestamp: str | None = None


def format_timestamp(seconds: int) -> str:
    """A Unix timestamp as osu!track formats it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()[:19] + ".000Z"


def number(value: float) -> float:
    """The value as JavaScript formats it: 11501, not 11501.0."""
    return int(value) if value == int(value) else value


def single_precision(value: float) -> float:
    """The value rounded to 32 bits, as in older rows: 98.70355224609375."""
    return float(struct.unpack("f", struct.pack("f", value))[0])


def six_digits(value: float) -> float:
    """The value with six significant digits, as in older rows."""
    return float(f"{value:.6g}")
