"""Decoding of osu!track's JSON lists straight into records; invalid rows are dropped and counted."""

from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import Annotated, Any, TypeVar, cast

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import FieldInfo

from gateway.errors import UpstreamInvalid

T = TypeVar("T")
S = TypeVar("S", bound=Struct)

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

TIMESTAMP_LENGTH = len("2026-11-20T12:00:00.000Z")
# Some numbers are JSON strings, and msgspec accepts "NaN" in a string.
Finite = Annotated[float, Meta(ge=-1e300, le=1e300)]
STRICTER: dict[Any, Any] = {float: Finite, float | None: Finite | None}
_raw_rows = msgspec.json.Decoder(list[msgspec.Raw])


def wire_type(record: type[S], names: dict[str, str], **types: Any) -> type[S]:
    """A subclass of the record with osu!track's field names and, for some fields, stricter or wider types.

    It decodes directly into records, without a copy.
    """
    declared = msgspec.structs.fields(record)
    fields = [
        (field.name, types.get(field.name, STRICTER.get(field.type, field.type)), _default(field)) for field in declared
    ]
    wire = msgspec.defstruct(
        record.__name__, fields, bases=(record,), rename=names, frozen=True, gc=False, kw_only=True
    )
    return cast("type[S]", wire)


def rows_decoder(record: type[S], names: dict[str, str], **types: Any) -> msgspec.json.Decoder[list[S]]:
    """A decoder for lists of the record; not strict, since BIGINT columns are JSON strings."""
    return msgspec.json.Decoder(list[wire_type(record, names, **types)], strict=False)  # type: ignore[misc]  # a type made at run time


def _default(field: FieldInfo) -> Any:
    return msgspec.field() if field.required else field.default


def decode_rows(body: bytes, decoder: msgspec.json.Decoder[list[T]], *timestamps: str) -> tuple[list[T], int]:
    """The valid rows, and the number of invalid ones; raises `UpstreamInvalid` without a list, or if none is valid.

    `timestamps` names the fields that must be valid timestamps.
    """
    try:
        rows, dropped = decoder.decode(body), 0
    except msgspec.ValidationError:
        rows, dropped = _decode_one_by_one(body, decoder)
    except UNREADABLE as exc:
        raise UpstreamInvalid("osu!track's response is not JSON. Try again later.") from exc
    received = len(rows) + dropped
    for name in timestamps:
        rows = _with_timestamp(rows, attrgetter(name))
    if received and not rows:
        raise UpstreamInvalid("No row of osu!track's response is valid: its format has probably changed.")
    return rows, received - len(rows)


def _with_timestamp(rows: list[T], timestamp: Callable[[T], str]) -> list[T]:
    # The length excludes zero dates, "0000-00-00 00:00:00", the only invalid ones known.
    complete = [row for row in rows if len(timestamp(row)) == TIMESTAMP_LENGTH]
    if are_timestamps(list(map(timestamp, complete))):
        return complete
    return [row for row in complete if are_timestamps([timestamp(row)])]


def are_timestamps(texts: list[str]) -> bool:
    """Whether all texts, which must have the right length, are valid timestamps. Fast for many at once."""
    joined = "".join(texts)
    if joined[10::24] != "T" * len(texts) or joined[23::24] != "Z" * len(texts):
        return False
    try:
        msgspec.convert(texts, list[datetime])
    except msgspec.ValidationError:
        return False
    return True


def is_timestamp(text: str | None) -> bool:
    """Whether the text is a timestamp in the records' form."""
    return text is not None and len(text) == TIMESTAMP_LENGTH and are_timestamps([text])


def _decode_one_by_one(body: bytes, decoder: msgspec.json.Decoder[list[T]]) -> tuple[list[T], int]:
    rows: list[T] = []
    dropped = 0
    try:
        raws = _raw_rows.decode(body)
    except UNREADABLE as exc:
        raise UpstreamInvalid("osu!track's response is not a JSON list. Try again later.") from exc
    for raw in raws:
        try:
            rows += decoder.decode(b"[%b]" % bytes(raw))
        except UNREADABLE:
            dropped += 1
    return rows, dropped
