"""Decoders from response bodies to records, with repairs of osu!track's known defects (docs/osutrack.md).

Pure functions. Invalid rows are dropped and counted; a response without a valid row raises `UpstreamInvalid`
(`row_decoder.py`).
"""

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import force_setattr

from gateway.records import BestPlay, Hiscore, Mode, Peak, Rows, Snapshot, UserMode

from .row_decoder import decode_rows, is_timestamp, rows_decoder

T_co = TypeVar("T_co", covariant=True)
S = TypeVar("S", bound=Struct)
P = TypeVar("P", bound=Hiscore)

KNOWN_MOD_BITS = 2**31 - 1
GRADES = {grade: grade for grade in ("XH", "X", "SH", "S", "A", "B", "C", "D", "F")} | {"SS": "X", "SSH": "XH"}


class Fetched(NamedTuple, Generic[T_co]):
    """A decoded and repaired response. `received` counts its rows before repairs, `dropped` the invalid ones.

    `partial` if only a part of the value was requested, and joined with the stored one.
    """

    value: T_co
    dropped: int = 0
    received: int = 0
    etag: str | None = None
    partial: bool = False


STATS_NAMES = {
    "pp": "pp_raw",
    "play_count": "playcount",
    "count_300": "count300",
    "count_100": "count100",
    "count_50": "count50",
    "count_ss": "count_rank_ss",
    "count_s": "count_rank_s",
    "count_a": "count_rank_a",
}
HISCORE_NAMES = {"mod_bits": "mods", "grade": "rank", "played_at": "score_time", "recorded_at": "update_time"}
PEAK_NAMES = {
    "global_rank": "best_global_rank",
    "global_rank_at": "best_rank_timestamp",
    "accuracy": "best_accuracy",
    "accuracy_at": "best_acc_timestamp",
}

SNAPSHOTS = rows_decoder(Snapshot, STATS_NAMES | {"global_rank": "pp_rank", "at": "timestamp"})
# The bit mask may contain bit 31, which is not a mod: it is decoded as an unbounded int, then removed.
HISCORES = rows_decoder(Hiscore, HISCORE_NAMES, mod_bits=int)
BEST_PLAYS = rows_decoder(BestPlay, HISCORE_NAMES | {"user_id": "user"}, mod_bits=int)
PEAKS = rows_decoder(Peak, PEAK_NAMES)

# Values that are often equal in adjacent rows.
REPEATED = ("global_rank", "level", "count_s", "count_a")

_at = attrgetter("at")
_recorded_at = attrgetter("recorded_at")
# The identity of a play (docs/osutrack.md, "Duplicate plays").
_play_id = attrgetter("beatmap_id", "mod_bits", "score")
_best_play_id = attrgetter("beatmap_id", "mod_bits", "score", "user_id")


def history(body: bytes, user_mode: UserMode) -> Fetched[Rows[Snapshot]]:
    """The snapshots of `/stats_history`, oldest first, one for each timestamp."""
    rows, dropped = decode_rows(body, SNAPSHOTS, "at")
    for row in rows:
        force_setattr(row, "user_mode", user_mode)
        if row.global_rank == 0:
            force_setattr(row, "global_rank", None)
    _intern(rows, REPEATED)
    # Rows with equal timestamps have no order; the play count only grows, so the highest is the newest.
    rows.sort(key=_at if _all_differ(rows, _at) else attrgetter("at", "play_count"))
    return Fetched(Rows({row.at: row for row in rows}.values()), dropped, len(rows) + dropped)


def hiscores(body: bytes, mode: Mode) -> Fetched[Rows[Hiscore]]:
    """The plays of `/hiscores`, each once, as last recorded, highest pp first; ties by beatmap, mods and score."""
    rows, dropped = decode_rows(body, HISCORES, "played_at", "recorded_at")
    return Fetched(_ranked(rows, _play_id, mode), dropped, len(rows) + dropped)


def best_plays(body: bytes, mode: Mode) -> Fetched[Rows[BestPlay]]:
    """The plays of `/bestplays`, each once, as last recorded, highest pp first; ties like hiscores, then by player."""
    rows, dropped = decode_rows(body, BEST_PLAYS, "played_at", "recorded_at")
    return Fetched(_ranked(rows, _best_play_id, mode), dropped, len(rows) + dropped)


def peak(body: bytes, user_mode: UserMode) -> Fetched[Peak]:
    """The peak of `/peak`; a rank of 0 (unranked) and values without a valid date are None."""
    rows, dropped = decode_rows(body, PEAKS)
    best = rows[0] if rows else Peak(global_rank=None, global_rank_at=None, accuracy=None, accuracy_at=None)
    force_setattr(best, "user_mode", user_mode)
    if not best.global_rank or not is_timestamp(best.global_rank_at):
        best = msgspec.structs.replace(best, global_rank=None, global_rank_at=None)
    if best.accuracy is None or not is_timestamp(best.accuracy_at):
        best = msgspec.structs.replace(best, accuracy=None, accuracy_at=None)
    return Fetched(best, dropped)


def _intern(rows: list[Snapshot], names: Iterable[str]) -> None:
    """Let equal values share one object, which saves a tenth of the memory of a long history."""
    for name in names:
        values = list(map(attrgetter(name), rows))
        interned: dict[Any, Any] = {}
        for row, value, first in zip(rows, values, map(interned.setdefault, values, values), strict=True):
            if value is not first:
                force_setattr(row, name, first)


def _all_differ(rows: list[S], identity: Callable[[S], object]) -> bool:
    return len(set(map(identity, rows))) == len(rows)


def _newest_of_each(rows: list[P], identity: Callable[[P], object]) -> Iterable[P]:
    """The last recorded row of each play; osu!track adds a row when a play's pp or its time zone changes."""
    if _all_differ(rows, identity):
        return rows
    return {identity(play): play for play in sorted(rows, key=_recorded_at)}.values()


def _ranked(rows: list[P], identity: Callable[[P], Any], mode: Mode) -> Rows[P]:
    for play in rows:
        # Even if unchanged, so that all plays share one string for each grade.
        force_setattr(play, "grade", GRADES.get(play.grade or ""))
        if not 0 <= play.mod_bits <= KNOWN_MOD_BITS:
            force_setattr(play, "mod_bits", play.mod_bits & KNOWN_MOD_BITS)
        if mode:
            force_setattr(play, "mode", mode)
    # Two stable sorts with fast keys are quicker than one with a slow key.
    ranked = sorted(_newest_of_each(rows, identity), key=identity)
    ranked.sort(key=attrgetter("pp"), reverse=True)
    return Rows(ranked)
