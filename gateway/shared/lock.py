"""A distributed lock in Redis that expires soon after its owner dies."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from secrets import token_hex

from redis.asyncio import Redis

from .redis_content import PREFIX
from .redis_link import RedisLink, RedisUnavailable

# The interval between two attempts.
RETRY_S = 0.02
# Replaces a key that no owner's lock can have: of another type, or with a lifetime that none gives it.
ACQUIRE = """
local left = redis.call('PTTL', KEYS[1])
if left >= 0 and left <= tonumber(ARGV[2]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
DELETE_IF = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"


@asynccontextmanager
async def exclusive_lock(redis_link: RedisLink, name: str, *, for_s: float) -> AsyncIterator[None]:
    """Acquire the lock `name`; without Redis, the block runs unlocked.

    Waits without a timeout: callers set their own. The lock of a dead owner expires after `for_s`.
    """
    if not redis_link.connected:
        yield
        return
    key, token = f"{PREFIX}:lock:{name}", token_hex(8)
    try:
        with suppress(RedisUnavailable):
            while not await redis_link.run(lambda redis: _acquire(redis, key, token, for_s)):  # noqa: ASYNC110 - Redis has no event for a released key
                await asyncio.sleep(RETRY_S)
        yield
    finally:
        # Release it after a cancellation too, and if the reply to `SET` was lost.
        await asyncio.shield(redis_link.spawn(redis_link.run(lambda redis: delete_if(redis, key, token))))


async def _acquire(redis: Redis, key: str, token: str, for_s: float) -> bool:
    return bool(await redis.eval(ACQUIRE, 1, key, token, max(1, int(for_s * 1000))))  # type: ignore[misc]  # as below


async def delete_if(redis: Redis, key: str, value: bytes | str) -> None:
    """Delete the key if it has this value."""
    await redis.eval(DELETE_IF, 1, key, value)  # type: ignore[misc]  # redis-py's types cover its sync client as well
