"""The snapshot at an instant equals that of a simple search, for arbitrary histories."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.store.snapshot_match import SnapshotMatch, index_at

FIRST = datetime(2019, 12, 31, 23, 59, tzinfo=UTC)


def instant(milliseconds):
    moment = FIRST + timedelta(milliseconds=milliseconds)
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def found(numbers, number, match):
    index = index_at([instant(each) for each in numbers], instant(number), match)
    return None if index is None else numbers[index]


few = st.integers(0, 12) | st.integers(0, 10**8)
histories = st.lists(few, max_size=8).map(sorted)


@given(histories, few)
def test_match_is_the_closest_on_each_side(numbers, number):
    before = max((each for each in numbers if each <= number), default=None)
    after = min((each for each in numbers if each >= number), default=None)

    assert found(numbers, number, SnapshotMatch.BEFORE) == before
    assert found(numbers, number, SnapshotMatch.AFTER) == after


@given(histories, few)
def test_nearest_is_the_earlier_of_two_distances(numbers, number):
    nearest = min(numbers, key=lambda each: (abs(each - number), each), default=None)

    assert found(numbers, number, SnapshotMatch.NEAREST) == nearest


@given(histories, few, st.sampled_from(SnapshotMatch))
def test_last_of_equal_times_is_selected(numbers, number, match):
    times = [instant(each) for each in numbers]
    index = index_at(times, instant(number), match)

    assert index is None or times[index + 1 : index + 2] != [times[index]]


@pytest.mark.parametrize("match", SnapshotMatch)
def test_empty_history_has_no_match(match):
    assert index_at([], instant(0), match) is None
