"""Decoders from response bodies to records, with repairs of osu!track's known defects (docs/osutrack.md).

Pure functions. Invalid rows are dropped and counted; a response without a valid row raises `UpstreamInvalid`
(`row_decoder.py`).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import compress, count, groupby
from operator import attrgetter, eq
from typing import Annotated, Any, Generic, Literal, NamedTuple, TypeVar, get_args

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import force_setattr

from gateway.records import BestPlay, Hiscore, Hiscores, Mode, Peak, Rows, Snapshot, UserMode

from .row_decoder import decode_rows, rows_decoder, timestamp

T_co = TypeVar("T_co", covariant=True)
S = TypeVar("S", bound=Struct)
P = TypeVar("P", bound=Hiscore)

KNOWN_MOD_BITS = 2**31 - 1
Grade = Literal["XH", "X", "SH", "S", "A", "B", "C", "D", "F"]
GRADES = {grade: grade for grade in get_args(Grade)} | {"SS": "X", "SSH": "XH"}


class Fetched(NamedTuple, Generic[T_co]):
    """A decoded and repaired response. `received` counts its rows before repairs, `dropped` the invalid ones.

    `partial` if only a part of the value was requested, and joined with the stored one; not `sent` if the value was
    known without a request. `fresh_s` limits its freshness, which begins at `validated_at` (monotonic), by default now.
    `responded_at` is the time by osu!track's clock, if stated.
    """

    value: T_co
    dropped: int = 0
    received: int = 0
    etag: str | None = None
    partial: bool = False
    sent: bool = True
    fresh_s: float | None = None
    validated_at: float | None = None
    responded_at: float | None = None


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
# The values that need no repair; bit 31, for one, is not a mod. Equal grades share one string.
CLEAN = {"mod_bits": Annotated[int, Meta(ge=0, le=KNOWN_MOD_BITS)], "grade": Grade}
HISCORES = rows_decoder(Hiscore, HISCORE_NAMES, safe=CLEAN, wide={"mod_bits": int})
BEST_PLAYS = rows_decoder(BestPlay, HISCORE_NAMES | {"user_id": "user"}, safe=CLEAN, wide={"mod_bits": int})
PEAKS = rows_decoder(Peak, PEAK_NAMES)

# Values that are often equal in adjacent rows.
REPEATED = ("global_rank", "level", "count_s", "count_a")

_at = attrgetter("at")
# The identity of a play (docs/osutrack.md, "Duplicate plays").
_play_id = attrgetter("beatmap_id", "mod_bits", "score")
_best_play_id = attrgetter("beatmap_id", "mod_bits", "score", "user_id")
# The order of the rows of one play, and the identity of a row with score 0.
_by_record = attrgetter("recorded_at", "played_at", "pp")
_by_pp = attrgetter("pp")
_score = attrgetter("score")


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


def hiscores(body: bytes, mode: Mode) -> Fetched[Hiscores]:
    """The plays of `/hiscores`, each once, as last recorded, highest pp first; ties by beatmap, mods and score."""
    rows, dropped = decode_rows(body, HISCORES, "played_at", "recorded_at")
    plays = _sort_by_pp(_newest_of_each(_repair(rows, mode)), _play_id)
    return Fetched(Hiscores(plays), dropped, len(rows) + dropped)


def best_plays(body: bytes, mode: Mode) -> Fetched[Rows[BestPlay]]:
    """The rows of `/bestplays`, highest pp first; ties like hiscores, then by player, then the last recorded first.

    A play can have several rows with different times, of which a window may contain only one: see `distinct_plays`.
    """
    rows, dropped = decode_rows(body, BEST_PLAYS, "played_at", "recorded_at")
    return Fetched(_sort_by_pp(_repair(rows, mode), _best_play_id), dropped, len(rows) + dropped)


def distinct_plays(rows: Rows[BestPlay]) -> Rows[BestPlay]:
    """Each play once, with its highest pp, so that more rows of lower pp add plays at the end only."""
    return Rows(_first_of_each(rows, _best_play_id))


def peak(body: bytes, user_mode: UserMode) -> Fetched[Peak]:
    """The peak of `/peak`; a rank of 0 (unranked) and values without a valid date are None."""
    rows, dropped = decode_rows(body, PEAKS)
    best = rows[0] if rows else Peak(global_rank=None, global_rank_at=None, accuracy=None, accuracy_at=None)
    rank_at, accuracy_at = timestamp(best.global_rank_at), timestamp(best.accuracy_at)
    ranked, accurate = bool(best.global_rank and rank_at), best.accuracy is not None and accuracy_at is not None
    repaired = msgspec.structs.replace(
        best,
        global_rank=best.global_rank if ranked else None,
        global_rank_at=rank_at if ranked else None,
        accuracy=best.accuracy if accurate else None,
        accuracy_at=accuracy_at if accurate else None,
        user_mode=user_mode,
    )
    return Fetched(repaired, dropped)


def _intern(rows: list[Snapshot], names: Iterable[str]) -> None:
    """Let equal values share one object, which saves a tenth of the memory of a long history."""
    for name in names:
        values = list(map(attrgetter(name), rows))
        interned: dict[Any, Any] = {}
        for row, value, first in zip(rows, values, map(interned.setdefault, values, values), strict=True):
            if value is not first:
                force_setattr(row, name, first)


def _all_differ(rows: Sequence[S], identity: Callable[[S], object]) -> bool:
    return len(set(map(identity, rows))) == len(rows)


def _newest_of_each(rows: list[Hiscore]) -> Sequence[Hiscore]:
    return rows if _all_differ(rows, _play_id) else _first_of_each(_newest_first(rows), _play_id)


def _newest_first(rows: Iterable[P]) -> list[P]:
    return sorted(rows, key=_by_record, reverse=True)


def _first_of_each(rows: Sequence[P], identity: Callable[[P], Any]) -> Sequence[P]:
    """The first row of each play. Rows with score 0 are plays of their own, unless all their values are equal."""
    # Rows of one play have one score. Identities are slow, and few scores are equal.
    times = Counter(map(_score, rows))
    doubtful = [row for row in rows if times[row.score] > 1] if len(times) < len(rows) else []
    first: dict[Any, P] = {}
    for row in doubtful:
        first.setdefault(identity(row) if row.score else (identity(row), _by_record(row)), row)
    if len(first) == len(doubtful):
        return rows
    redundant = set(map(id, doubtful)).difference(map(id, first.values()))
    return [row for row in rows if id(row) not in redundant]


def _repair(rows: list[P], mode: Mode) -> list[P]:
    """The rows, changed in place. Those of the decoder for clean values have only them."""
    for play in rows:
        if not play.has_safe_integers:
            force_setattr(play, "grade", GRADES.get(play.grade or ""))
            force_setattr(play, "mod_bits", play.mod_bits & KNOWN_MOD_BITS)
        if mode:
            force_setattr(play, "mode", mode)
    return rows


def _sort_by_pp(rows: Iterable[P], identity: Callable[[P], Any]) -> Rows[P]:
    """The rows, highest pp first; ties by identity, then the last recorded first."""
    ranked = sorted(rows, key=_by_pp, reverse=True)
    pps = list(map(_by_pp, ranked))
    # Few rows have an equal pp: their keys, which are slow to compute, are not computed for all.
    equal_to_next = compress(count(), map(eq, pps, pps[1:]))
    for _, group in groupby(equal_to_next, key=pps.__getitem__):
        indices = list(group)
        ties = slice(indices[0], indices[-1] + 2)
        ranked[ties] = sorted(_newest_first(ranked[ties]), key=identity)
    return Rows(ranked)
