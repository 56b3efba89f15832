"""Lists of rows as osu!track sends them, read straight into records: those that can be, and how many can't."""

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

INSTANT_LENGTH = len("2026-11-20T12:00:00.000Z")
# Numbers come as strings, and so "NaN" would be one.
Finite = Annotated[float, Meta(ge=-1e300, le=1e300)]
STRICTER: dict[Any, Any] = {float: Finite, float | None: Finite | None}
_raw_rows = msgspec.json.Decoder(list[msgspec.Raw])


def wire_type(record: type[S], names: dict[str, str], **types: Any) -> type[S]:
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
    return msgspec.json.Decoder(list[wire_type(record, names, **types)], strict=False)  # type: ignore[misc]  # made above


def _default(field: FieldInfo) -> Any:
    return msgspec.field() if field.required else field.default


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
