"""The codecs of all resources. Rows are arrays of values: a fifth of the size of rows with names."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b
from operator import attrgetter
from typing import Annotated, Any, TypeVar, cast

from msgspec import Meta, Struct, defstruct, structs

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

from .codec import Codec, Envelope, Finite
from .history import History
from .keys import BestPlays

R = TypeVar("R", bound=Struct)

# Redis is untrusted input: no text has another form than the decoders of responses give it.
Instant = Annotated[str, Meta(min_length=24, max_length=24)]
CHECKED: dict[Any, Any] = {float: Finite, float | None: Finite | None}
SAFE: dict[Any, Any] = {int: Annotated[int, Meta(ge=-MAX_SAFE_INTEGER, le=MAX_SAFE_INTEGER)]}
CHECKED_INSTANTS: dict[Any, Any] = {str: Instant, str | None: Instant | None}

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
    Envelope,
)
# A hash of the fields: releases with different records use different keys and can run side by side.
FORMAT = blake2b(repr([structs.fields(record) for record in RECORDS]).encode(), digest_size=4).hexdigest()


def _array_type(record: type[R], *, safe: bool = False) -> type[R]:
    """A subclass of the record that msgspec writes and reads as an array, with stricter types of the same fields.

    `safe` excludes unsafe integers.
    """
    checked: list[Any] = []
    stricter = CHECKED | (SAFE if safe else {})
    for field in structs.fields(record):
        types = stricter | CHECKED_INSTANTS if field.name.endswith("at") else stricter
        if field.type in types:
            default = () if field.required else (field.default,)
            checked.append((field.name, types[field.type], *default))
    options: Any = {"array_like": True, "frozen": True, "gc": False, "kw_only": True}
    namespace = {"has_safe_integers": safe}
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


def _list_types(record: type[Struct]) -> list[Any]:
    """The types of lists with safe integers only, and of all."""
    return [tuple[_array_type(record, safe=safe), ...] for safe in (True, False)]  # type: ignore[misc]  # made at runtime


_Plays = _list_types(Hiscore)
_MaybeDelta: Any = _array_type(Delta) | None
_NewHiscores: Any = tuple[_array_type(NewHiscore), ...]  # type: ignore[misc]  # (the same)

HISTORY: Codec[History] = Codec(
    *(tuple[UserMode, bool, snapshots] for snapshots in _list_types(Snapshot)),  # type: ignore[valid-type]  # (the same)
    to_plain=_history_to_plain,
    from_plain=_history_from_plain,
)
HISCORES: Codec[Hiscores] = Codec(
    *_Plays, to_plain=_rows_to_plain, from_plain=lambda rows: _hiscores_from_plain(rows) or Hiscores()
)
OPTIONAL_HISCORES: Codec[Hiscores | None] = Codec(
    *(plays | None for plays in _Plays), to_plain=_rows_to_plain, from_plain=_hiscores_from_plain
)
PEAK: Codec[Peak] = Codec(_array_type(Peak), to_plain=structs.astuple, from_plain=_peak_from_plain)
BEST_PLAYS: Codec[BestPlays] = Codec(
    *(tuple[plays, bool] for plays in _list_types(BestPlay)),  # type: ignore[valid-type]  # (the same)
    to_plain=lambda plays: (_rows_to_plain(plays.rows), plays.complete),
    from_plain=_best_plays_from_plain,
)
UPDATE: Codec[Update | None] = Codec(
    tuple[str, bool, bool, _MaybeDelta, _NewHiscores, int] | None,
    to_plain=_update_to_plain,
    from_plain=_update_from_plain,
)
