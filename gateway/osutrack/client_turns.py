"""The order of the requests that wait for a budget: the client served longest ago goes first."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from math import inf
from typing import NamedTuple

from gateway.shared.claim import Claim
from gateway.shared.local_window import WINDOW_S
from gateway.telemetry.clients import Clients

# The time for which a client counts as served, and the maximum number of such clients.
SERVED_S = 600.0
MAX_CLIENTS = 10_000


class _Service(NamedTuple):
    """The last time at which a client was served; the number orders those of the same time."""

    at: float
    number: int


NEVER = _Service(-inf, 0)


class Waiter:
    """A request that waits. A request without a client has the name of none, an empty one."""

    __slots__ = ("_slots_are_free", "at_front", "background", "has_slots", "names", "number")

    def __init__(self, number: int, *, background: bool, slots_are_free: Callable[[], bool]) -> None:
        self.number = number
        self.background = background
        self.names: dict[str, None] = {}
        self.at_front = asyncio.Event()
        self.has_slots = False
        self._slots_are_free = slots_are_free

    @property
    def is_ready(self) -> bool:
        """Whether the request has its slots, or can get those that are scarce."""
        return self.has_slots or self._slots_are_free()


class ClientTurns:
    """The waiting requests by client, and the time at which each client was served last.

    A shared request has the turn of the client served longest ago among those that wait for it. Requests of one client
    keep their order. Background refreshes come last, and have turns of their own.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._numbers = count()
        # By background and name.
        self._waiting: dict[tuple[bool, str], dict[Waiter, None]] = {}
        self._served: dict[bool, OrderedDict[str, _Service]] = {False: OrderedDict(), True: OrderedDict()}

    @property
    def waiting_clients(self) -> int:
        """The number of clients with a waiting request, without background refreshes."""
        return sum(not background for background, _ in self._waiting)

    @contextmanager
    def queued(self, clients: Clients, *, background: bool, slots_are_free: Callable[[], bool]) -> Iterator[Waiter]:
        """Queue a request for these clients; others overtake it while its scarce slots are not free."""
        waiter = Waiter(next(self._numbers), background=background, slots_are_free=slots_are_free)
        left = False

        def join(name: str) -> None:
            if not left:
                waiter.names[name] = None
                self._waiting.setdefault((background, name), {})[waiter] = None

        clients.follow(join)
        if not waiter.names:
            join("")
        try:
            yield waiter
        finally:
            left = True
            self._remove(waiter)
            self.wake_front()

    def front(self) -> Waiter | None:
        """The request that goes next; None if none is ready."""
        if not self._waiting:
            return None
        ranked = (
            (background, self._served[background].get(name, NEVER), waiter.number, waiter)
            for (background, name), waiters in self._waiting.items()
            if (waiter := next((waiter for waiter in waiters if waiter.is_ready), None))
        )
        return min(ranked, default=(False, NEVER, 0, None), key=lambda rank: rank[:3])[3]

    def wake_front(self) -> None:
        """Let the request that goes next proceed."""
        if front := self.front():
            front.at_front.set()

    async def wait(self, waiter: Waiter) -> None:
        """Wait until the request goes next. Others can overtake it afterwards: clients arrive, and join requests."""
        while self.front() is not waiter:
            self.wake_front()
            waiter.at_front.clear()
            await waiter.at_front.wait()

    def serve(self, waiter: Waiter) -> list[str]:
        """Record that the request is sent; returns its clients, or none for a background refresh."""
        self.record(waiter.names, background=waiter.background)
        return [] if waiter.background else [name for name in waiter.names if name]

    def record(self, names: Iterable[str], *, background: bool = False) -> None:
        """Record that these clients are served now, by this process or another one."""
        served = self._current(background=background)
        for name in names:
            if name:
                served[name] = _Service(self._monotonic(), next(self._numbers))
                served.move_to_end(name)
        while len(served) > MAX_CLIENTS:
            served.popitem(last=False)

    def claim(self, waiter: Waiter) -> Claim:
        """The part of the budget that the request may use.

        A client served in the last minute leaves the reserve to others. While several clients are served, one that was
        served before is paced: it does not use up the budget at the start of a minute.
        """
        served = self._current(background=False)
        if waiter.background:
            return Claim(keeps_reserve=True, paced=len(served) > 1)
        known = [served[name].at for name in waiter.names if name in served]
        # A request without a client, or with one that is not known, goes first.
        waited_s = self._monotonic() - min(known) if len(known) == len(waiter.names) else SERVED_S
        return Claim(
            keeps_reserve=waited_s < WINDOW_S,
            paced=waited_s < SERVED_S and len(served) > len(known),
            waited_s=waited_s,
        )

    def _current(self, *, background: bool) -> OrderedDict[str, _Service]:
        served, now = self._served[background], self._monotonic()
        while served and next(iter(served.values())).at + SERVED_S <= now:
            served.popitem(last=False)
        return served

    def _remove(self, waiter: Waiter) -> None:
        for name in waiter.names:
            key = (waiter.background, name)
            self._waiting[key].pop(waiter)
            if not self._waiting[key]:
                del self._waiting[key]
