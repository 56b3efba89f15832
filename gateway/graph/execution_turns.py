"""Turns of operations that take long: they use at most a quarter of the event loop's time.

Between two of them, the event loop is free for other clients' small operations.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from weakref import WeakKeyDictionary

# The idle time after an operation, as a multiple of its own.
PAUSE = 3.0


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
        """Begin the pause after an operation."""
        self._free_at = max(self._free_at, self._monotonic()) + PAUSE * seconds
