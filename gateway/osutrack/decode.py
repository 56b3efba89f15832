"""Turn the bytes of osu!track's answers into records, and mend what is known to be broken in them.

Pure functions. A row that can't be understood is left out and counted; an answer of which nothing can be understood
raises `UpstreamInvalid`. Facts about the wire are from `UPSTREAM.md` of the project and from recorded exchanges.
"""

from collections.abc import Iterable
from typing import Annotated, Any, Generic, NamedTuple, TypeVar, cast

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import FieldInfo, force_setattr

from gateway.errors import UpstreamInvalid
from gateway.records import BestPlay, Mode, Peak, Play, Player, Rows, Snapshot

T = TypeVar("T")
S = TypeVar("S", bound=Struct)
P = TypeVar("P", bound=Play)

# A zero date comes as "0000-00-00 00:00:00" and fails here, as it should.
Instant = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")]

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
    fields = [(field.name, types.get(field.name, field.type), _default(field)) for field in declared]
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

_snapshots = decoder_of(Snapshot, STATS_NAMES | {"global_rank": "pp_rank", "at": "timestamp"}, at=Instant)
# Bit 31 is no mod, but has to be read before it can be left out.
_plays = decoder_of(Play, PLAY_NAMES, played_at=Instant, recorded_at=Instant, mod_bits=int)
_best_plays = decoder_of(
    BestPlay, PLAY_NAMES | {"user_id": "user"}, played_at=Instant, recorded_at=Instant, mod_bits=int
)
_peaks = decoder_of(Peak, PEAK_NAMES, global_rank_at=Instant | None, accuracy_at=Instant | None)
_raw_rows = msgspec.json.Decoder(list[msgspec.Raw])


def history(body: bytes, player: Player) -> Decoded[Rows[Snapshot]]:
    """`/stats_history`: oldest first, one row an instant."""
    rows, dropped = rows_of(body, _snapshots)
    by_instant: dict[str, Snapshot] = {}
    for row in rows:
        if row.global_rank == 0:
            force_setattr(row, "global_rank", None)
        force_setattr(row, "player", player)
        twin = by_instant.setdefault(row.at, row)
        # Rows of one instant come in any order; plays are only ever added, so more plays means later.
        if twin is not row and row.play_count >= twin.play_count:
            by_instant[row.at] = row
    return Decoded(Rows(sorted(by_instant.values(), key=lambda row: row.at)), dropped)


def hiscores(body: bytes, mode: Mode) -> Decoded[Rows[Play]]:
    """`/hiscores`: each play once, as last recorded, highest pp first."""
    rows, dropped = rows_of(body, _plays)
    plays = {(play.beatmap_id, play.mod_bits, play.score): play for play in _oldest_record_first(rows)}
    return Decoded(_ranked(plays.values(), mode), dropped, len(rows) + dropped)


def best_plays(body: bytes, mode: Mode) -> Decoded[Rows[BestPlay]]:
    """`/bestplays`: each play once, as last recorded, highest pp first."""
    rows, dropped = rows_of(body, _best_plays)
    plays = {(play.user_id, play.beatmap_id, play.mod_bits, play.score): play for play in _oldest_record_first(rows)}
    return Decoded(_ranked(plays.values(), mode), dropped, len(rows) + dropped)


def peak(body: bytes) -> Decoded[Peak]:
    """`/peak`: a rank of 0 means unranked, and is None here."""
    rows, dropped = rows_of(body, _peaks)
    best = rows[0] if rows else Peak(global_rank=None, global_rank_at=None, accuracy=None, accuracy_at=None)
    if not best.global_rank or best.global_rank_at is None:
        best = msgspec.structs.replace(best, global_rank=None, global_rank_at=None)
    if best.accuracy is None or best.accuracy_at is None:
        best = msgspec.structs.replace(best, accuracy=None, accuracy_at=None)
    return Decoded(best, dropped)


def rows_of(body: bytes, decoder: msgspec.json.Decoder[list[T]]) -> tuple[list[T], int]:
    """The rows that can be read; raises `UpstreamInvalid` if there is no list, or a list of nothing but bad rows."""
    try:
        return decoder.decode(body), 0
    except msgspec.ValidationError:
        return _one_by_one(body, decoder)
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise UpstreamInvalid("osu!track's answer is not JSON. Try again later.") from exc


def _one_by_one(body: bytes, decoder: msgspec.json.Decoder[list[T]]) -> tuple[list[T], int]:
    rows: list[T] = []
    dropped = 0
    try:
        raws = _raw_rows.decode(body)
    except msgspec.DecodeError as exc:
        raise UpstreamInvalid("osu!track's answer is JSON, but not the list it promises. Try again later.") from exc
    for raw in raws:
        try:
            rows += decoder.decode(b"[%b]" % bytes(raw))
        except msgspec.DecodeError:
            dropped += 1
    if not rows:
        raise UpstreamInvalid("No row of osu!track's answer can be read: its format has probably changed.")
    return rows, dropped


def _oldest_record_first(rows: list[P]) -> list[P]:
    return sorted(rows, key=lambda play: play.recorded_at)


def _ranked(plays: Iterable[P], mode: Mode) -> Rows[P]:
    ranked = sorted(plays, key=lambda play: (-play.pp, play.beatmap_id))
    for play in ranked:
        force_setattr(play, "mode", mode)
        force_setattr(play, "grade", GRADES.get(play.grade or ""))
        force_setattr(play, "mod_bits", play.mod_bits & KNOWN_MOD_BITS)
    return Rows(ranked)
