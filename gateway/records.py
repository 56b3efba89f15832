"""The records: immutable values decoded from osu!track's responses by `osutrack.decode`.

Times are RFC 3339 strings in UTC with milliseconds and a `Z`. They have one length, so that they sort as text, and are
sent to clients unchanged. Records are invisible to the garbage collector (`gc=False`) and must not be part of a
reference cycle.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable
from enum import IntEnum
from functools import cached_property
from typing import Annotated, Any, ClassVar, NamedTuple, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType

from .mods import Mods, mods_of

T = TypeVar("T")

INT32 = 2**31 - 1
# JSON numbers are exact up to here.
MAX_SAFE_INTEGER = 2**53 - 1
# Decimals of a difference of floats; further ones are rounding errors.
DECIMALS = 9

Int32 = Annotated[int, Meta(ge=-INT32 - 1, le=INT32)]
UserID = Annotated[int, Meta(ge=1, le=INT32)]
# osu! allows 15 characters.
MAX_USERNAME = 32
UserName = Annotated[str, Meta(min_length=1, max_length=MAX_USERNAME)]


class Mode(IntEnum):
    """The game modes, with osu!track's numbers."""

    OSU = 0
    TAIKO = 1
    CATCH = 2
    MANIA = 3


class UserMode(NamedTuple):
    """One user in one mode: the owner of a history, a list of hiscores and a peak."""

    user_id: int
    mode: Mode


class Rows(tuple[T, ...]):
    """Validated and sorted records of one class. Only decoders create `Rows`; others slice them."""

    __slots__ = ()

    def cut(self, start: int, stop: int) -> "Rows[T]":
        """The rows from `start` (inclusive) to `stop` (exclusive)."""
        return Rows(self[start:stop])


class Snapshot(Struct, frozen=True, gc=False, kw_only=True):
    """A player's stats at one time (`/stats_history`)."""

    # Whether the class guarantees that no integer exceeds `MAX_SAFE_INTEGER`: those of the decoders do.
    has_safe_integers: ClassVar[bool] = False
    at: str
    pp: float
    global_rank: Int32 | None
    accuracy: float
    level: float
    play_count: Int32
    ranked_score: int
    total_score: int
    count_300: int
    count_100: int
    count_50: int
    count_ss: Int32
    count_s: Int32
    count_a: Int32
    # The key of the history that contains the row, to find its neighbours.
    user_mode: UserMode | UnsetType = UNSET

    @property
    def id(self) -> str:
        """`<user ID>:<mode>:<at>`."""
        user_id, mode = self.user_mode  # type: ignore[misc]  # set by the decoder of a history
        return f"{user_id}:{mode.name}:{self.at}"

    @property
    def is_anomaly(self) -> bool:
        """A failure of osu!'s API that was recorded as a snapshot (docs/osutrack.md, "Anomalous snapshots")."""
        return self.pp == 0 and self.accuracy == 0 and self.global_rank is not None

    @property
    def total_hits(self) -> int:
        """The sum of the three hit counts."""
        return self.count_300 + self.count_100 + self.count_50


class Delta(Struct, frozen=True, gc=False, kw_only=True):
    """Later minus earlier. `ranks_gained` is positive for a better rank, None if unranked at either time."""

    pp: float
    ranks_gained: Int32 | None
    accuracy: float
    level: float
    play_count: Int32
    ranked_score: int
    total_score: int
    count_300: int
    count_100: int
    count_50: int
    count_ss: Int32
    count_s: Int32
    count_a: Int32


class Score(Struct, frozen=True, gc=False, kw_only=True):
    """The common fields of plays. `grade` is None for an unknown grade."""

    # As for snapshots.
    has_safe_integers: ClassVar[bool] = False
    beatmap_id: int
    score: int
    pp: float
    mod_bits: Int32
    grade: str | None
    played_at: str
    mode: Mode = Mode.OSU

    @property
    def mods(self) -> Mods:
        """The decoded mods."""
        return mods_of(self.mod_bits)

    @property
    def beatmap_url(self) -> str:
        """The URL of the beatmap's page."""
        return f"https://osu.ppy.sh/beatmaps/{self.beatmap_id}"


class Hiscore(Score, frozen=True, gc=False, kw_only=True):
    """A play that gave pp, with the time at which osu!track recorded it (`/hiscores`)."""

    recorded_at: str


class Hiscores(Rows[Hiscore]):
    """All hiscores of a player, highest pp first. Other orders are computed once."""

    def in_order(self, key: Callable[[Hiscore], Any]) -> Rows[Hiscore]:
        """The plays, sorted by the key."""
        if key not in self._orders:
            self._orders[key] = Rows(sorted(self, key=key))
        return self._orders[key]

    def played_within(self, start: str | None, end: str | None) -> Rows[Hiscore]:
        """The plays from `start` up to, not including, `end`, highest pp first; None is unbounded."""
        times, places = self._by_time
        first, stop = bisect_left(times, start or ""), bisect_left(times, end) if end else len(times)
        return Rows(map(self.__getitem__, sorted(places[first:stop])))

    @cached_property
    def _orders(self) -> dict[Callable[[Hiscore], Any], Rows[Hiscore]]:
        return {}

    @cached_property
    def _by_time(self) -> tuple[list[str], "array[int]"]:
        """The times of the plays, in order, and their places in the list."""
        places = sorted(range(len(self)), key=lambda place: self[place].played_at)
        # An array needs an eighth of the memory of a list of integers.
        return [self[place].played_at for place in places], array("I", places)


class BestPlay(Hiscore, frozen=True, gc=False, kw_only=True):
    """A hiscore with its player (`/bestplays`)."""

    user_id: int


class NewHiscore(Score, frozen=True, gc=False, kw_only=True):
    """A hiscore found by an update (`newhs` of `/update`). `position` counts from 1, `accuracy` is in percent."""

    score_id: int | None = None
    position: Int32
    max_combo: Int32
    perfect: bool
    count_300: Int32
    count_100: Int32
    count_50: Int32
    count_miss: Int32
    count_katu: Int32
    count_geki: Int32
    accuracy: float = 0.0


class Peak(Struct, frozen=True, gc=False, kw_only=True):
    """The best recorded rank and accuracy, each with the latest time of it; None if there is no record (`/peak`)."""

    global_rank: Int32 | None
    global_rank_at: str | None
    accuracy: float | None
    accuracy_at: str | None
    # Lets `Peak.pp` find the history it is computed from.
    user_mode: UserMode | UnsetType = UNSET


class Update(Struct, frozen=True, gc=False, kw_only=True):
    """The changes found by an update (`POST /update`). `delta` is None for a player's first update.

    `dropped` is the number of invalid rows that are missing from `new_hiscores`.
    """

    username: str
    first: bool
    leveled_up: bool
    delta: Delta | None
    new_hiscores: tuple[NewHiscore, ...]
    dropped: int = 0
