"""The days of the data in an image, beside the window's title."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from .parameters import range_text
from .profile import Profile
from .window_starts import is_over


def range_title(profiles: Sequence[Profile]) -> str:
    """The first and the last day: `27 Nov 2025 to 26 Nov 2026`; empty if the window's title has them, or without data.

    The first day is that of the plot: of the window, or of the first snapshot if tracking began later. A window that is
    not over ends today, one without bounds with its last snapshot.
    """
    shown = [profile for profile in profiles if profile.points]
    if not shown:
        return ""
    window, now = profiles[0].parameters.window, profiles[0].now
    first = _date(min(_start(profile) for profile in shown))
    if window.end and is_over(window, now):
        last = window.end - timedelta(days=1)
    else:
        is_open = window.days or window.first
        last = _date(now if is_open else max(profile.points[-1].at for profile in shown))
    title = range_text(first, last)
    return "" if title == window.title else title


def _start(profile: Profile) -> float:
    """The start of the plot; of one with a single snapshot, which is in the middle of two days, its time."""
    return max(profile.start, profile.points[0].at)


def _date(at: float) -> date:
    return datetime.fromtimestamp(at, UTC).date()
