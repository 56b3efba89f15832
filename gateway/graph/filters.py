"""The filter of lists of scores: its input type, and the validation of its values."""

import re
from functools import reduce
from math import inf
from operator import or_
from typing import Annotated, TypeVar

import strawberry
from strawberry import UNSET

from gateway.errors import BadUserInput
from gateway.mods import MASKS
from gateway.store.score_filter import ScoreFilter

from .bounds import check_length, check_pp
from .fields import documented, frozen
from .inputs import Grade, quoted

T = TypeVar("T")

# There are fewer mods and grades.
MAX_ITEMS = 40

_field = strawberry.field


@documented
@frozen
@strawberry.input(name="ScoreFilter")
class ScoreFilterInput:
    """Conditions on scores. A score has to meet all of them; omitted, null and empty ones are met by every score.

    Mods are acronyms, as in `Mods.acronyms`. `DT` also matches scores with `NC`, and `SD` those with `PF`; `NC` and
    `PF` match nothing else. `NM` matches scores without mods.
    """

    mods_all: list[str] | None = _field(default=UNSET, description="The score has all of these mods.")
    mods_any: list[str] | None = _field(default=UNSET, description="The score has at least one of these mods.")
    mods_none: list[str] | None = _field(default=UNSET, description="The score has none of these mods.")
    grades: list[Grade] | None = _field(
        default=UNSET,
        description="The score has one of these grades. `X` and `S` do not match their silver versions; scores with\n"
        "an unknown grade (null) match none.",
    )
    pp_at_least: float | None = _field(default=UNSET, description="The minimum pp, inclusive, from 0.")
    pp_at_most: float | None = _field(default=UNSET, description="The maximum pp, inclusive, from 0.")


BestPerBeatmap = Annotated[
    bool,
    strawberry.argument(
        description="Return only the highest-pp play of each beatmap, among those that match `window` and `filter`."
    ),
]
Filter = Annotated[
    ScoreFilterInput | None,
    strawberry.argument(description="Conditions on mods, grade and pp. `totalCount` counts the matching plays."),
]


def score_filter(given: ScoreFilterInput | None) -> ScoreFilter | None:
    """The valid filter, None without conditions; raises `BadUserInput`. Filters with the same conditions are equal."""
    if not given:
        return None
    at_least, at_most = _pp("ppAtLeast", given.pp_at_least, 0.0), _pp("ppAtMost", given.pp_at_most, inf)
    if at_least > at_most:
        raise BadUserInput("filter", "`filter.ppAtMost` must not be less than `ppAtLeast`.")
    valid = ScoreFilter(
        mods_all=tuple(sorted(set(_masks("modsAll", given.mods_all)))),
        mods_any=_union(_masks("modsAny", given.mods_any)),
        mods_none=_union(_masks("modsNone", given.mods_none)),
        grades=tuple(sorted({grade.value for grade in _items("grades", given.grades)})),
        pp_at_least=at_least,
        pp_at_most=at_most,
    )
    return None if valid == ScoreFilter() else valid


def _pp(name: str, value: float | None, default: float) -> float:
    if value is None or value is UNSET:
        return default
    check_pp(f"filter.{name}", [value])
    # Without the sign of -0.0, which would be another filter for cursors.
    return abs(float(value))


def _masks(name: str, mods: list[str] | None) -> list[int]:
    acronyms = _items(name, mods)
    for index, acronym in enumerate(acronyms):
        if acronym not in MASKS:
            place = f"`filter.{name}[{index}]`"
            raise BadUserInput(
                "filter", f"{place} must be the acronym of a mod, not {quoted(acronym)}. {_hint(acronym)}"
            )
    return [MASKS[acronym] for acronym in acronyms]


def _hint(text: str) -> str:
    """The probable meaning of a text that is no acronym."""
    # All acronyms have two characters.
    mods = re.findall("..?", text.upper().removeprefix("+")[:MAX_ITEMS])
    if mods and all(mod in MASKS for mod in mods):
        return f"Each item is one mod in upper case: {', '.join(f'`{mod}`' for mod in mods)}."
    return f"osu!track records no mods of osu!lazer, only {', '.join(MASKS)}."


def _items(name: str, items: list[T] | None) -> list[T]:
    """The items of a list."""
    check_length(f"filter.{name}", items or [], MAX_ITEMS, "items")
    return items or []


def _union(masks: list[int]) -> int:
    return reduce(or_, masks, 0)
