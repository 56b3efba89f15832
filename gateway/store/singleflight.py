"""Single flight: concurrent calls for the same thing share one execution."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")

Arguments = tuple[Any, ...]


class SingleFlight(Generic[T]):
    """Concurrent calls of `fn` with equal arguments share one task, which is cancelled when its last waiter is."""

    def __init__(self, fn: Callable[..., Awaitable[T]]) -> None:
        self._fn = fn
        # The tasks that can be joined.
        self._tasks: dict[Arguments, asyncio.Task[T]] = {}
        # The number of waiters of each unfinished task; 0 while it is being cancelled.
        self._waiters: dict[asyncio.Task[T], int] = {}

    def __len__(self) -> int:
        """The number of unfinished tasks."""
        return len(self._waiters)

    def is_running(self, *arguments: Any) -> bool:
        """Whether a call of `do` with these arguments would join a task."""
        return arguments in self._tasks

    async def do(self, *arguments: Any) -> T:
        """The result of `fn(*arguments)`."""
        task = self._tasks.get(arguments) or self._start(arguments)
        self._waiters[task] += 1
        try:
            return await asyncio.shield(task)
        finally:
            self._leave(arguments, task)

    async def close(self) -> None:
        """Cancel all tasks and wait until they have ended."""
        tasks = list(self._waiters)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, arguments: Arguments) -> asyncio.Task[T]:
        task = asyncio.ensure_future(self._fn(*arguments))
        self._tasks[arguments] = task
        self._waiters[task] = 0
        task.add_done_callback(lambda done: self._finish(arguments, done))
        return task

    def _leave(self, arguments: Arguments, task: asyncio.Task[T]) -> None:
        if task.done():
            return
        self._waiters[task] -= 1
        if not self._waiters[task]:
            # A task that is being cancelled cannot be joined.
            self._tasks.pop(arguments, None)
            task.cancel()

    def _finish(self, arguments: Arguments, task: asyncio.Task[T]) -> None:
        del self._waiters[task]
        if self._tasks.get(arguments) is task:
            del self._tasks[arguments]
        if not task.cancelled():
            # Retrieved here, so that asyncio does not log it if every waiter has been cancelled.
            task.exception()
