"""Turns of operations that take long: beside small requests, they use at most a quarter of the event loop's time.

Between two of them, the event loop is free for other clients' small requests.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from weakref import WeakKeyDictionary

# The idle time after an operation, as a multiple of its own.
PAUSE = 3.0
# There is no pause if no small request was served in this time, and the operation was shorter than this: a small
# request that arrives waits at most so long.
CONTENTION_S = 2.0
MAX_UNPAUSED_S = 0.015


class ExecutionTurns:
    """A queue of long operations, in which each client has one place at a time."""

    def __init__(
        self,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._monotonic = monotonic
        self._sleep = sleep
        self._queue = asyncio.Lock()
        self._clients: WeakKeyDictionary[object, asyncio.Lock] = WeakKeyDictionary()
        self._free_at = 0.0
        # Of the engine; those of the response cache are read when they are needed.
        self.small_operations = 0
        self._cache_hits: Callable[[], int] = lambda: 0
        self._small_requests = 0
        self._contended_until = 0.0

    def watch(self, cache_hits: Callable[[], int]) -> None:
        """Count the hits of the response cache as small requests."""
        self._cache_hits = cache_hits

    @property
    def are_paused(self) -> bool:
        """Whether the pause after an operation has not ended."""
        return self._free_at > self._monotonic()

    async def wait(self, client: object) -> None:
        """Wait for the client's turn, which ends when the caller waits again."""
        async with self._clients.setdefault(client, asyncio.Lock()), self._queue:
            wait_s = self._free_at - self._monotonic()
            if wait_s > 0:
                await self._sleep(wait_s)

    def used(self, seconds: float) -> None:
        """Begin the pause after an operation, if small requests are to be expected meanwhile."""
        now, small_requests = self._monotonic(), self.small_operations + self._cache_hits()
        if small_requests != self._small_requests:
            self._small_requests, self._contended_until = small_requests, now + CONTENTION_S
        if seconds > MAX_UNPAUSED_S or now < self._contended_until:
            self._free_at = max(self._free_at, now) + PAUSE * seconds
