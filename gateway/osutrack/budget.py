"""One request budget: a number of requests in any 60 seconds, with a queue of the requests that wait for it."""

import asyncio
import time
from bisect import insort
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from itertools import count
from typing import NamedTuple

from limits import RateLimitItemPerMinute

from gateway.deadline import Deadline
from gateway.errors import UpstreamBusy
from gateway.shared.rate_limiter import Limiter

# `limits` counts an entry that is exactly a minute old.
CLOCK_MARGIN_S = 0.01


class _Waiter(NamedTuple):
    """A queued request; waiters sort by priority, then by arrival."""

    background: bool
    number: int
    at_front: asyncio.Event


class Budget:
    """At most `per_minute` requests in any 60 seconds; 0 is unlimited. `clock` must be the clock that `limits` reads.

    Background requests wait while `reserved` requests or fewer remain.
    """

    def __init__(
        self,
        name: str,
        per_minute: int,
        limiter: Limiter,
        *,
        reserved: int = 0,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.name = name
        self.per_minute = per_minute
        self._limiter = limiter
        self._reserved = reserved
        self._item = RateLimitItemPerMinute(per_minute) if per_minute else None
        self._clock = clock
        self._sleep = sleep
        self._paused_until = 0.0
        self._numbers = count()
        self._queue: list[_Waiter] = []

    def pause(self, seconds: float) -> None:
        """Send nothing for so many seconds, after a 429."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    async def remaining(self) -> int | None:
        """The number of requests that can be sent now; None if unlimited."""
        if self._item is None:
            return None
        remaining = (await self._limiter.get_window_stats(self._item, self.name)).remaining
        return 0 if self._paused_s > 0 else remaining

    async def acquire(self, deadline: Deadline, slots: Sequence[asyncio.Semaphore]) -> AsyncExitStack:
        """Acquire all slots and charge the budget; raises `UpstreamBusy` if the deadline is too early for that.

        The budget is charged last, immediately before the request is sent: with a wait in between, the requests of
        two minutes could be sent in one. Slots are shared with other budgets, so none is occupied during a wait.
        """
        with self._queued(background=deadline.background) as waiter:
            while True:
                await self._wait_for_front(waiter)
                delay_s = await self._delay_s(background=deadline.background)
                if delay_s > deadline.remaining_s:
                    raise self._exhausted_error(delay_s)
                if delay_s > 0:
                    await self._sleep(delay_s)
                elif acquired := await self._try_acquire(waiter, slots):
                    return acquired
                else:
                    await self._sleep(CLOCK_MARGIN_S)

    async def timeout_error(self) -> UpstreamBusy:
        """The error for a deadline that passed during `acquire`: the budget is exhausted, or all slots are in use."""
        delay_s = await self._delay_s(background=False)
        if delay_s > 0:
            return self._exhausted_error(delay_s)
        return UpstreamBusy(
            "All upstream connections are in use. Try again later.",
            retry_after_s=1,
            unsent=True,
        )

    def _exhausted_error(self, delay_s: float) -> UpstreamBusy:
        return UpstreamBusy(
            f"The gateway's budget of {self.name} from osu!track is exhausted. Try again later.",
            retry_after_s=max(delay_s, 1),
            unsent=True,
        )

    @contextmanager
    def _queued(self, *, background: bool) -> Iterator[_Waiter]:
        waiter = _Waiter(background, next(self._numbers), asyncio.Event())
        insort(self._queue, waiter)
        try:
            yield waiter
        finally:
            self._queue.remove(waiter)
            if self._queue:
                self._queue[0].at_front.set()

    async def _wait_for_front(self, waiter: _Waiter) -> None:
        # A request of higher priority can still overtake a waiter at the front.
        while self._queue[0] is not waiter:
            waiter.at_front.clear()
            await waiter.at_front.wait()

    async def _delay_s(self, *, background: bool) -> float:
        """Seconds until a request may be sent; 0 if it may be sent now."""
        if self._item is None or self._paused_s > 0:
            return max(self._paused_s, 0)
        window = await self._limiter.get_window_stats(self._item, self.name)
        if window.remaining > (self._reserved if background else 0):
            return 0
        return max(window.reset_time - self._clock(), 0) + CLOCK_MARGIN_S

    async def _try_acquire(self, waiter: _Waiter, slots: Sequence[asyncio.Semaphore]) -> AsyncExitStack | None:
        async with AsyncExitStack() as acquired:
            for slot in slots:
                await acquired.enter_async_context(slot)
            # While it waited for the slots, another request may have overtaken it or used up the budget.
            ready = await self._delay_s(background=waiter.background) <= 0
            if ready and self._queue[0] is waiter and await self._charge():
                return acquired.pop_all()
        return None

    async def _charge(self) -> bool:
        return self._item is None or await self._limiter.hit(self._item, self.name)

    @property
    def _paused_s(self) -> float:
        return self._paused_until - self._clock()
