"""The days in the footer of images are those of the plot, up to the present."""

import pytest

from gateway.images.formats import DAY_S
from gateway.images.ranges import range_title
from tests.support.image_profiles import profile


@pytest.mark.parametrize(
    "window,tracked_days,text",
    [
        ("all", 2, "16 Nov 2026 to 18 Nov 2026"),
        ("1y", 400, "18 Nov 2025 to 18 Nov 2026"),
        ("1y", 1, "17 Nov 2026 to 18 Nov 2026"),
        ("1d", 400, "17 Nov 2026 to 18 Nov 2026"),
        ("2026-01-01..2027-01-01", 400, "1 Jan 2026 to 18 Nov 2026"),
        ("2026-01-01..2027-01-01", 2, "16 Nov 2026 to 18 Nov 2026"),
        ("2026-11-01..2026-12-01", 400, "1 Nov 2026 to 18 Nov 2026"),
        ("2026-11-01..2027-02-03", 400, "1 Nov 2026 to 18 Nov 2026"),
        ("..2027-01-01", 2, "16 Nov 2026 to 18 Nov 2026"),
        ("2025-01-01..2026-01-01", 900, "1 Jan 2025 to 31 Dec 2025"),
        ("2025-01-01..2026-01-01", 500, "6 Jul 2025 to 31 Dec 2025"),
        ("2026-02-01..2026-03-01", 400, "1 Feb 2026 to 28 Feb 2026"),
        ("2026-02-01..2026-03-11", 400, ""),
        ("2026-02-01..2026-03-11", 259, "4 Mar 2026 to 10 Mar 2026"),
        ("2026-11-18..", 400, "18 Nov 2026"),
        ("2020-01-01..", 4000, "1 Jan 2020 to 18 Nov 2026"),
        ("..2026-11-18", 2, "16 Nov 2026 to 17 Nov 2026"),
    ],
)
def test_range_is_that_of_the_plot(window, tracked_days, text):
    older, younger = (profile(7, 6, window=window, spacing_s=days * DAY_S) for days in (tracked_days, 0.1))
    assert range_title([older]) == range_title([younger, older]) == text


@pytest.mark.parametrize("window", ["all", "1y", "2026-01-01..2027-01-01"])
def test_single_snapshot_has_its_day(window):
    assert range_title([profile(7, window=window)]) == "18 Nov 2026"


@pytest.mark.parametrize("window", ["all", "1y", "2025-01-01..2026-01-01"])
def test_plot_without_snapshots_has_no_days(window):
    assert range_title([profile(window=window)]) == ""
