"""A check of the Redis in the settings, for `doctor`."""

from collections.abc import Iterable, Iterator, Mapping
from math import ceil
from typing import Any

from redis.asyncio import Redis

from .redis_link import FAILURES, connection_pool
from .restrictions import stored_restrictions

# Of `maxmemory-policy`: these evict only keys with an expiry.
SAFE_POLICIES = "volatile-"


async def examine_redis(url: str, budgets: Iterable[str]) -> list[str]:
    """The findings, one sentence each: an unreachable Redis, evicted keys that must stay, and limits on the budgets."""
    pool = connection_pool(url)
    try:
        redis = Redis(connection_pool=pool)
        memory = await redis.info("memory")
        restrictions = await stored_restrictions(redis, budgets)
    except FAILURES as exc:
        # Without the URL, which can contain a password.
        return [f"Redis does not respond ({str(exc) or type(exc).__name__}). Check GATEWAY_REDIS_URL and the network."]
    finally:
        await pool.disconnect()
    return [*_eviction(memory), *(_restriction(*each) for each in restrictions)]


def _eviction(memory: Mapping[str, Any]) -> Iterator[str]:
    policy = str(memory.get("maxmemory_policy", ""))
    if memory.get("maxmemory") and not policy.startswith(SAFE_POLICIES):
        yield f"`maxmemory-policy` is {policy}: set it to volatile-lru, as keys without an expiry must not be evicted"


def _restriction(budget: str, per_minute: int, seconds: float) -> str:
    state = f"lowered to {per_minute} requests a minute" if per_minute else "paused"
    return f"the budget for {budget} is {state} for {ceil(seconds)} s, after a 429 to a gateway with this Redis"
