"""Waiting for a condition, with a time limit."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def eventually(condition: Callable[[], bool | Awaitable[bool]], timeout_s: float = 10) -> None:
    """Return once the condition is true."""
    async with asyncio.timeout(timeout_s):
        while not (result if isinstance(result := condition(), bool) else await result):  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.02)


def wait_until(condition: Callable[[], bool], timeout_s: float = 60) -> None:
    """Return once the condition is true; for tests without an event loop."""
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
