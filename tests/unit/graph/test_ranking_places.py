"""The positions of a ranking: equal to a naive count of better players, ties shared, null last."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.graph.types.ranking_page import ranked

VALUES = st.dictionaries(
    st.integers(1, 2**31 - 1), st.none() | st.integers(-3, 3) | st.floats(-1e6, 1e6, allow_nan=False), max_size=100
)


@given(VALUES, st.booleans())
def test_position_is_number_of_better_players(values, lowest_first):
    def is_better(value, other):
        return value < other if lowest_first else value > other

    known = [value for value in values.values() if value is not None]
    places = ranked(values, lowest_first=lowest_first)
    assert sorted(user_id for user_id, _ in places) == sorted(values)
    for user_id, position in places:
        value = values[user_id]
        expected = None if value is None else 1 + sum(is_better(other, value) for other in known)
        assert position == expected


@given(VALUES, st.booleans())
def test_order_is_by_position_then_id(values, lowest_first):
    keys = [(position is None, position or 0, id_) for id_, position in ranked(values, lowest_first=lowest_first)]
    assert keys == sorted(keys)


@pytest.mark.parametrize("order", [[1, 2, 3], [3, 2, 1]])
def test_order_does_not_depend_on_input(order):
    values = dict.fromkeys(order, 5.0)
    assert ranked(values) == [(1, 1), (2, 1), (3, 1)]
