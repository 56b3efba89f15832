"""Conversion of entries to bytes, for Redis. Rows are arrays of values: a fifth of the size of rows with names."""

from collections.abc import Callable, Iterable
from datetime import datetime
from hashlib import blake2b
from operator import attrgetter
from typing import Annotated, Any, Generic, TypeVar, cast

from msgspec import Meta, Struct, defstruct, msgpack, structs

from gateway.records import (
    MAX_SAFE_INTEGER,
    BestPlay,
    Delta,
    Hiscore,
    Hiscores,
    NewHiscore,
    Peak,
    Rows,
    Snapshot,
    Update,
    UserMode,
)
from gateway.shared.redis_content import Unreadable, decode

from .cache import Entry
from .history import History
from .keys import BestPlays

R = TypeVar("R", bound=Struct)
V = TypeVar("V")
W = TypeVar("W")


# Redis is untrusted input: no NaN, no infinity, no text that has another form than the decoders of responses give it.
Finite = Annotated[float, Meta(ge=-1e18, le=1e18)]
Instant = Annotated[str, Meta(min_length=24, max_length=24)]
Count = Annotated[int, Meta(ge=0, le=2**52)]
ETag = Annotated[str, Meta(pattern=r"^[ -~]*\Z", max_length=1000)]
# Unsafe integers are possible in osu!track's responses, but not worth a second type here: such entries are not read.
SafeInteger = Annotated[int, Meta(ge=-MAX_SAFE_INTEGER, le=MAX_SAFE_INTEGER)]
CHECKED: dict[Any, Any] = {float: Finite, float | None: Finite | None, int: SafeInteger}
CHECKED_INSTANTS: dict[Any, Any] = {str: Instant, str | None: Instant | None}


class _Envelope(Struct, Generic[W], array_like=True):
    """An entry in Redis: the time of writing, in seconds since 1970, and ages at that time."""

    value: W
    written_at: Finite
    fetched_s: Finite
    validated_s: Finite
    loaded_s: Finite
    generation: Count
    etag: ETag | None
    dropped: Count
    fresh_s: Finite | None


RECORDS: tuple[type[Struct], ...] = (
    Snapshot,
    Hiscore,
    BestPlay,
    BestPlays,
    Peak,
    History,
    Update,
    Delta,
    NewHiscore,
    _Envelope,
)
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

    def encode(self, entry: Entry[V], now: float) -> bytes:
        """The entry as msgpack, without `refresh_at`, which belongs to one process. `now` is monotonic."""
        envelope = _Envelope(
            value=self._to_plain(entry.value),
            written_at=entry.written_at,
            fetched_s=now - entry.fetched_at,
            validated_s=now - entry.validated_at,
            loaded_s=now - entry.loaded_at,
            generation=entry.generation,
            etag=entry.etag,
            dropped=entry.dropped,
            fresh_s=entry.fresh_s,
        )
        return msgpack.encode(envelope)

    def decode(self, encoded: bytes, now: float, wall_now: float) -> Entry[V]:
        """The entry; raises `Unreadable`. `now` is monotonic, `wall_now` in seconds since 1970.

        If the clock of the other process is ahead, or this one was set back, the entry counts as written now.
        """
        envelope = decode(self._envelopes, encoded)
        written_at = now - max(wall_now - envelope.written_at, 0.0)
        return Entry(
            value=self._value(envelope.value),
            fetched_at=written_at - max(envelope.fetched_s, 0.0),
            validated_at=written_at - max(envelope.validated_s, 0.0),
            loaded_at=written_at - max(envelope.loaded_s, 0.0),
            written_at=envelope.written_at,
            generation=envelope.generation,
            etag=envelope.etag,
            dropped=envelope.dropped,
            fresh_s=envelope.fresh_s,
        )

    def encode_value(self, value: V) -> bytes:
        """The value as msgpack; raises `OverflowError` for integers of more than 64 bits."""
        return msgpack.encode(self._to_plain(value))

    def decode_value(self, encoded: bytes) -> V:
        """The value; raises `Unreadable`."""
        return self._value(decode(self._values, encoded))

    def _value(self, plain: Any) -> V:
        try:
            return self._from_plain(plain)
        except ValueError as exc:
            raise Unreadable(str(exc)) from exc


