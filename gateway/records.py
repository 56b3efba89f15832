"""What the gateway knows, as immutable values in the form clients see; how they come to be is in `osutrack.decode`.

Moments are RFC 3339 strings in UTC with milliseconds and a `Z`, all of one length: they sort as text, and go out as
they are. Rows are kept without garbage-collector bookkeeping (`gc=False`), so they must never be part of a cycle.
"""

from enum import IntEnum
from typing import Annotated, NamedTuple, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType

from .mods import Mods, mods_of

T = TypeVar("T")

INT32 = 2**31 - 1
# Of a difference of fractions; what is beyond comes of subtracting.
DECIMALS = 9

Int32 = Annotated[int, Meta(ge=-INT32 - 1, le=INT32)]


class Mode(IntEnum):
    """The rulesets, as osu!track numbers them."""

    OSU = 0
    TAIKO = 1
    CATCH = 2
    MANIA = 3


class UserMode(NamedTuple):
    """One user in one mode: what a history, a list of hiscores and a peak belong to."""

    user_id: int
    mode: Mode


class Rows(tuple[T, ...]):
    """Records of one class, known to be repaired and sorted; only decoders, and cuts of what they made, are `Rows`."""

    __slots__ = ()

    def cut(self, start: int, stop: int) -> "Rows[T]":
        """The rows from `start` up to, not including, `stop`."""
        return Rows(self[start:stop])


class Snapshot(Struct, frozen=True, gc=False, kw_only=True):
    """A player's stats at one moment (`/stats_history`)."""

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
    # So that a row can find its neighbour in the history that it was cut from.
    user_mode: UserMode | UnsetType = UNSET

    @property
    def total_hits(self) -> int:
        """The three hit counts added up."""
        return self.count_300 + self.count_100 + self.count_50


class Delta(Struct, frozen=True, gc=False, kw_only=True):
    """Later minus earlier; but `ranks_gained` is places climbed, None if unranked at either end."""

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
    """What all plays have. `grade` is None if the upstream's is unknown to us."""

    beatmap_id: int
    score: int
    pp: float
    mod_bits: Int32
    grade: str | None
    played_at: str
    mode: Mode = Mode.OSU

    @property
    def mods(self) -> Mods:
        """The mods it was played with."""
        return mods_of(self.mod_bits)

    @property
    def beatmap_url(self) -> str:
        """The beatmap's page."""
        return f"https://osu.ppy.sh/beatmaps/{self.beatmap_id}"


class Hiscore(Score, frozen=True, gc=False, kw_only=True):
    """A play worth pp, and when osu!track recorded it (`/hiscores`)."""

    recorded_at: str


class BestPlay(Hiscore, frozen=True, gc=False, kw_only=True):
    """A play with who played it (`/bestplays`)."""

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
    """Best values ever recorded, each with the latest time it was reached (`/peak`); both None if there is none."""

    global_rank: Int32 | None
    global_rank_at: str | None
    accuracy: float | None
    accuracy_at: str | None
    # Lets `Peak.pp` find the history it is computed from.
    user_mode: UserMode | UnsetType = UNSET


class Update(Struct, frozen=True, gc=False, kw_only=True):
    """What an update changed (`POST /update`). `delta` is None on the first, which has nothing to compare with."""

    username: str
    first: bool
    leveled_up: bool
    delta: Delta | None
    new_hiscores: tuple[NewHiscore, ...]
