"""Gains that are those of their window, by their start."""

import pytest

from gateway.images.formats import timestamp
from gateway.images.parameters import parse_window
from gateway.images.window_starts import is_before, is_near


@pytest.mark.parametrize(
    "window,start,near",
    [
        ("7d", "2026-11-19T00:00:01.000Z", True),
        ("7d", "2026-11-18T23:00:00.000Z", False),
        ("30d", "2026-10-25T00:00:00.000Z", True),
        ("30d", "2026-10-23T00:00:00.000Z", False),
        ("1y", "2025-11-20T00:00:00.000Z", True),
        ("1y", "2025-11-18T00:00:00.000Z", False),
        ("all", "2015-01-01T00:00:00.000Z", True),
    ],
)
def test_near_starts_are_those_of_the_window(window, start, near):
    assert is_near(parse_window(window), start, timestamp("2026-11-27T00:00:00.000Z")) is near


@pytest.mark.parametrize(
    "start,before",
    [("2025-11-18T00:00:00.000Z", True), ("2025-11-20T00:00:00.000Z", False), ("2026-10-08T00:00:00.000Z", False)],
)
def test_far_earlier_starts_are_before_the_window(start, before):
    assert is_before(parse_window("1y"), start, timestamp("2026-11-27T00:00:00.000Z")) is before
