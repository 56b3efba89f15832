"""Keep to the request budgets we grant ourselves, which are below the limits osu!track documents (600 and 5 a minute).

A budget is shared by everything this process sends, and by other processes if the limiter is theirs as well. People
who wait go before background refreshes, and nobody waits beyond their deadline.
"""

import asyncio
import time
from bisect import insort
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from itertools import count
from typing import NamedTuple

from limits import RateLimitItemPerMinute

from gateway.deadline import Deadline
from gateway.errors import UpstreamBusy
from gateway.shared.rate_limiter import Limiter
from gateway.shared.redis_link import RedisLink

# Background refreshes may be one in so many of the requests at once, and leave as much of a budget to people.
BACKGROUND_SHARE = 4
# The library counts an entry of exactly a minute ago; a hair later it does not.
CLOCK_MARGIN_S = 0.01


class _Ticket(NamedTuple):
    background: bool
    number: int
    called: asyncio.Event


class Budget:
    """So many requests in any 60 seconds; `per_minute=0` means no limit. `clock` has to be the one `limits` reads.

    The last `reserved` of them are for people: background refreshes wait until there are more.
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
        self._queue: list[_Ticket] = []

    def pause(self, seconds: float) -> None:
        """Send nothing for that long: osu!track has answered 429."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    async def remaining(self) -> int | None:
        """How many requests could be sent now; None without a limit."""
        if self._item is None:
            return None
        left = (await self._limiter.get_window_stats(self._item, self.name)).remaining
        return 0 if self._paused_s > 0 else left

    async def take(self, deadline: Deadline, slots: Sequence[asyncio.Semaphore]) -> AsyncExitStack:
        """The slots, held and paid for; raises `UpstreamBusy` when that can't be before the deadline.

        Paid for last, and then sent at once: waiting in between, two minutes' requests could leave in one. And while
        it waits for the budget it holds no slot, which is shared with requests of other budgets.
        """
        with self._queued(background=deadline.background) as ticket:
            while True:
                await self._first(ticket)
                wait_s = await self._wait_s(background=deadline.background)
                if wait_s > deadline.remaining_s:
                    raise self.busy(wait_s)
                if wait_s > 0:
                    await self._sleep(wait_s)
                elif held := await self._paid(ticket, slots):
                    return held
                else:
                    await self._sleep(CLOCK_MARGIN_S)

    def busy(self, wait_s: float) -> UpstreamBusy:
        """The error for who can't wait that long."""
        return UpstreamBusy(
            f"The gateway's budget of {self.name} sent to osu!track is used up for the moment. Try again later.",
            retry_after_s=max(wait_s, 1),
            unsent=True,
        )

    async def timeout_error(self) -> UpstreamBusy:
        """The error for who has waited in vain, be it for the budget or for one of the requests at once."""
        wait_s = await self._wait_s(background=False)
        if wait_s > 0:
            return self.busy(wait_s)
        return UpstreamBusy(
            "osu!track is slow, and as many requests as may be are on their way to it. Try again later.",
            retry_after_s=1,
            unsent=True,
        )

    @contextmanager
    def _queued(self, *, background: bool) -> Iterator[_Ticket]:
        ticket = _Ticket(background, next(self._numbers), asyncio.Event())
        insort(self._queue, ticket)
        try:
            yield ticket
        finally:
            self._queue.remove(ticket)
            if self._queue:
                self._queue[0].called.set()

    async def _first(self, ticket: _Ticket) -> None:
        # Somebody who matters more can come to the front at any time: then it is waited for anew.
        while self._queue[0] is not ticket:
            ticket.called.clear()
            await ticket.called.wait()

    async def _wait_s(self, *, background: bool) -> float:
        if self._item is None or self._paused_s > 0:
            return max(self._paused_s, 0)
        window = await self._limiter.get_window_stats(self._item, self.name)
        if window.remaining > (self._reserved if background else 0):
            return 0
        return max(window.reset_time - self._clock(), 0) + CLOCK_MARGIN_S

    async def _paid(self, ticket: _Ticket, slots: Sequence[asyncio.Semaphore]) -> AsyncExitStack | None:
        async with AsyncExitStack() as held:
            for slot in slots:
                await held.enter_async_context(slot)
            # By now it may have to wait again, or not be its turn any more.
            room = await self._wait_s(background=ticket.background) <= 0
            if room and self._queue[0] is ticket and await self._hit():
                return held.pop_all()
        return None

    async def _hit(self) -> bool:
        return self._item is None or await self._limiter.hit(self._item, self.name)

    @property
    def _paused_s(self) -> float:
        return self._paused_until - self._clock()


class RateLimiter:
    """The budgets by name, and a bound on requests at once."""

    def __init__(self, budgets: list[Budget], concurrency: int, redis_link: RedisLink | None = None) -> None:
        self.budgets = {budget.name: budget for budget in budgets}
        self._redis_link = redis_link or RedisLink(None)
        self._redis_link.subscribe("paused", tuple[str, float], self._paused)
        self._slots = asyncio.Semaphore(concurrency)
        self._background_slots = asyncio.Semaphore(max(1, concurrency // BACKGROUND_SHARE))

    def pause(self, name: str, seconds: float) -> None:
        """Spend nothing of a budget for that long, in any process."""
        self.budgets[name].pause(seconds)
        self._redis_link.publish("paused", (name, seconds))

    def _paused(self, told: tuple[str, float]) -> None:
        name, seconds = told
        if name in self.budgets:  # a newer release may have others
            self.budgets[name].pause(seconds)

    @asynccontextmanager
    async def turn(self, name: str, deadline: Deadline) -> AsyncIterator[None]:
        """Hold one place among the requests at once, paid for from the budget `name`."""
        budget = self.budgets[name]
        slots = (self._background_slots, self._slots) if deadline.background else (self._slots,)
        try:
            async with asyncio.timeout_at(deadline.at):
                held = await budget.take(deadline, slots)
        except TimeoutError as exc:
            raise await budget.timeout_error() from exc
        async with held:
            yield
