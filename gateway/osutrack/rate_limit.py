"""The gateway's own rate limit, below osu!track's (docs/osutrack.md, "Rate limits and terms")."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from gateway.deadline import Deadline
from gateway.shared.local_window import WINDOW_S
from gateway.shared.redis_link import RedisLink
from gateway.shared.restrictions import Restrictions
from gateway.telemetry.clients import Clients, running_for

from .budget import Budget

# Background refreshes use at most a quarter of the slots.
BACKGROUND_SHARE = 4
# Reads by name can hang forever (docs/osutrack.md, "Timeouts"): the other slots remain for other requests.
MAX_BY_NAME = 2
# The time for which a rate stays lowered after a 429.
LOWERED_S = 3600.0
# The first 429 lowers a rate to no less than this part of its setting: a quiet gateway was hardly its cause.
FLOOR_SHARE = 4
# The subject of messages between processes about the clients that were served.
SERVED = "served"

log = logging.getLogger(__name__)


class RateLimiter:
    """The request budgets by name, and a limit on concurrent requests.

    With Redis, processes share the budgets, their pauses and lowered rates, and the turns of clients. Interactive
    requests overtake background refreshes.
    """

    def __init__(self, budgets: list[Budget], *, concurrency: int, redis_link: RedisLink | None = None) -> None:
        self.budgets = {budget.name: budget for budget in budgets}
        self._redis_link = redis_link or RedisLink(None)
        self._restrictions = Restrictions(self._redis_link, self.budgets, self._restrict)
        self._redis_link.subscribe(SERVED, tuple[str, list[str]], self._record_served)
        for budget in budgets:
            budget.on_served = partial(self._publish_served, budget.name)
        self._slots = asyncio.Semaphore(concurrency)
        share = max(1, concurrency // BACKGROUND_SHARE)
        self._background_slots = asyncio.Semaphore(share)
        self._by_name_slots = asyncio.Semaphore(min(share, MAX_BY_NAME))

    def pause(self, name: str, seconds: float) -> None:
        """Send nothing from the budget `name` for so many seconds, in all processes."""
        self._restrictions.add(name, 0, seconds)

    def lower(self, name: str) -> None:
        """Lower the rate of the budget `name`, after a 429: to one request less than in the last minute, for an hour.

        osu!track may count more than the gateway: requests of other classes, or of other users of the address. The
        first 429 leaves a quarter of the setting; another one, more than a minute later, one request a minute.
        """
        budget = self.budgets[name]
        is_repeated = 0 < budget.lowered_s < LOWERED_S - WINDOW_S
        floor = 1 if is_repeated else max(1, budget.configured // FLOOR_SHARE)
        before, rate = budget.per_minute, max(floor, budget.request_count - 1)
        if not before:
            return
        self._restrictions.add(name, rate, LOWERED_S)
        if budget.per_minute < before:
            facts = {"budget": name, "per_minute": rate, "seconds": int(LOWERED_S)}
            log.warning("The upstream's rate limit is reached; lowering the request budget", extra=facts)

    @asynccontextmanager
    async def slot(self, name: str, deadline: Deadline, *, by_name: bool = False) -> AsyncIterator[None]:
        """Occupy one of the slots for concurrent requests, charged to the budget `name`; raises `UpstreamBusy`."""
        budget = self.budgets[name]
        slots = (self._background_slots, self._slots) if deadline.background else (self._slots,)
        scarce = (self._by_name_slots,) if by_name else ()
        async with AsyncExitStack() as acquired:
            try:
                async with asyncio.timeout_at(deadline.at):
                    # Runs last: a slot by name is free then.
                    acquired.callback(self._wake_fronts)
                    await acquired.enter_async_context(await budget.acquire(deadline, slots, scarce=scarce))
            except TimeoutError as exc:
                raise await budget.timeout_error((*scarce, *slots)) from exc
            yield

    @asynccontextmanager
    async def charge(self, name: str, deadline: Deadline) -> AsyncIterator[None]:
        """Charge one more request to the budget `name`, within a slot; raises `UpstreamBusy`."""
        # It has had its turn.
        with running_for(Clients()):
            charged = await self.budgets[name].acquire(deadline, ())
        async with charged:
            yield

    def _wake_fronts(self) -> None:
        for budget in self.budgets.values():
            budget.turns.wake_front()

    def _publish_served(self, name: str, clients: list[str]) -> None:
        self._redis_link.publish(SERVED, (name, clients))

    def _record_served(self, message: tuple[str, list[str]]) -> None:
        name, clients = message
        if name in self.budgets:  # another release may have other budgets
            self.budgets[name].turns.record(clients)

    def _restrict(self, name: str, per_minute: int, seconds: float) -> None:
        budget = self.budgets[name]
        if per_minute:
            budget.lower(per_minute, seconds)
        else:
            budget.pause(seconds)
