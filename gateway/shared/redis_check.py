"""A check of the Redis in the settings, for `doctor`."""

from redis.asyncio import Redis

from .redis_link import FAILURES, connection_pool

# Of `maxmemory-policy`: these evict only keys with an expiry.
SAFE_POLICIES = "volatile-"


async def examine_redis(url: str) -> list[str]:
    """The findings, one sentence each: Redis is unreachable, or may evict keys that must stay."""
    pool = connection_pool(url)
    try:
        memory = await Redis(connection_pool=pool).info("memory")
    except FAILURES as exc:
        # Without the URL, which can contain a password.
        return [f"Redis does not respond ({str(exc) or type(exc).__name__}). Check GATEWAY_REDIS_URL and the network."]
    finally:
        await pool.disconnect()
    policy = str(memory.get("maxmemory_policy", ""))
    if memory.get("maxmemory") and not policy.startswith(SAFE_POLICIES):
        return [
            f"`maxmemory-policy` is {policy}: set it to volatile-lru, as keys without an expiry must not be evicted"
        ]
    return []
