"""One request budget: a number of requests in any 60 seconds, with a queue of the requests that wait for it."""

import asyncio
import time
from bisect import insort
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from itertools import count
from typing import NamedTuple

from gateway.deadline import Deadline
from gateway.errors import UpstreamBusy
from gateway.shared.request_window import RequestWindow
from gateway.telemetry.request_context import current_request

# The interval of attempts while other processes use the same budget.
RETRY_S = 0.01


class _Waiter(NamedTuple):
    """A queued request; waiters sort by priority, by their client's turn, then by arrival."""

    background: bool
    turn: int
    number: int
    at_front: asyncio.Event


class Budget:
    """At most `per_minute` requests in any 60 seconds; 0 is unlimited."""

    def __init__(
        self,
        name: str,
        per_minute: int,
        window: RequestWindow,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.name = name
        self._configured = per_minute
        self._window = window
        self._monotonic = monotonic
        self._sleep = sleep
        self._paused_until = 0.0
        self._lowered_to = per_minute
        self._lowered_until = 0.0
        self._numbers = count()
        self._queue: list[_Waiter] = []
        # Round-robin between clients: the turn of the last request, and of each client's last one in the queue.
        self._turn = 0
        self._turns: dict[str, int] = {}

    @property
    def per_minute(self) -> int:
        """The present rate: as configured, or lowered; 0 is unlimited."""
        return min(self._lowered_to, self._configured) if self.lowered_s > 0 else self._configured

    @property
    def lowered_s(self) -> float:
        """Seconds until the configured rate applies again; 0 if it applies."""
        return max(self._lowered_until - self._monotonic(), 0.0)

    @property
    def request_count(self) -> int:
        """The number of requests in the last minute."""
        return self._window.request_count

    def pause(self, seconds: float) -> None:
        """Send nothing for so many seconds."""
        self._paused_until = max(self._paused_until, self._monotonic() + seconds)

    def lower(self, per_minute: int, seconds: float) -> None:
        """Send at most so many requests a minute for so many seconds. An unlimited budget stays unlimited."""
        self._lowered_to = min(self.per_minute, per_minute)
        self._lowered_until = max(self._lowered_until, self._monotonic() + seconds)

    async def remaining(self) -> int | None:
        """The number of requests that can be sent now; None if unlimited."""
        if not self.per_minute:
            return None
        return 0 if self._paused_s > 0 else await self._window.remaining(self.per_minute)

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
                    self._advance(waiter.turn)
                    return acquired
                else:
                    await self._sleep(RETRY_S)

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
            f"The gateway's request budget for {self.name} is exhausted. Try again later.",
            retry_after_s=max(delay_s, 1),
            unsent=True,
        )

    @contextmanager
    def _queued(self, *, background: bool) -> Iterator[_Waiter]:
        waiter = _Waiter(background, self._next_turn(), next(self._numbers), asyncio.Event())
        insort(self._queue, waiter)
        try:
            yield waiter
        finally:
            self._queue.remove(waiter)
            if self._queue:
                self._queue[0].at_front.set()

    def _next_turn(self) -> int:
        request_context = current_request.get()
        client = request_context.client if request_context else ""
        turn = self._turns[client] = max(self._turns.get(client, 0) + 1, self._turn)
        return turn

    def _advance(self, turn: int) -> None:
        if turn > self._turn:
            self._turn = turn
            self._turns = {client: last for client, last in self._turns.items() if last >= turn}

    async def _wait_for_front(self, waiter: _Waiter) -> None:
        # A request of higher priority can still overtake a waiter at the front.
        while self._queue[0] is not waiter:
            waiter.at_front.clear()
            await waiter.at_front.wait()

    async def _delay_s(self, *, background: bool) -> float:
        """Seconds until a request may be sent; 0 if it may be sent now."""
        if self._paused_s > 0 or not self.per_minute:
            return max(self._paused_s, 0)
        return await self._window.wait_s(self.per_minute, background=background)

    async def _try_acquire(self, waiter: _Waiter, slots: Sequence[asyncio.Semaphore]) -> AsyncExitStack | None:
        async with AsyncExitStack() as acquired:
            for slot in slots:
                await acquired.enter_async_context(slot)
            # While it waited for the slots, another request may have overtaken it or used up the budget.
            ready = await self._delay_s(background=waiter.background) <= 0
            if ready and self._queue[0] is waiter and await self._charge(acquired):
                return acquired.pop_all()
        return None

    async def _charge(self, acquired: AsyncExitStack) -> bool:
        if not self.per_minute:
            return True
        request = await self._window.start(self.per_minute)
        if request is not None:
            acquired.callback(self._window.end, request)
        return request is not None

    @property
    def _paused_s(self) -> float:
        return self._paused_until - self._monotonic()
