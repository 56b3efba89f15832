"""The real one's limits per IP address, for runs in which they should bite."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

WINDOW_S = 60
READS = 600
UPDATES = 5


class RateLimits:
    """Counts requests in minutes that begin with a client's first one; reads and updates apart."""

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._now = now
        self._windows: dict[tuple[str, bool], tuple[float, int]] = {}

    def wait_s(self, client: str, *, update: bool) -> int:
        """0 when the request may pass; otherwise whole seconds until the client may ask again."""
        now = self._now().timestamp()
        began, count = self._windows.get((client, update), (now, 0))
        if now - began >= WINDOW_S:
            began, count = now, 0
        self._windows[client, update] = began, count + 1
        if count < (UPDATES if update else READS):
            return 0
        return max(1, round(began + WINDOW_S - now))
