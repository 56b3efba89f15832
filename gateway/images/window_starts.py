"""Rules of time: whether a window is over, the gain of a window, and whether two snapshots are distant.

The last snapshot before the window can be long before it. Then the gain begins at the first one within the window.
"""

from collections.abc import Mapping
from typing import Any

from .formats import DAY_S, midnight, timestamp
from .parameters import Window

# A gain is that of its window if it begins within a tenth of the window, but at least a day and at most a week.
# `windows.js` has the same rule for pages.
NEAR_SHARE = 0.1
MIN_NEAR_S, MAX_NEAR_S = DAY_S, 7 * DAY_S
# Two snapshots are distant from here on, by the interval of the plot: `player/distant.js` has the same rule.
GAPS_S = {None: 7 * DAY_S, "DAY": 14 * DAY_S, "WEEK": 90 * DAY_S}


def start_of(window: Window, now: float) -> float | None:
    """The first instant of the window; None if it has no start."""
    if window.days:
        return now - window.days * DAY_S
    return midnight(window.first) if window.first else None


def end_of(window: Window, now: float) -> float:
    """The last instant of the window up to now."""
    return min(now, midnight(window.end)) if window.end else now


def is_over(window: Window, now: float) -> bool:
    """Whether the window has ended: later snapshots are not part of it."""
    return window.end is not None and midnight(window.end) <= now


def is_near(window: Window, start: str, now: float) -> bool:
    """Whether a gain from this instant on is that of the window."""
    first = start_of(window, now)
    if first is None:
        return True
    near = min(MAX_NEAR_S, max(MIN_NEAR_S, (end_of(window, now) - first) * NEAR_SHARE))
    return abs(timestamp(start) - first) <= near


def is_before(window: Window, start: str, now: float) -> bool:
    """Whether a gain from this instant on began too long before the window to be that of the window."""
    first = start_of(window, now)
    return first is not None and timestamp(start) < first and not is_near(window, start, now)


def gain_of(window: Window, stats: Mapping[str, Any], now: float) -> Mapping[str, Any] | None:
    """The gain of the window, which does not begin long before it; None without one."""
    gain: Mapping[str, Any] | None = stats["gain"]
    within: Mapping[str, Any] | None = stats["within"]
    return within if gain and is_before(window, gain["start"]["at"], now) else gain


def distant_s(window: Window) -> float:
    """The distance of two snapshots from which on the line between them is faded."""
    return GAPS_S[window.variables["every"]]
