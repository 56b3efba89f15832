"""Single flight: concurrent calls for the same thing share one execution."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

from .shared_task import SharedTask

T = TypeVar("T")

Arguments = tuple[Any, ...]


class SingleFlight(Generic[T]):
    """Concurrent calls of `fn` with equal arguments share one task."""

    def __init__(self, fn: Callable[..., Awaitable[T]], *, outlives_waiters: bool = False) -> None:
        """A task is cancelled when its last waiter is, unless it `outlives_waiters`: later calls join it then."""
        self._fn = fn
        self._outlives_waiters = outlives_waiters
        # The tasks that can be joined.
        self._tasks: dict[Arguments, SharedTask[T]] = {}
        # The number of waiters of each unfinished task; 0 once all have left.
        self._waiters: dict[SharedTask[T], int] = {}

    def __len__(self) -> int:
        """The number of unfinished tasks."""
        return len(self._waiters)

    def is_running(self, *arguments: Any) -> bool:
        """Whether a call of `do` with these arguments would join a task."""
        return arguments in self._tasks

    async def do(self, *arguments: Any) -> T:
        """The result of `fn(*arguments)`."""
        shared = self._tasks.get(arguments) or self._start(arguments)
        self._waiters[shared] += 1
        try:
            return await shared.wait()
        finally:
            self._leave(arguments, shared)

    async def close(self) -> None:
        """Cancel all tasks and wait until they have ended."""
        tasks = [shared.task for shared in self._waiters]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, arguments: Arguments) -> SharedTask[T]:
        shared = SharedTask(self._fn(*arguments))
        self._tasks[arguments] = shared
        self._waiters[shared] = 0
        shared.task.add_done_callback(lambda _: self._finish(arguments, shared))
        return shared

    def _leave(self, arguments: Arguments, shared: SharedTask[T]) -> None:
        if shared.task.done():
            return
        self._waiters[shared] -= 1
        if not self._waiters[shared] and not self._outlives_waiters:
            # A task that is being cancelled cannot be joined.
            self._tasks.pop(arguments, None)
            shared.task.cancel()

    def _finish(self, arguments: Arguments, shared: SharedTask[T]) -> None:
        del self._waiters[shared]
        if self._tasks.get(arguments) is shared:
            del self._tasks[arguments]
        if not shared.task.cancelled():
            # Retrieved here, so that asyncio does not log it if every waiter has been cancelled.
            shared.task.exception()
