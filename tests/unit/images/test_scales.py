"""Scales and ticks of charts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.images.formats import count, day, decimal, duration, rank_change, short, signed
from gateway.images.scales import time_ticks, value_scale, value_ticks

DAY_S = 86_400
values = st.lists(st.floats(0, 1e17), min_size=1, max_size=5)
ranks = st.lists(st.integers(1, 30_000_000), min_size=1, max_size=5)
instants = st.integers(0, 4_000_000_000)


@given(values)
def test_values_lie_within_the_axis(numbers):
    scale = value_scale(numbers, 500, 100, is_rank=False)
    assert all(100 <= scale(number) <= 500 for number in numbers)


@given(ranks)
def test_better_ranks_are_higher(numbers):
    scale = value_scale(numbers, 500, 100, is_rank=True)
    heights = [scale(rank) for rank in sorted(set(numbers))]
    assert heights == sorted(heights)
    assert all(100 <= height <= 500 for height in heights)


@given(values | ranks, st.booleans())
def test_value_ticks_are_few_and_visible(numbers, is_rank):
    scale = value_scale(numbers, 500, 100, is_rank=is_rank)
    ticks = value_ticks(scale, is_rank=is_rank)
    assert len(ticks) <= 5
    assert ticks == sorted(set(ticks))
    assert all(99 <= scale(tick) <= 501 for tick in ticks)


@given(st.integers(1, 30_000_000))
def test_equal_ranks_have_different_labels(rank):
    ticks = value_ticks(value_scale([rank], 500, 100, is_rank=True), is_rank=True)
    labels = [short(tick) for tick in ticks]
    assert len(set(labels)) == len(labels)


@given(instants, instants)
def test_time_ticks_are_few_and_in_order(start, length):
    ticks = time_ticks(start, start + max(length, DAY_S))
    times = [at for at, _ in ticks]
    assert len(ticks) <= 9
    assert times == sorted(times)
    assert all(start <= at <= start + max(length, DAY_S) for at in times)


@pytest.mark.parametrize(
    "days,labels",
    [
        (6, ["2 Jan", "3 Jan", "4 Jan", "5 Jan", "6 Jan", "7 Jan"]),
        (366, ["Mar", "May", "Jul", "Sep", "Nov", "2021"]),
        (3653, ["2022", "2024", "2026", "2028", "2030"]),
    ],
)
def test_time_ticks_are_round_dates(days, labels):
    start = 1_577_880_000.0  # 2020-01-01T12:00:00Z
    assert [label for _, label in time_ticks(start, start + days * DAY_S)] == labels


@pytest.mark.parametrize(
    "value,text",
    [
        (0, "0"),
        (7, "7"),
        (99.5, "99.5"),
        (1234, "1,234"),
        (9999, "9,999"),
        (12_345, "12.3k"),
        (99_999, "100k"),
        (999_600, "1M"),
        (4_560_000_000, "4.56B"),
        (1.2e17, "120Q"),
        (-12_345, "−12.3k"),
    ],
)
def test_short_number_has_unit(value, text):
    assert short(value) == text


def test_numbers_and_dates_have_the_form_of_pages():
    assert (count(12_345.6), decimal(98.765), day("2026-11-06T10:00:00.000Z")) == ("12,346", "98.77", "6 Nov 2026")
    assert (signed("12", 12.3), signed("12", -12.3), signed("0.00", -0.001)) == ("+12", "−12", "±0")
    assert (rank_change(1234), rank_change(-5), rank_change(0)) == ("▲ 1,234", "▼ 5", "±0")


@pytest.mark.parametrize(
    "value,two,none",
    [
        (98.845, "98.85", "99"),
        (98.835, "98.84", "99"),
        (0.5, "0.50", "1"),
        (2.5, "2.50", "3"),
        (-2.675, "−2.68", "−3"),
        (1e17, "100,000,000,000,000,000.00", "100,000,000,000,000,000"),
        (-0.004, "0.00", "0"),
        (1234, "1,234.00", "1,234"),
    ],
)
def test_halves_are_rounded_as_by_browsers(value, two, none):
    assert (decimal(value), count(value)) == (two, none)


@pytest.mark.parametrize(
    "seconds,text", [(5, "less than a minute"), (60, "1 minute"), (7200, "2 hours"), (90_000, "1 day")]
)
def test_duration_has_one_unit(seconds, text):
    assert duration(seconds) == text
