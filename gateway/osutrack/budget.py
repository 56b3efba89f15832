"""One request budget: a number of requests in any 60 seconds, with a queue of the requests that wait for it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack

from gateway.deadline import Deadline
from gateway.errors import UpstreamBusy
from gateway.shared.claim import UNLIMITED, Claim
from gateway.shared.request_window import RequestWindow
from gateway.telemetry.clients import current_clients

from .client_turns import ClientTurns, Waiter

# The interval of attempts while other processes use the same budget.
RETRY_S = 0.01
# The longest sleep of the request that goes next: requests in progress may end meanwhile.
POLL_S = 1.0


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
        self.configured = per_minute
        self._window = window
        self._monotonic = monotonic
        self._sleep = sleep
        self._paused_until = 0.0
        self._lowered_to = per_minute
        self._lowered_until = 0.0
        self.turns = ClientTurns(monotonic)
        # Whether requests have failed in the last minute: they have used a part of the budget.
        self.has_failures: Callable[[], bool] = lambda: False
        # Called with the duration of each pause.
        self.on_paused: Callable[[float], None] = lambda _: None
        # Called with the clients of each request that is sent, if the budget is limited.
        self.on_served: Callable[[list[str]], None] = lambda _: None

    @property
    def per_minute(self) -> int:
        """The present rate: as configured, or lowered; 0 is unlimited."""
        return min(self._lowered_to, self.configured) if self.lowered_s > 0 else self.configured

    @property
    def lowered_s(self) -> float:
        """Seconds until the configured rate applies again; 0 if it applies."""
        return max(self._lowered_until - self._monotonic(), 0.0)

    @property
    def paused_s(self) -> float:
        """Seconds until the end of a pause after a 429; 0 without one."""
        return max(self._paused_until - self._monotonic(), 0.0)

    @property
    def request_count(self) -> int:
        """The number of requests in the last minute."""
        return self._window.request_count

    def pause(self, seconds: float) -> None:
        """Send nothing for so many seconds."""
        self._paused_until = max(self._paused_until, self._monotonic() + seconds)
        self.on_paused(seconds)

    def lower(self, per_minute: int, seconds: float) -> None:
        """Send at most so many requests a minute for so many seconds. An unlimited budget stays unlimited."""
        self._lowered_to = min(self.per_minute, per_minute)
        self._lowered_until = max(self._lowered_until, self._monotonic() + seconds)

    async def remaining(self) -> int | None:
        """The number of requests that can be sent now; None if unlimited."""
        if not self.per_minute:
            return None
        return 0 if self.paused_s else await self._window.remaining(self.per_minute)

    async def acquire(
        self, deadline: Deadline, slots: Sequence[asyncio.Semaphore], *, scarce: Sequence[asyncio.Semaphore] = ()
    ) -> AsyncExitStack:
        """Acquire all slots and charge the budget; raises `UpstreamBusy` if the deadline is too early for that.

        The budget is charged last, immediately before the request is sent: with a wait in between, the requests of
        two minutes could be sent in one. Slots are shared with other budgets, so none is occupied during a wait. While
        a `scarce` slot is in use, other requests overtake this one.
        """

        def slots_are_free() -> bool:
            return not any(slot.locked() for slot in scarce)

        with self.turns.queued(
            current_clients(), background=deadline.background, slots_are_free=slots_are_free
        ) as waiter:
            while True:
                await self.turns.wait(waiter)
                delay_s = await self._delay_s(self.turns.claim(waiter))
                if delay_s > deadline.remaining_s:
                    raise self._exhausted_error(delay_s)
                if delay_s > 0:
                    await self._sleep(min(delay_s, POLL_S))
                elif acquired := await self._try_acquire(waiter, (*scarce, *slots)):
                    return acquired
                else:
                    await self._sleep(RETRY_S)

    async def timeout_error(self, slots: Sequence[asyncio.Semaphore]) -> UpstreamBusy:
        """The error for a deadline that passed during `acquire`."""
        delay_s = await self._delay_s(UNLIMITED)
        if delay_s > 0:
            return self._exhausted_error(delay_s)
        if any(slot.locked() for slot in slots):
            text = "All upstream connections are in use. Try again later."
        else:
            text = f"Other clients precede this one in the gateway's request budget for {self.name}. Try again later."
        return UpstreamBusy(text, retry_after_s=1, unsent=True)

    def _exhausted_error(self, delay_s: float) -> UpstreamBusy:
        if self.paused_s:
            text = f"Requests for {self.name} are paused, as their rate limit is reached. Try again later."
        else:
            cause = " osu!track is failing, and failed requests count too." if self.has_failures() else ""
            text = f"The gateway's request budget for {self.name} is exhausted.{cause} Try again later."
        return UpstreamBusy(text, retry_after_s=max(delay_s, 1), unsent=True)

    async def _delay_s(self, claim: Claim) -> float:
        """Seconds until a request may be sent; 0 if it may be sent now."""
        if self.paused_s or not self.per_minute:
            return self.paused_s
        return await self._window.wait_s(self.per_minute, claim)

    async def _try_acquire(self, waiter: Waiter, slots: Sequence[asyncio.Semaphore]) -> AsyncExitStack | None:
        async with AsyncExitStack() as acquired:
            for slot in slots:
                await acquired.enter_async_context(slot)
            waiter.has_slots = True
            # While it waited for the slots, another request may have overtaken it or used up the budget.
            if not self.paused_s and self.turns.front() is waiter and await self._charge(waiter, acquired):
                return acquired.pop_all()
            waiter.has_slots = False
        return None

    async def _charge(self, waiter: Waiter, acquired: AsyncExitStack) -> bool:
        if not self.per_minute:
            self.turns.serve(waiter)
            return True
        request = await self._window.start(self.per_minute, self.turns.claim(waiter))
        if request is None:
            return False
        acquired.callback(self._window.end, request)
        if served := self.turns.serve(waiter):
            self.on_served(served)
        return True