def _array_type(record: type[R]) -> type[R]:
    """A subclass of the record that msgspec writes and reads as an array, with stricter types of the same fields."""
    checked: list[Any] = []
    for field in structs.fields(record):
        types = CHECKED | CHECKED_INSTANTS if field.name.endswith("at") else CHECKED
        if field.type in types:
            default = () if field.required else (field.default,)
            checked.append((field.name, types[field.type], *default))
    options: Any = {"array_like": True, "frozen": True, "gc": False, "kw_only": True}
    namespace = {"has_safe_integers": True}
    return cast("type[R]", defstruct(record.__name__, checked, bases=(record,), namespace=namespace, **options))


def _check_instants(rows: Iterable[Any], *names: str) -> None:
    """Raise `ValueError` unless these fields are times."""
    # A regular expression of msgspec would take five times as long.
    for name in names:
        for instant in map(attrgetter(name), rows):
            if instant is not None:
                datetime.fromisoformat(instant)


def _rows_to_plain(rows: Rows[Any] | None) -> list[tuple[Any, ...]] | None:
    return None if rows is None else [structs.astuple(row) for row in rows]


def _history_to_plain(history: History) -> object:
    # All rows have the history's player as their last field.
    rows = [structs.astuple(row)[:-1] for row in history.rows]
    return history.user_mode, history.abridged, rows


def _history_from_plain(plain: tuple[UserMode, bool, tuple[Snapshot, ...]]) -> History:
    user_mode, abridged, rows = plain
    _check_instants(rows, "at")
    for row in rows:
        structs.force_setattr(row, "user_mode", user_mode)
    return History(user_mode, Rows(rows), abridged)


def _hiscores_from_plain(rows: tuple[Hiscore, ...] | None) -> Hiscores | None:
    if rows is None:
        return None
    _check_instants(rows, "played_at", "recorded_at")
    return Hiscores(rows)


def _peak_from_plain(peak: Peak) -> Peak:
    _check_instants([peak], "global_rank_at", "accuracy_at")
    return peak


def _best_plays_from_plain(plain: tuple[tuple[BestPlay, ...], bool]) -> BestPlays:
    rows, complete = plain
    _check_instants(rows, "played_at", "recorded_at")
    return BestPlays(Rows(rows), complete)


def _update_to_plain(update: Update | None) -> object:
    if update is None:
        return None
    delta = structs.astuple(update.delta) if update.delta else None
    new_hiscores = [structs.astuple(play) for play in update.new_hiscores]
    return update.username, update.first, update.leveled_up, delta, new_hiscores, update.dropped


def _update_from_plain(
    plain: tuple[str, bool, bool, Delta | None, tuple[NewHiscore, ...], int] | None,
) -> Update | None:
    if plain is None:
        return None
    username, first, leveled_up, delta, new_hiscores, dropped = plain
    _check_instants(new_hiscores, "played_at")
    return Update(
        username=username,
        first=first,
        leveled_up=leveled_up,
        delta=delta,
        new_hiscores=new_hiscores,
        dropped=dropped,
    )


_Snapshots: Any = tuple[_array_type(Snapshot), ...]  # type: ignore[misc]  # a type made at runtime
_Plays: Any = tuple[_array_type(Hiscore), ...]  # type: ignore[misc]  # (the same)
_BestPlays: Any = tuple[_array_type(BestPlay), ...]  # type: ignore[misc]  # (the same)
_MaybeDelta: Any = _array_type(Delta) | None
_NewHiscores: Any = tuple[_array_type(NewHiscore), ...]  # type: ignore[misc]  # (the same)

HISTORY: Codec[History] = Codec(tuple[UserMode, bool, _Snapshots], _history_to_plain, _history_from_plain)
HISCORES: Codec[Hiscores] = Codec(_Plays, _rows_to_plain, lambda rows: _hiscores_from_plain(rows) or Hiscores())
OPTIONAL_HISCORES: Codec[Hiscores | None] = Codec(_Plays | None, _rows_to_plain, _hiscores_from_plain)
PEAK: Codec[Peak] = Codec(_array_type(Peak), structs.astuple, _peak_from_plain)
BEST_PLAYS: Codec[BestPlays] = Codec(
    tuple[_BestPlays, bool],
    lambda plays: (_rows_to_plain(plays.rows), plays.complete),
    _best_plays_from_plain,
)
UPDATE: Codec[Update | None] = Codec(
    tuple[str, bool, bool, _MaybeDelta, _NewHiscores, int] | None, _update_to_plain, _update_from_plain
)
