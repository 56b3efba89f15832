"""A sign of life for people who wait: seconds on standard error, on a line that vanishes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import TextIO

CLEAR_LINE = "\r\x1b[K"


@asynccontextmanager
async def progress(
    stream: TextIO, *, shown: bool, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
) -> AsyncIterator[None]:
    """Around work that may be long: nothing for a second, then how long it has taken. Only for a terminal."""
    if not shown or not stream.isatty():
        yield
        return
    telling = asyncio.create_task(_tell(stream, sleep))
    try:
        yield
    finally:
        telling.cancel()
        await asyncio.wait([telling])


async def _tell(stream: TextIO, sleep: Callable[[float], Awaitable[object]]) -> None:
    await sleep(1)
    try:
        for seconds in count(1):
            stream.write(f"{CLEAR_LINE}asking for {seconds} s")
            stream.flush()
            await sleep(1)
    finally:
        stream.write(CLEAR_LINE)
        stream.flush()
