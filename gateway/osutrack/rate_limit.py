"""The gateway's own rate limit, below osu!track's (docs/osutrack.md, "Rate limits and terms")."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.deadline import Deadline
from gateway.shared.redis_link import RedisLink

from .budget import Budget

# Background refreshes use at most a quarter of the slots, and leave the last quarter of a budget unused.
BACKGROUND_SHARE = 4


class RateLimiter:
    """The request budgets by name, and a limit on concurrent requests.

    With Redis, processes share the budgets and their pauses. Interactive requests overtake background refreshes.
    """

    def __init__(self, budgets: list[Budget], *, concurrency: int, redis_link: RedisLink | None = None) -> None:
        self.budgets = {budget.name: budget for budget in budgets}
        self._redis_link = redis_link or RedisLink(None)
        self._redis_link.subscribe("paused", tuple[str, float], self._receive_pause)
        self._slots = asyncio.Semaphore(concurrency)
        self._background_slots = asyncio.Semaphore(max(1, concurrency // BACKGROUND_SHARE))

    def pause(self, name: str, seconds: float) -> None:
        """Send nothing from the budget `name` for so many seconds, in all processes."""
        self.budgets[name].pause(seconds)
        self._redis_link.publish("paused", (name, seconds))

    @asynccontextmanager
    async def slot(self, name: str, deadline: Deadline) -> AsyncIterator[None]:
        """Occupy one of the slots for concurrent requests, charged to the budget `name`; raises `UpstreamBusy`."""
        budget = self.budgets[name]
        slots = (self._background_slots, self._slots) if deadline.background else (self._slots,)
        try:
            async with asyncio.timeout_at(deadline.at):
                acquired = await budget.acquire(deadline, slots)
        except TimeoutError as exc:
            raise await budget.timeout_error() from exc
        async with acquired:
            yield

    def _receive_pause(self, message: tuple[str, float]) -> None:
        name, seconds = message
        if name in self.budgets:  # another release may have other budgets
            self.budgets[name].pause(seconds)
