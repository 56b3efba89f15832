"""Single flight: whoever wants what is already on its way waits for the same answer."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Tasks shared by key. One waiter going away leaves the task to the others; the last one's going cancels it."""

    def __init__(self) -> None:
        self._tasks: dict[Hashable, asyncio.Task[T]] = {}
        # How many wait for each that has not ended; none, while it is being cancelled.
        self._waiters: dict[asyncio.Task[T], int] = {}

    def __len__(self) -> int:
        """How many have not ended."""
        return len(self._waiters)

    async def do(self, key: Hashable, fn: Callable[[], Awaitable[T]]) -> T:
        """The result of the flight under way for the key, or of a new one."""
        task = self._tasks.get(key) or self._start(key, fn)
        self._waiters[task] += 1
        try:
            return await asyncio.shield(task)
        finally:
            self._leave(key, task)

    def _start(self, key: Hashable, fn: Callable[[], Awaitable[T]]) -> asyncio.Task[T]:
        task = asyncio.ensure_future(fn())
        self._tasks[key] = task
        self._waiters[task] = 0
        task.add_done_callback(lambda done: self._landed(key, done))
        return task

    def _leave(self, key: Hashable, task: asyncio.Task[T]) -> None:
        if task.done():
            return
        self._waiters[task] -= 1
        if not self._waiters[task]:
            # From here on nobody may join it.
            self._tasks.pop(key, None)
            task.cancel()

    def _landed(self, key: Hashable, task: asyncio.Task[T]) -> None:
        del self._waiters[task]
        if self._tasks.get(key) is task:
            del self._tasks[key]
        if not task.cancelled():
            # Looked at, so that asyncio does not complain when every waiter has gone.
            task.exception()

    async def close(self) -> None:
        """Cancel what is under way and wait until it has ended."""
        tasks = list(self._waiters)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
