"""Turn the bytes of osu!track's answers into records, and mend what is known to be broken in them.

Pure functions. A row that can't be understood is left out and counted; an answer of which nothing can be understood
raises `UpstreamInvalid` (`row_decoder.py`). Facts are from docs/osutrack.md and from recorded exchanges.
"""

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import force_setattr

from gateway.records import BestPlay, Hiscore, Mode, Peak, Rows, Snapshot, UserMode

from .row_decoder import decoder_of, is_instant, rows_of

T = TypeVar("T")
S = TypeVar("S", bound=Struct)
P = TypeVar("P", bound=Hiscore)

KNOWN_MOD_BITS = 2**31 - 1
GRADES = {grade: grade for grade in ("XH", "X", "SH", "S", "A", "B", "C", "D", "F")} | {"SS": "X", "SSH": "XH"}


class Fetched(NamedTuple, Generic[T]):
    """A decoded response: its repaired value and ETag, the invalid rows dropped, and the rows received in all."""

    value: T
    dropped: int = 0
    received: int = 0
    etag: str | None = None


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

SNAPSHOTS = decoder_of(Snapshot, STATS_NAMES | {"global_rank": "pp_rank", "at": "timestamp"})
# Bit 31 is no mod, but has to be read before it can be left out.
HISCORES = decoder_of(Hiscore, HISCORE_NAMES, mod_bits=int)
BEST_PLAYS = decoder_of(BestPlay, HISCORE_NAMES | {"user_id": "user"}, mod_bits=int)
PEAKS = decoder_of(Peak, PEAK_NAMES)

# From one row to the next these often stay as they are.
STEADY = ("global_rank", "level", "count_s", "count_a")

_at = attrgetter("at")
_by_record = attrgetter("recorded_at")
# Rows that agree in this are one play.
_play = attrgetter("beatmap_id", "mod_bits", "score")
_best_play = attrgetter("beatmap_id", "mod_bits", "score", "user_id")


def history(body: bytes, user_mode: UserMode) -> Fetched[Rows[Snapshot]]:
    """`/stats_history`: oldest first, one row an instant."""
    rows, dropped = rows_of(body, SNAPSHOTS, "at")
    for row in rows:
        force_setattr(row, "user_mode", user_mode)
        if row.global_rank == 0:
            force_setattr(row, "global_rank", None)
    _share(rows, STEADY)
    # Rows of one instant come in any order; plays are only ever added, so more plays means later.
    rows.sort(key=_at if _all_differ(rows, _at) else attrgetter("at", "play_count"))
    return Fetched(Rows({row.at: row for row in rows}.values()), dropped, len(rows) + dropped)


def hiscores(body: bytes, mode: Mode) -> Fetched[Rows[Hiscore]]:
    """`/hiscores`: each play once, as last recorded, highest pp first; ties by beatmap, mods, score."""
    rows, dropped = rows_of(body, HISCORES, "played_at", "recorded_at")
    return Fetched(_ranked(rows, _play, mode), dropped, len(rows) + dropped)


def best_plays(body: bytes, mode: Mode) -> Fetched[Rows[BestPlay]]:
    """`/bestplays`: each play once, as last recorded, highest pp first; ties as of hiscores, then by player."""
    rows, dropped = rows_of(body, BEST_PLAYS, "played_at", "recorded_at")
    return Fetched(_ranked(rows, _best_play, mode), dropped, len(rows) + dropped)


def peak(body: bytes, user_mode: UserMode) -> Fetched[Peak]:
    """`/peak`: a rank of 0 means unranked, and is None here; so is what has no valid date."""
    rows, dropped = rows_of(body, PEAKS)
    best = rows[0] if rows else Peak(global_rank=None, global_rank_at=None, accuracy=None, accuracy_at=None)
    force_setattr(best, "user_mode", user_mode)
    if not best.global_rank or not is_instant(best.global_rank_at):
        best = msgspec.structs.replace(best, global_rank=None, global_rank_at=None)
    if best.accuracy is None or not is_instant(best.accuracy_at):
        best = msgspec.structs.replace(best, accuracy=None, accuracy_at=None)
    return Fetched(best, dropped)


def _share(rows: list[Snapshot], names: Iterable[str]) -> None:
    """Keep equal values once: of a long history, that is a tenth."""
    for name in names:
        values = list(map(attrgetter(name), rows))
        known: dict[Any, Any] = {}
        for row, value, first in zip(rows, values, map(known.setdefault, values, values), strict=True):
            if value is not first:
                force_setattr(row, name, first)


def _all_differ(rows: list[S], identity: Callable[[S], object]) -> bool:
    return len(set(map(identity, rows))) == len(rows)


def _newest_of_each(rows: list[P], identity: Callable[[P], object]) -> Iterable[P]:
    """osu!track stores a play again when its pp or the time zone changes: what was recorded last counts."""
    if _all_differ(rows, identity):
        return rows
    return {identity(play): play for play in sorted(rows, key=_by_record)}.values()


def _ranked(rows: list[P], identity: Callable[[P], Any], mode: Mode) -> Rows[P]:
    for play in rows:
        # Also where nothing changes: one text for all, instead of one for each.
        force_setattr(play, "grade", GRADES.get(play.grade or ""))
        if not 0 <= play.mod_bits <= KNOWN_MOD_BITS:
            force_setattr(play, "mod_bits", play.mod_bits & KNOWN_MOD_BITS)
        if mode:
            force_setattr(play, "mode", mode)
    # Two quick sorts, of which the second keeps the order of equals, instead of one by a slow key.
    ranked = sorted(_newest_of_each(rows, identity), key=identity)
    ranked.sort(key=attrgetter("pp"), reverse=True)
    return Rows(ranked)
