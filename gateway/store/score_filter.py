"""Filters of plays by mods, grade and pp. Pure functions of sorted rows."""

from math import inf
from typing import NamedTuple, TypeVar

from gateway.mods import NO_MOD
from gateway.records import Rows, Score

P = TypeVar("P", bound=Score)


class ScoreFilter(NamedTuple):
    """The conditions that a play has to meet, all of them. Mods are bit masks; the defaults are no condition.

    Of each mask in `mods_all` the play has a bit, of `mods_any` it has one, of `mods_none` none.
    """

    mods_all: tuple[int, ...] = ()
    mods_any: int = 0
    mods_none: int = 0
    grades: tuple[str, ...] = ()
    pp_at_least: float = 0.0
    pp_at_most: float = inf

    def matches_mods(self, bits: int) -> bool:
        """Whether the mods of a play meet the conditions."""
        bits = bits or NO_MOD
        has_any = not self.mods_any or bool(bits & self.mods_any)
        return has_any and not bits & self.mods_none and all(bits & mask for mask in self.mods_all)

    def select(self, plays: Rows[P]) -> Rows[P]:
        """The plays that meet the conditions, in their order."""
        # Plays have few combinations of mods.
        matching = {bits for bits in {play.mod_bits for play in plays} if self.matches_mods(bits)}
        return Rows(
            play
            for play in plays
            if play.mod_bits in matching
            and self.pp_at_least <= play.pp <= self.pp_at_most
            and (not self.grades or play.grade in self.grades)
        )
