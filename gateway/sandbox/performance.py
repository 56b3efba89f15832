"""The total pp of a player: the weighted pp of the best play on each beatmap, and a bonus for many beatmaps."""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections.abc import Iterable
from operator import mul

from msgspec.structs import replace

from gateway.sandbox.rows import Play

_WEIGHTS = tuple(0.95**index for index in range(100))
_BONUS = 416.6667
_PLAYS_PER_BEATMAP = 5


class TopPlays:
    """The best play on each beatmap of one player."""

    def __init__(self, plays: Iterable[Play] = ()) -> None:
        self._pp_by_beatmap: dict[int, float] = {}
        self._ascending: list[float] = []
        for play in plays:
            self.add(play)

    def add(self, play: Play) -> None:
        before = self._pp_by_beatmap.get(play.beatmap_id, -1.0)
        if play.pp <= before:
            return
        if before >= 0:
            del self._ascending[bisect_left(self._ascending, before)]
        self._pp_by_beatmap[play.beatmap_id] = play.pp
        insort(self._ascending, play.pp)

    @property
    def weighted_pp(self) -> float:
        """The pp of the 100 best plays, each weighted with 95 % of the one before."""
        return sum(map(mul, _WEIGHTS, reversed(self._ascending[-len(_WEIGHTS) :])), 0.0)

    @property
    def lowest_pp(self) -> float:
        """The pp of the last of the 100 best plays; 0 without plays."""
        return self._ascending[-len(_WEIGHTS) :][0] if self._ascending else 0

    @property
    def highest_pp(self) -> float:
        return self._ascending[-1] if self._ascending else 0

    def position(self, play: Play) -> int:
        """The number of better plays."""
        return sum(pp > play.pp for pp in self._ascending)


def total_pp(weighted_pp: float, playcount: int) -> float:
    """The total pp with osu!'s bonus for up to 1,000 beatmaps; 0 without plays worth pp."""
    beatmaps = min(1_000, playcount // _PLAYS_PER_BEATMAP)
    return weighted_pp + _BONUS * (1 - math.pow(0.995, beatmaps)) if weighted_pp else 0


def without_repeated_rows(plays: Iterable[Play]) -> list[Play]:
    """Each play once, in the order of its first update, with the pp of its last row."""
    first: dict[tuple[int, int, int], Play] = {}
    last: dict[tuple[int, int, int], Play] = {}
    for play in sorted(plays, key=lambda play: play.update_time):
        key = play.beatmap_id, play.mods, play.score
        first.setdefault(key, play)
        last[key] = play
    return [replace(play, pp=last[key].pp) for key, play in first.items()]
