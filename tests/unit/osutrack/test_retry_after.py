"""Parsing of `Retry-After`: seconds and dates, within bounds."""

from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.osutrack.retry_after import retry_after_s
from tests.support.clock import NOON

DATES = st.from_regex(r"Wed, \d{1,3} (Oct|Foo) \d{1,6} \d\d:\d\d:\d\d [+-]?\d{1,9}")


@pytest.mark.parametrize(
    "header,seconds", [("7", 7), (None, 60), ("-3", 1), ("1e9", 3600), ("soon", 60), ("nan", 60)], ids=repr
)
def test_seconds_are_bounded_and_default_to_sixty(header, seconds):
    assert retry_after_s(header, NOON.timestamp()) == seconds


@pytest.mark.parametrize(
    "date,seconds",
    [
        ("Fri, 20 Nov 2026 12:01:30 GMT", 90),
        ("Fri, 20 Nov 2026 12:01:30 -0000", 90),
        ("Fri, 20 Nov 2026 11:00:00 GMT", 1),
        ("Fri, 20 Nov 2036 12:00:00 GMT", 3600),
        ("Fri, 20 Nov 99999 12:00:00 GMT", 60),
    ],
)
def test_http_date_is_converted_to_seconds(date, seconds):
    assert retry_after_s(date, NOON.timestamp()) == seconds


@pytest.mark.parametrize("step_s", [-3600, 0, 3600])
def test_date_is_relative_to_that_of_the_response(step_s):
    dates = "Fri, 20 Nov 2026 12:01:30 GMT", "Fri, 20 Nov 2026 12:00:00 GMT"
    assert retry_after_s(dates[0], NOON.timestamp() + step_s, dates[1]) == 90


@given(st.text() | st.floats().map(str) | DATES, st.none() | DATES)
def test_any_header_is_a_second_to_an_hour(header, date):
    delay_s = retry_after_s(header, 1.8e9, date)

    assert isfinite(delay_s)
    assert 1 <= delay_s <= 3600
