"""A task with several waiters, which runs for the clients of all of them."""

import asyncio
from collections.abc import Awaitable
from typing import Generic, TypeVar

from gateway.telemetry.clients import Clients, current_clients, running_for

T = TypeVar("T")


class SharedTask(Generic[T]):
    """A task that continues if a waiter is cancelled."""

    def __init__(self, awaitable: Awaitable[T]) -> None:
        self._clients = Clients()
        with running_for(self._clients):
            self.task = asyncio.ensure_future(awaitable)

    async def wait(self) -> T:
        """The result of the task."""
        current_clients().follow(self._clients.add)
        return await asyncio.shield(self.task)
