"""Filters of plays equal a simple check of each play, for arbitrary plays and filters."""

from math import inf
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from gateway.graph.filters import ScoreFilterInput, score_filter
from gateway.graph.inputs import Grade
from gateway.mods import MASKS, mods_of
from gateway.records import Hiscore, Rows

AT = "2026-01-01T00:00:00.000Z"
MODS = ["NM", "HD", "DT", "NC", "SD", "PF", "HR", "1K"]
BITS = {
    "HD": 8,
    "DT": 64,
    "NC": 576,
    "SD": 32,
    "PF": 16416,
    "HR": 16,
    "1K": 1 << 26,
    "NC alone": 512,
    "PF alone": 16384,
}
PPS = st.sampled_from([0.0, 0.5, 100.0, 250.0])


def play_of(mods, grade, pp):
    bits = 0
    for mod in mods:
        bits |= BITS[mod]
    return Hiscore(beatmap_id=1, score=1, pp=pp, mod_bits=bits, grade=grade, played_at=AT, recorded_at=AT)


plays = st.builds(play_of, st.sets(st.sampled_from(sorted(BITS))), st.sampled_from([None, "S", "SH", "X"]), PPS)
mod_lists = st.none() | st.lists(st.sampled_from(MODS), max_size=3)


@st.composite
def filters(draw):
    at_least, at_most = draw(st.none() | PPS), draw(st.none() | PPS)
    assume(at_least is None or at_most is None or at_least <= at_most)
    grades = st.sampled_from([Grade.S, Grade.SH, Grade.X])
    return ScoreFilterInput(
        mods_all=draw(mod_lists),
        mods_any=draw(mod_lists),
        mods_none=draw(mod_lists),
        grades=draw(st.none() | st.lists(grades, max_size=2)),
        pp_at_least=at_least,
        pp_at_most=at_most,
    )


def names_of(play):
    """The mods that the play has in the sense of the filter."""
    acronyms = set(mods_of(play.mod_bits).acronyms)
    implied = {"DT"} if "NC" in acronyms else set()
    return (acronyms or {"NM"}) | implied | ({"SD"} if "PF" in acronyms else set())


def matches(play, given_filter):
    mods = names_of(play)
    at_most = inf if given_filter.pp_at_most is None else given_filter.pp_at_most
    return (
        all(mod in mods for mod in given_filter.mods_all or ())
        and (not given_filter.mods_any or any(mod in mods for mod in given_filter.mods_any))
        and not any(mod in mods for mod in given_filter.mods_none or ())
        and (not given_filter.grades or play.grade in {grade.value for grade in given_filter.grades})
        and (given_filter.pp_at_least or 0) <= play.pp <= at_most
    )


@given(st.lists(plays, max_size=12).map(Rows), filters())
def test_selected_plays_equal_those_checked_one_by_one(rows, given_filter):
    valid = score_filter(given_filter)

    selected = valid.select(rows) if valid else rows
    assert list(selected) == [play for play in rows if matches(play, given_filter)]


@given(filters())
def test_order_and_repetition_of_values_do_not_matter(given_filter):
    turned: Any = {
        name: [*reversed(value), *value] if isinstance(value, list) else value
        for name, value in vars(given_filter).items()
    }

    assert score_filter(ScoreFilterInput(**turned)) == score_filter(given_filter)


def test_every_mod_has_a_mask_of_known_bits():
    assert all(mods_of(1 << bit).label in MASKS for bit in range(31))
    assert MASKS["DT"] == 64 | 512
    assert MASKS["SD"] == 32 | 16384
    assert (MASKS["NC"], MASKS["PF"]) == (512, 16384)


def test_filter_without_conditions_is_none():
    assert score_filter(ScoreFilterInput(mods_all=[], mods_any=None, grades=[], pp_at_least=0)) is None
