"""Conversion of entries to bytes, for Redis. Rows are arrays of values: a fifth of the size of rows with names."""

from collections.abc import Callable
from hashlib import blake2b
from typing import Any, Generic, TypeVar, cast

from msgspec import Struct, defstruct, msgpack, structs

from gateway.records import BestPlay, Delta, Hiscore, NewHiscore, Peak, Rows, Snapshot, Update, UserMode

from .cache import Entry
from .history import History
from .keys import BestPlays

R = TypeVar("R", bound=Struct)
V = TypeVar("V")
W = TypeVar("W")


class _Envelope(Struct, Generic[W], array_like=True):
    value: W
    fetched_at: float
    validated_at: float
    generation: int
    etag: str | None
    dropped: int


RECORDS: tuple[type[Struct], ...] = (Snapshot, Hiscore, BestPlay, Peak, History, Update, Delta, NewHiscore, _Envelope)
# A hash of the fields: releases with different records use different keys and can run side by side.
FORMAT = blake2b(repr([structs.fields(record) for record in RECORDS]).encode(), digest_size=4).hexdigest()


class Codec(Generic[V]):
    """Conversion of one resource's values and entries to bytes and back."""

    def __init__(self, wire: Any, to_plain: Callable[[V], object], from_plain: Callable[[Any], V]) -> None:
        """`to_plain` converts a value to msgpack's types, declared as `wire`; `from_plain` reverses it."""
        self._to_plain = to_plain
        self._from_plain = from_plain
        self._values = msgpack.Decoder(wire)
        self._envelopes = msgpack.Decoder(_Envelope[wire])

    def encode(self, entry: Entry[V]) -> bytes:
        """The entry as msgpack, without `refresh_at`, which belongs to one process."""
        value = self._to_plain(entry.value)
        return msgpack.encode(
            _Envelope(value, entry.fetched_at, entry.validated_at, entry.generation, entry.etag, entry.dropped)
        )

    def decode(self, encoded: bytes) -> Entry[V]:
        """The entry; raises `msgspec.DecodeError`."""
        envelope = self._envelopes.decode(encoded)
        return Entry(
            value=self._from_plain(envelope.value),
            fetched_at=envelope.fetched_at,
            validated_at=envelope.validated_at,
            generation=envelope.generation,
            etag=envelope.etag,
            dropped=envelope.dropped,
        )

    def encode_value(self, value: V) -> bytes:
        """The value as msgpack; raises `OverflowError` for integers of more than 64 bits."""
        return msgpack.encode(self._to_plain(value))

    def decode_value(self, encoded: bytes) -> V:
        """The value; raises `msgspec.DecodeError`."""
        return self._from_plain(self._values.decode(encoded))


def _array_type(record: type[R]) -> type[R]:
    """A subclass of the record that msgspec writes and reads as an array."""
    made = defstruct(record.__name__, [], bases=(record,), array_like=True, frozen=True, gc=False, kw_only=True)
    return cast("type[R]", made)


def _rows_to_plain(rows: Rows[Any] | None) -> list[tuple[Any, ...]] | None:
    return None if rows is None else [structs.astuple(row) for row in rows]


def _history_to_plain(history: History) -> object:
    # All rows have the history's player as their last field.
    rows = [structs.astuple(row)[:-1] for row in history.rows]
    return history.user_mode, history.loaded_at, history.abridged, rows


def _history_from_plain(plain: tuple[UserMode, float, bool, tuple[Snapshot, ...]]) -> History:
    user_mode, loaded_at, abridged, rows = plain
    for row in rows:
        structs.force_setattr(row, "user_mode", user_mode)
    return History(user_mode, Rows(rows), loaded_at, abridged)


def _update_to_plain(update: Update | None) -> object:
    if update is None:
        return None
    delta = structs.astuple(update.delta) if update.delta else None
    new_hiscores = [structs.astuple(play) for play in update.new_hiscores]
    return update.username, update.first, update.leveled_up, delta, new_hiscores


def _update_from_plain(plain: tuple[str, bool, bool, Delta | None, tuple[NewHiscore, ...]] | None) -> Update | None:
    if plain is None:
        return None
    username, first, leveled_up, delta, new_hiscores = plain
    return Update(username=username, first=first, leveled_up=leveled_up, delta=delta, new_hiscores=new_hiscores)


_Snapshots: Any = tuple[_array_type(Snapshot), ...]  # type: ignore[misc]  # a type made at runtime
_Plays: Any = tuple[_array_type(Hiscore), ...]  # type: ignore[misc]  # (the same)
_BestPlays: Any = tuple[_array_type(BestPlay), ...]  # type: ignore[misc]  # (the same)
_MaybeDelta: Any = _array_type(Delta) | None
_NewHiscores: Any = tuple[_array_type(NewHiscore), ...]  # type: ignore[misc]  # (the same)

HISTORY: Codec[History] = Codec(tuple[UserMode, float, bool, _Snapshots], _history_to_plain, _history_from_plain)
HISCORES: Codec[Rows[Hiscore]] = Codec(_Plays, _rows_to_plain, Rows)
OPTIONAL_HISCORES: Codec[Rows[Hiscore] | None] = Codec(
    _Plays | None, _rows_to_plain, lambda rows: None if rows is None else Rows(rows)
)
PEAK: Codec[Peak] = Codec(_array_type(Peak), structs.astuple, lambda peak: peak)
BEST_PLAYS: Codec[BestPlays] = Codec(
    tuple[_BestPlays, bool],
    lambda plays: (_rows_to_plain(plays.rows), plays.complete),
    lambda plain: BestPlays(Rows(plain[0]), plain[1]),
)
UPDATE: Codec[Update | None] = Codec(
    tuple[str, bool, bool, _MaybeDelta, _NewHiscores] | None, _update_to_plain, _update_from_plain
)
