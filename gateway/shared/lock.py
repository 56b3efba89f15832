"""One process at a time: a lock in Redis that outlives its holder for a moment only."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from secrets import token_hex

from redis.asyncio import Redis

from .redis_link import PREFIX, RedisLink, RedisUnavailable

# Between two tries.
RETRY_S = 0.02
DELETE_IF = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"


@asynccontextmanager
async def exclusive_lock(redis_link: RedisLink, name: str, *, for_s: float) -> AsyncIterator[None]:
    """Hold the lock `name`, or nothing while Redis is away.

    Waits without an end, which is the caller's affair: but a holder that dies keeps others waiting `for_s` at most.
    """
    if not redis_link.connected:
        yield
        return
    key, token = f"{PREFIX}:lock:{name}", token_hex(8)
    try:
        with suppress(RedisUnavailable):
            while not await redis_link.run(lambda redis: redis.set(key, token, nx=True, px=int(for_s * 1000))):  # noqa: ASYNC110 - Redis tells nobody
                await asyncio.sleep(RETRY_S)
        yield
    finally:
        # Let go even when cancelled, and when nothing was heard of the taking: others wait.
        await asyncio.shield(redis_link.spawn(redis_link.run(lambda redis: delete_if(redis, key, token))))


async def delete_if(redis: Redis, key: str, value: bytes | str) -> None:
    """Delete the key if that is its value."""
    await redis.eval(DELETE_IF, 1, key, value)  # type: ignore[misc]  # redis-py's types are of both its clients
