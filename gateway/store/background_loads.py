"""Loads that nobody waits for: they continue after the operation that started them."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable, Iterable
from typing import Any, Generic, NamedTuple, TypeVar

from gateway.errors import UpstreamBusy, UpstreamError

from .lru import LRU
from .resource import Resource

K = TypeVar("K", bound=Hashable)

# Of all clients. Each waits for the budget in the turns of its client.
MAX_RUNNING = 1000
# A load waits for the budget in several attempts, as each has the deadline of an operation.
MAX_WAIT_S = 300.0
# The time for which a failure is remembered, unless the error says when a retry can succeed.
FAILURE_S = 30.0
MAX_FAILURES = 10_000


class LoadFailure(NamedTuple):
    """The error of a load, and the monotonic time from which a new one makes sense."""

    error: UpstreamError
    until: float


class BackgroundLoads(Generic[K]):
    """The running loads of one resource, and the failures of the last ones."""

    def __init__(
        self,
        resource: Resource[K, Any],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._resource = resource
        self._monotonic = monotonic
        self._sleep = sleep
        self._running: dict[K, asyncio.Task[None]] = {}
        self._failures: LRU[K, LoadFailure] = LRU(MAX_FAILURES)

    def is_running(self, key: K) -> bool:
        """Whether the value is being loaded."""
        return key in self._running

    @property
    def can_start(self) -> bool:
        """Whether there is room for another load."""
        return len(self._running) < MAX_RUNNING

    def failure(self, key: K) -> LoadFailure | None:
        """The failure of the last load, until a new one makes sense."""
        failure = self._failures.peek(key)
        return failure if failure and failure.until > self._monotonic() else None

    def wait_s(self, failure: LoadFailure) -> float:
        """The time until a new load makes sense."""
        return failure.until - self._monotonic()

    def start(self, key: K) -> None:
        """Load the value for the client of the running task."""
        self._failures.discard(key)
        task = self._running[key] = asyncio.ensure_future(self._load(key))
        task.add_done_callback(lambda _: self._running.pop(key, None))

    async def recall(self, keys: Iterable[K]) -> None:
        """Read the values that other processes have stored."""
        await asyncio.gather(*map(self._resource.recall, keys))

    async def close(self) -> None:
        """Cancel all loads."""
        tasks = [*self._running.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _load(self, key: K) -> None:
        wait_until = self._monotonic() + MAX_WAIT_S
        while True:
            try:
                await self._resource.revalidate(key, background=False)
                return
            except UpstreamBusy as error:
                if self._monotonic() >= wait_until:
                    self._record(key, error)
                    return
                await self._sleep(min(error.retry_after_s or 1, MAX_WAIT_S))
            except UpstreamError as error:
                self._record(key, error)
                return

    def _record(self, key: K, error: UpstreamError) -> None:
        wait_s = FAILURE_S if error.retry_after_s is None else error.retry_after_s
        self._failures.put(key, LoadFailure(error, self._monotonic() + wait_s))
