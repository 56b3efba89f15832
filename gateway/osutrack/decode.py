"""Turn the bytes of osu!track's answers into records, and mend what is known to be broken in them.

Pure functions. A row that can't be understood is left out and counted; an answer of which nothing can be understood
raises `UpstreamInvalid`. Facts about the wire are from `UPSTREAM.md` of the project and from recorded exchanges.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from operator import attrgetter
from typing import Annotated, Any, Generic, NamedTuple, TypeVar, cast

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import FieldInfo, force_setattr

from gateway.errors import UpstreamInvalid
from gateway.records import BestPlay, Mode, Peak, Play, Player, Rows, Snapshot

T = TypeVar("T")
S = TypeVar("S", bound=Struct)
P = TypeVar("P", bound=Play)

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

INSTANT_LENGTH = len("2026-11-20T12:00:00.000Z")
# Numbers come as strings, and so "NaN" would be one.
Finite = Annotated[float, Meta(ge=-1e300, le=1e300)]
STRICTER: dict[Any, Any] = {float: Finite, float | None: Finite | None}

KNOWN_MOD_BITS = 2**31 - 1
GRADES = {grade: grade for grade in ("XH", "X", "SH", "S", "A", "B", "C", "D", "F")} | {"SS": "X", "SSH": "XH"}


class Decoded(NamedTuple, Generic[T]):
    """A repaired answer, how many of its rows had to be left out, and how many there were before any repair."""

    value: T
    dropped: int = 0
    sent: int = 0


def wire(record: type[S], names: dict[str, str], **types: Any) -> type[S]:
    """The record as osu!track sends it: a subclass that reads its names and, for some fields, stricter or wider types.

    What is decoded is therefore a record at once, without a copy.
    """
    declared = msgspec.structs.fields(record)
    fields = [
        (field.name, types.get(field.name, STRICTER.get(field.type, field.type)), _default(field)) for field in declared
    ]
    made = msgspec.defstruct(
        record.__name__, fields, bases=(record,), rename=names, frozen=True, gc=False, kw_only=True
    )
    return cast("type[S]", made)


def decoder_of(record: type[S], names: dict[str, str], **types: Any) -> msgspec.json.Decoder[list[S]]:
    """Reads lists. Numbers come as strings where a column is BIGINT: hence not strict."""
    return msgspec.json.Decoder(list[wire(record, names, **types)], strict=False)  # type: ignore[misc]  # made above


def _default(field: FieldInfo) -> Any:
    return msgspec.field() if field.required else field.default


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
PLAY_NAMES = {"mod_bits": "mods", "grade": "rank", "played_at": "score_time", "recorded_at": "update_time"}
PEAK_NAMES = {
    "global_rank": "best_global_rank",
    "global_rank_at": "best_rank_timestamp",
    "accuracy": "best_accuracy",
    "accuracy_at": "best_acc_timestamp",
}

SNAPSHOTS = decoder_of(Snapshot, STATS_NAMES | {"global_rank": "pp_rank", "at": "timestamp"})
# Bit 31 is no mod, but has to be read before it can be left out.
PLAYS = decoder_of(Play, PLAY_NAMES, mod_bits=int)
BEST_PLAYS = decoder_of(BestPlay, PLAY_NAMES | {"user_id": "user"}, mod_bits=int)
PEAKS = decoder_of(Peak, PEAK_NAMES)
_raw_rows = msgspec.json.Decoder(list[msgspec.Raw])

# From one row to the next these often stay as they are.
STEADY = ("global_rank", "level", "count_s", "count_a")

_at = attrgetter("at")
_by_record = attrgetter("recorded_at")
# Rows that agree in this are one play.
_play = attrgetter("beatmap_id", "mod_bits", "score")
_best_play = attrgetter("beatmap_id", "mod_bits", "score", "user_id")


def history(body: bytes, player: Player) -> Decoded[Rows[Snapshot]]:
    """`/stats_history`: oldest first, one row an instant."""
    rows, dropped = rows_of(body, SNAPSHOTS, "at")
    for row in rows:
        force_setattr(row, "player", player)
        if row.global_rank == 0:
            force_setattr(row, "global_rank", None)
    _share(rows, STEADY)
    # Rows of one instant come in any order; plays are only ever added, so more plays means later.
    rows.sort(key=_at if _all_differ(rows, _at) else attrgetter("at", "play_count"))
    return Decoded(Rows({row.at: row for row in rows}.values()), dropped, len(rows) + dropped)


def hiscores(body: bytes, mode: Mode) -> Decoded[Rows[Play]]:
    """`/hiscores`: each play once, as last recorded, highest pp first; ties by beatmap, mods, score."""
    rows, dropped = rows_of(body, PLAYS, "played_at", "recorded_at")
    return Decoded(_ranked(rows, _play, mode), dropped, len(rows) + dropped)


def best_plays(body: bytes, mode: Mode) -> Decoded[Rows[BestPlay]]:
    """`/bestplays`: each play once, as last recorded, highest pp first; ties as of hiscores, then by player."""
    rows, dropped = rows_of(body, BEST_PLAYS, "played_at", "recorded_at")
    return Decoded(_ranked(rows, _best_play, mode), dropped, len(rows) + dropped)


def peak(body: bytes) -> Decoded[Peak]:
    """`/peak`: a rank of 0 means unranked, and is None here; so is what has no valid date."""
    rows, dropped = rows_of(body, PEAKS)
    best = rows[0] if rows else Peak(global_rank=None, global_rank_at=None, accuracy=None, accuracy_at=None)
    if not best.global_rank or not is_instant(best.global_rank_at):
        best = msgspec.structs.replace(best, global_rank=None, global_rank_at=None)
    if best.accuracy is None or not is_instant(best.accuracy_at):
        best = msgspec.structs.replace(best, accuracy=None, accuracy_at=None)
    return Decoded(best, dropped)


def _share(rows: list[Snapshot], names: Iterable[str]) -> None:
    """Keep equal values once: of a long history, that is a tenth."""
    for name in names:
        values = list(map(attrgetter(name), rows))
        known: dict[Any, Any] = {}
        for row, value, first in zip(rows, values, map(known.setdefault, values, values), strict=True):
            if value is not first:
                force_setattr(row, name, first)


def rows_of(body: bytes, decoder: msgspec.json.Decoder[list[T]], *instants: str) -> tuple[list[T], int]:
    """The rows that can be read, and how many can't; raises `UpstreamInvalid` if there is no list, or none can.

    `instants` names the fields that must be moments.
    """
    try:
        rows, dropped = decoder.decode(body), 0
    except msgspec.ValidationError:
        rows, dropped = _one_by_one(body, decoder)
    except UNREADABLE as exc:
        raise UpstreamInvalid("osu!track's answer is not JSON. Try again later.") from exc
    sent = len(rows) + dropped
    for name in instants:
        rows = _dated(rows, attrgetter(name))
    if sent and not rows:
        raise UpstreamInvalid("No row of osu!track's answer can be read: its format has probably changed.")
    return rows, sent - len(rows)


def _dated(rows: list[T], instant: Callable[[T], str]) -> list[T]:
    # This leaves out zero dates, "0000-00-00 00:00:00", which are the only bad ones we know of.
    long_enough = [row for row in rows if len(instant(row)) == INSTANT_LENGTH]
    if are_instants(list(map(instant, long_enough))):
        return long_enough
    return [row for row in long_enough if are_instants([instant(row)])]


def are_instants(texts: list[str]) -> bool:
    """Whether texts of the right length are all moments that exist, as records have them. Quick for many at once."""
    joined = "".join(texts)
    if joined[10::24] != "T" * len(texts) or joined[23::24] != "Z" * len(texts):
        return False
    try:
        msgspec.convert(texts, list[datetime])
    except msgspec.ValidationError:
        return False
    return True


def is_instant(text: str | None) -> bool:
    """Whether it is a moment as records have it."""
    return text is not None and len(text) == INSTANT_LENGTH and are_instants([text])


def _one_by_one(body: bytes, decoder: msgspec.json.Decoder[list[T]]) -> tuple[list[T], int]:
    rows: list[T] = []
    dropped = 0
    try:
        raws = _raw_rows.decode(body)
    except UNREADABLE as exc:
        raise UpstreamInvalid("osu!track's answer is JSON, but not the list it promises. Try again later.") from exc
    for raw in raws:
        try:
            rows += decoder.decode(b"[%b]" % bytes(raw))
        except UNREADABLE:
            dropped += 1
    return rows, dropped


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
