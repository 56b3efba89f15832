"""The state of an httpx client's connection pool."""

import asyncio
from typing import Any

import httpx


def pool_of(http: httpx.AsyncClient) -> Any:
    """The httpcore pool, which is not accessible publicly."""
    return http._transport._pool  # type: ignore[attr-defined]  # noqa: SLF001


async def idle(pool: Any) -> None:
    """Return once no request is queued and every connection is idle. The pool has no event for it."""
    async with asyncio.timeout(5):
        while pool._requests or not all(connection.is_idle() for connection in pool.connections):  # noqa: ASYNC110, SLF001
            await asyncio.sleep(0.01)
