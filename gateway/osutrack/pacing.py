"""Keep to the request budgets we grant ourselves, which are below the limits osu!track documents (600 and 5 a minute).

A budget is shared by everything this process sends. People who wait go before background refreshes, and nobody waits
beyond their deadline.
"""

import asyncio
import time
from bisect import insort
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count

from limits import RateLimitItemPerMinute
from limits.aio.strategies import MovingWindowRateLimiter

from gateway.errors import UpstreamBusy

from .patience import Patience

# Background refreshes may be one in so many of the requests at once.
BACKGROUND_SHARE = 4


class Budget:
    """So many requests in any 60 seconds; `per_minute=0` means no limit."""

    def __init__(
        self, name: str, per_minute: int, limiter: MovingWindowRateLimiter, *, clock: Callable[[], float] = time.time
    ) -> None:
        self.name = name
        self.per_minute = per_minute
        self._limiter = limiter
        self._item = RateLimitItemPerMinute(per_minute) if per_minute else None
        self._clock = clock
        self._paused_until = 0.0
        self._tickets = count()
        self._queue: list[tuple[bool, int]] = []
        self._moved = asyncio.Condition()

    def pause(self, seconds: float) -> None:
        """Send nothing for that long: osu!track has answered 429."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    async def remaining(self) -> int | None:
        """How many requests could be sent now; None without a limit."""
        if self._item is None:
            return None
        return (await self._limiter.get_window_stats(self._item, self.name)).remaining

    async def take(self, patience: Patience) -> None:
        """Return when one request may be sent; raise `UpstreamBusy` when that will not be before the deadline."""
        ticket = (patience.background, next(self._tickets))
        insort(self._queue, ticket)
        try:
            while True:
                await self._front(ticket, patience)
                wait_s = await self._wait_s()
                if wait_s <= 0:
                    return
                if wait_s > patience.left_s:
                    raise self._busy(wait_s)
                await asyncio.sleep(wait_s)
        finally:
            self._queue.remove(ticket)
            async with self._moved:
                self._moved.notify_all()

    async def _front(self, ticket: tuple[bool, int], patience: Patience) -> None:
        try:
            async with asyncio.timeout_at(patience.deadline), self._moved:
                await self._moved.wait_for(lambda: self._queue[0] == ticket)
        except TimeoutError as exc:
            raise self._busy(1) from exc

    async def _wait_s(self) -> float:
        pause_s = self._paused_until - self._clock()
        if pause_s > 0:
            return pause_s
        if self._item is None or await self._limiter.hit(self._item, self.name):
            return 0.0
        reset_at = (await self._limiter.get_window_stats(self._item, self.name)).reset_time
        # The library counts an entry of exactly a minute ago; a hair later it does not.
        return max(reset_at - self._clock(), 0) + 0.01

    def _busy(self, wait_s: float) -> UpstreamBusy:
        return UpstreamBusy(
            f"The gateway's budget of {self.name} sent to osu!track is used up for the moment. Try again later.",
            retry_after_s=wait_s,
        )


class Pacer:
    """The budgets by name, and a bound on requests at once."""

    def __init__(self, budgets: list[Budget], concurrency: int) -> None:
        self.budgets = {budget.name: budget for budget in budgets}
        self._slots = asyncio.Semaphore(concurrency)
        self._background_slots = asyncio.Semaphore(max(1, concurrency // BACKGROUND_SHARE))

    @asynccontextmanager
    async def turn(self, name: str, patience: Patience) -> AsyncIterator[None]:
        """Hold one place among the requests at once, paid for from the budget `name`."""
        async with AsyncExitStack() as held:
            if patience.background:
                await held.enter_async_context(self._background_slots)
            await self.budgets[name].take(patience)
            await held.enter_async_context(self._slots)
            yield
