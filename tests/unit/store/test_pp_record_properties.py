"""First plays and running records equal a naive recomputation of arbitrary plays."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.records import Hiscore
from gateway.store.pp_records import first_plays, running_records

# Few values, so that many are equal.
pps = st.sampled_from([0.0, 99.99, 100.0, 100.01, 300.0]) | st.floats(0, 400)


def hiscore(place, pp):
    at = f"2026-01-01T00:00:{place:02}.000Z"
    return Hiscore(beatmap_id=place, score=1, pp=pp, mod_bits=0, grade="S", played_at=at, recorded_at=at)


def plays_of(values):
    return [hiscore(place, pp) for place, pp in enumerate(values)]


plays = st.lists(pps, max_size=30).map(plays_of)


@given(plays, st.lists(pps | st.just(1e9), max_size=10))
def test_first_plays_equal_a_naive_search(plays, values):
    found = first_plays(plays, values)

    assert [each.pp_at_least for each in found] == values
    assert [each.play for each in found] == [
        next((play for play in plays if play.pp >= value), None) for value in values
    ]


@given(plays)
def test_records_have_more_pp_than_all_earlier_plays(plays):
    records = running_records(plays)

    expected = [play for n, play in enumerate(plays) if all(play.pp > earlier.pp for earlier in plays[:n])]
    assert list(records) == expected
