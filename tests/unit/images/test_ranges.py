"""The days in the footer of images are those of the window, or of the snapshots if it is open."""

import pytest

from gateway.images.ranges import range_title
from tests.support.image_profiles import profile


@pytest.mark.parametrize(
    "window,text",
    [
        ("all", "16 Nov 2026 to 18 Nov 2026"),
        ("1y", "18 Nov 2025 to 18 Nov 2026"),
        ("1d", "17 Nov 2026 to 18 Nov 2026"),
        ("2025-01-01..2026-01-01", "1 Jan 2025 to 31 Dec 2025"),
        ("2026-02-01..2026-03-01", "1 Feb 2026 to 28 Feb 2026"),
        ("2026-02-01..2026-03-11", ""),
        ("2026-11-18..", "18 Nov 2026"),
        ("2020-01-01..", "1 Jan 2020 to 18 Nov 2026"),
        ("..2026-11-18", "16 Nov 2026 to 17 Nov 2026"),
        ("0001-01-01..0001-02-01", "1 Jan 1 to 31 Jan 1"),
    ],
)
def test_range_is_that_of_the_window(window, text):
    assert range_title([profile(7, 6, window=window), profile(7, 6, 5, window=window)]) == text


@pytest.mark.parametrize("window,text", [("all", ""), ("1y", "18 Nov 2025 to 18 Nov 2026")])
def test_range_needs_no_snapshots(window, text):
    assert range_title([profile(window=window)]) == text
