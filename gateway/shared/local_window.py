"""Counts of one process's requests in the last minute, by the monotonic clock."""

import time
from collections import deque
from collections.abc import Callable

from .claim import UNLIMITED, Claim

MINUTE_S = 60.0
# osu!track counts requests by its own clock, and on arrival, which a slow network delays.
MARGIN_S = 1.0
WINDOW_S = MINUTE_S + MARGIN_S


class LocalWindow:
    """The requests of one process in the last minute, or in a longer window. Those in progress always count."""

    def __init__(
        self, used_at_start: int, *, longest_s: float = WINDOW_S, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """`used_at_start` requests count as sent at the start: the process before this one may have sent them."""
        self._longest_s = longest_s
        self._monotonic = monotonic
        self._used_at_start = used_at_start
        self._started_at = monotonic()
        self._last_start_at = self._started_at
        self._in_progress = 0
        self._ended_at: deque[float] = deque()

    def request_count(self, window_s: float = WINDOW_S) -> int:
        """The number of requests in the window."""
        return self._in_progress + len(self._ended_within(window_s))

    def used_at_start(self, window_s: float = WINDOW_S) -> int:
        """The number of requests in the window that may have been sent before the start."""
        return self._used_at_start if self._started_at + window_s > self._monotonic() else 0

    def wait_s(self, limit: int, window_s: float = WINDOW_S, claim: Claim = UNLIMITED) -> float:
        """The time until the window has room for a request with this claim; 0 if it has room now."""
        used_at_start = self.used_at_start(window_s)
        usable = claim.usable(limit - used_at_start)
        burst = min(claim.burst(usable), usable)
        if self._in_progress + len(self._ended_at) < burst:
            return 0.0
        ended_at = self._ended_within(window_s)
        sent = self._in_progress + len(ended_at)
        if sent < burst:
            return 0.0
        ended_at = [self._started_at] * used_at_start + ended_at
        now = self._monotonic()
        # The request after which there is room, or the next one to leave; one in progress has to end first.
        leaving = max(sent - usable, 0)
        leaving_at = (ended_at[leaving] if leaving < len(ended_at) else now) + window_s
        if sent < usable:
            spread_s = (leaving_at - self._last_start_at) / (usable - sent + 1)
            leaving_at = self._last_start_at + max(spread_s, window_s / usable)
        return max(leaving_at - now, 0.0)

    def start(self) -> None:
        """Count a request in progress."""
        self._in_progress += 1
        self._last_start_at = self._monotonic()

    def end(self) -> None:
        """The end of a request in progress."""
        now = self._monotonic()
        self._in_progress -= 1
        self._ended_at.append(now)
        while self._ended_at[0] + self._longest_s <= now:
            self._ended_at.popleft()

    def _ended_within(self, window_s: float) -> list[float]:
        now = self._monotonic()
        return [ended_at for ended_at in self._ended_at if ended_at + window_s > now]
