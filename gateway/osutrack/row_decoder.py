"""Decoding of osu!track's JSON lists straight into records; invalid rows are dropped and counted."""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from operator import attrgetter
from typing import Annotated, Any, Generic, NamedTuple, TypeVar, cast

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import FieldInfo, force_setattr

from gateway.errors import TELL_OPERATOR, UpstreamInvalid
from gateway.records import MAX_SAFE_INTEGER

S = TypeVar("S", bound=Struct)

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

# Rows have one comma in about 20 bytes. A list of tiny elements would take thirty times its size in memory.
MIN_BYTES_PER_COMMA = 12
# More invalid rows than this are a change of the format.
MAX_DROPPED_ROWS = 10_000
FORMAT_CHANGED = "No row of osu!track's response is valid: its format has probably changed."

TIMESTAMP_LENGTH = len("2026-11-20T12:00:00.000Z")
_TIMESTAMP = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:[.]([0-9]+))?Z")
# Some numbers are JSON strings, and msgspec accepts "NaN" in a string.
Finite = Annotated[float, Meta(ge=-1e300, le=1e300)]
STRICTER: dict[Any, Any] = {float: Finite, float | None: Finite | None}
SAFE: dict[Any, Any] = {int: Annotated[int, Meta(ge=-MAX_SAFE_INTEGER, le=MAX_SAFE_INTEGER)]}
NO_TYPES: Mapping[str, Any] = {}
_raw_rows = msgspec.json.Decoder(list[msgspec.Raw])


class RowsDecoder(NamedTuple, Generic[S]):
    """Decoders for lists of one record: for rows with clean values, such as safe integers, and for all."""

    safe: msgspec.json.Decoder[list[S]]
    wide: msgspec.json.Decoder[list[S]]


def wire_type(record: type[S], names: dict[str, str], *, safe: bool = False, **types: Any) -> type[S]:
    """A subclass of the record with osu!track's field names and, for some fields, stricter or wider types.

    It decodes directly into records, without a copy. `safe` excludes unsafe integers.
    """
    stricter = STRICTER | (SAFE if safe else {})
    declared = msgspec.structs.fields(record)
    fields = [
        (field.name, types.get(field.name, stricter.get(field.type, field.type)), _default(field)) for field in declared
    ]
    options: Any = {"rename": names, "frozen": True, "gc": False, "kw_only": True}
    namespace = {"has_safe_integers": safe}
    return cast("type[S]", msgspec.defstruct(record.__name__, fields, bases=(record,), namespace=namespace, **options))


def rows_decoder(
    record: type[S], names: dict[str, str], *, safe: Mapping[str, Any] = NO_TYPES, wide: Mapping[str, Any] = NO_TYPES
) -> RowsDecoder[S]:
    """Decoders with these types of some fields; not strict, since BIGINT columns are JSON strings."""
    return RowsDecoder(
        _decoder(wire_type(record, names, safe=True, **safe)), _decoder(wire_type(record, names, **wide))
    )


def _decoder(wire: type[S]) -> msgspec.json.Decoder[list[S]]:
    return msgspec.json.Decoder(list[wire], strict=False)  # type: ignore[valid-type]  # a type made at run time


def _default(field: FieldInfo) -> Any:
    return msgspec.field() if field.required else field.default


def decode_rows(body: bytes, decoder: RowsDecoder[S], *timestamps: str) -> tuple[list[S], int]:
    """The valid rows, and the number of invalid ones; raises `UpstreamInvalid` without a list, or if none is valid.

    `timestamps` names the fields that must be valid timestamps; they are converted to the records' form.
    """
    try:
        rows, dropped = _decode_at_once(body, decoder), 0
    except msgspec.ValidationError:
        rows, dropped = _decode_one_by_one(body, decoder)
    except UNREADABLE as exc:
        raise UpstreamInvalid(f"osu!track's response is not JSON. {TELL_OPERATOR}") from exc
    received = len(rows) + dropped
    for name in timestamps:
        rows = _with_timestamp(rows, name)
    if received and not rows:
        raise UpstreamInvalid(FORMAT_CHANGED)
    return rows, received - len(rows)


def _decode_at_once(body: bytes, decoder: RowsDecoder[S]) -> list[S]:
    with suppress(msgspec.ValidationError):
        return decoder.safe.decode(body)
    return decoder.wide.decode(body)


def check_density(body: bytes) -> None:
    """Raise `UpstreamInvalid` for a long list of elements that are too small for rows."""
    if body.count(b",") * MIN_BYTES_PER_COMMA > max(len(body), MAX_DROPPED_ROWS):
        raise UpstreamInvalid(FORMAT_CHANGED)


def _with_timestamp(rows: list[S], name: str) -> list[S]:
    texts: list[str] = list(map(attrgetter(name), rows))
    if are_timestamps(texts):
        return rows
    valid = []
    for row, text in zip(rows, texts, strict=True):
        at = timestamp(text)
        if at is not None:
            force_setattr(row, name, at)
            valid.append(row)
    return valid


def are_timestamps(texts: list[str]) -> bool:
    """Whether all texts are valid timestamps in the records' form. Fast for many at once."""
    joined = "".join(texts)
    # The first text of another length has no Z in this place: no date has one before its end.
    if joined[10::24] != "T" * len(texts) or joined[23::24] != "Z" * len(texts):
        return False
    try:
        msgspec.convert(texts, list[datetime])
    except msgspec.ValidationError:
        return False
    return True


def timestamp(text: str | None) -> str | None:
    """The timestamp in the records' form, from any number of fractional digits; None if it is invalid."""
    match = _TIMESTAMP.fullmatch(text or "")
    if match is None:
        return None
    seconds, fraction = match.groups("")
    at = f"{seconds}.{fraction:0<3.3}Z"
    return at if are_timestamps([at]) else None


def _decode_one_by_one(body: bytes, decoder: RowsDecoder[S]) -> tuple[list[S], int]:
    rows: list[S] = []
    dropped = 0
    check_density(body)
    try:
        raws = _raw_rows.decode(body)
    except UNREADABLE as exc:
        raise UpstreamInvalid(f"osu!track's response is not a JSON list. {TELL_OPERATOR}") from exc
    for raw in raws:
        row = _decode_one(b"[%b]" % bytes(raw), decoder)
        rows += row
        dropped += not row
        if dropped > MAX_DROPPED_ROWS:
            raise UpstreamInvalid(FORMAT_CHANGED)
    return rows, dropped


def _decode_one(body: bytes, decoder: RowsDecoder[S]) -> list[S]:
    """The row; none if it is invalid."""
    for each in decoder:
        with suppress(*UNREADABLE):
            return each.decode(body)
    return []
