"""The days of the time that an image is about, beside the window's title."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from .parameters import range_text
from .profile import Profile
from .window_starts import start_of


def range_title(profiles: Sequence[Profile]) -> str:
    """The first and the last day: `27 Nov 2025 to 26 Nov 2026`; empty if the window's title has them."""
    window = profiles[0].parameters.window
    points = [profile.points[end].at for profile in profiles if profile.points for end in (0, -1)]
    if not (points or window.days or window.first):
        return ""
    first = window.first or _date(start_of(window, profiles[0].now) or min(points))
    is_open = window.days or window.first
    last = window.end - timedelta(days=1) if window.end else _date(profiles[0].now if is_open else max(points))
    title = range_text(first, last)
    return "" if title == window.title else title


def _date(at: float) -> date:
    return datetime.fromtimestamp(at, UTC).date()
