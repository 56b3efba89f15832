"""Entries as bytes, for Redis: rows as plain arrays of values, which take a fifth of what they would with names."""

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

RECORDS: tuple[type[Struct], ...] = (Snapshot, Hiscore, BestPlay, Peak, History, Update, Delta, NewHiscore)
# Other records are other entries: releases that differ in them can run side by side.
FORMAT = blake2b(repr([structs.fields(record) for record in RECORDS]).encode(), digest_size=4).hexdigest()


class _Envelope(Struct, Generic[W], array_like=True):
    value: W
    fetched_at: float
    generation: int
    etag: str | None
    dropped: int
    read_at: float = 0.0


class Codec(Generic[V]):
    """Conversion between one resource's entries and bytes."""

    def __init__(self, wire: Any, to_plain: Callable[[V], object], from_plain: Callable[[Any], V]) -> None:
        """`to_plain` converts a value to msgpack's types, declared as `wire`; `from_plain` reverses it."""
        self._to_plain = to_plain
        self._from_plain = from_plain
        self._envelopes = msgpack.Decoder(_Envelope[wire])

    def encode(self, entry: Entry[V]) -> bytes:
        """The entry as msgpack; process-local attributes are left out."""
        plain = self._to_plain(entry.value)
        return msgpack.encode(
            _Envelope(plain, entry.fetched_at, entry.generation, entry.etag, entry.dropped, entry.read_at)
        )

    def decode(self, encoded: bytes) -> Entry[V]:
        """The entry; raises `msgspec.DecodeError`."""
        value, fetched_at, generation, etag, dropped, read_at = structs.astuple(self._envelopes.decode(encoded))
        return Entry(self._from_plain(value), fetched_at, generation, etag=etag, dropped=dropped, read_at=read_at)


def _as_array(record: type[R]) -> type[R]:
    made = defstruct(record.__name__, [], bases=(record,), array_like=True, frozen=True, gc=False, kw_only=True)
    return cast("type[R]", made)


def _flat(rows: Rows[Any] | None) -> list[tuple[Any, ...]] | None:
    return None if rows is None else [structs.astuple(row) for row in rows]


def _flat_history(history: History) -> object:
    # Each row's player is the history's, and comes last.
    rows = [structs.astuple(row)[:-1] for row in history.rows]
    return history.user_mode, history.whole_at, history.abridged, rows


def _whole_history(flat: tuple[UserMode, float, bool, tuple[Snapshot, ...]]) -> History:
    user_mode, whole_at, abridged, rows = flat
    for row in rows:
        structs.force_setattr(row, "user_mode", user_mode)
    return History(user_mode, Rows(rows), whole_at, abridged)


def _flat_update(update: Update | None) -> object:
    if update is None:
        return None
    delta = structs.astuple(update.delta) if update.delta else None
    return (
        update.username,
        update.first,
        update.leveled_up,
        delta,
        [structs.astuple(play) for play in update.new_hiscores],
    )


def _whole_update(flat: tuple[str, bool, bool, Delta | None, tuple[NewHiscore, ...]] | None) -> Update | None:
    if flat is None:
        return None
    username, first, leveled_up, delta, new_hiscores = flat
    return Update(username=username, first=first, leveled_up=leveled_up, delta=delta, new_hiscores=new_hiscores)


_Snapshots: Any = tuple[_as_array(Snapshot), ...]  # type: ignore[misc]  # made above
_Plays: Any = tuple[_as_array(Hiscore), ...]  # type: ignore[misc]  # (the same)
_BestPlays: Any = tuple[_as_array(BestPlay), ...]  # type: ignore[misc]  # (the same)
_MaybeDelta: Any = _as_array(Delta) | None
_NewHiscores: Any = tuple[_as_array(NewHiscore), ...]  # type: ignore[misc]  # (the same)

HISTORY: Codec[History] = Codec(tuple[UserMode, float, bool, _Snapshots], _flat_history, _whole_history)
HISCORES: Codec[Rows[Hiscore]] = Codec(_Plays, _flat, Rows)
OPTIONAL_HISCORES: Codec[Rows[Hiscore] | None] = Codec(
    _Plays | None, _flat, lambda rows: None if rows is None else Rows(rows)
)
PEAK: Codec[Peak] = Codec(_as_array(Peak), structs.astuple, lambda peak: peak)
BEST_PLAYS: Codec[BestPlays] = Codec(
    tuple[_BestPlays, bool],
    lambda plays: (_flat(plays.rows), plays.complete),
    lambda flat: BestPlays(Rows(flat[0]), flat[1]),
)
UPDATE: Codec[Update | None] = Codec(
    tuple[str, bool, bool, _MaybeDelta, _NewHiscores] | None, _flat_update, _whole_update
)
