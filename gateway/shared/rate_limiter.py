"""Request budgets shared by all processes; while Redis is unavailable, each process uses its share of them."""

import time
from collections.abc import Callable
from math import ceil
from typing import Any, Protocol

from limits import RateLimitItem, RateLimitItemPerMinute, WindowStats
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.asyncio import Redis

from .redis_link import PREFIX, RedisLink, RedisUnavailable

MINUTE_S = 60.0


class Limiter(Protocol):
    """The part of `limits`' strategies that a budget uses."""

    async def hit(self, item: RateLimitItem, *identifiers: str) -> bool:
        """Count one request, if the window has room for it."""

    async def get_window_stats(self, item: RateLimitItem, *identifiers: str) -> WindowStats:
        """The requests that remain, and the time when the window resets."""


def shared_limiter(redis_link: RedisLink, processes: int, *, clock: Callable[[], float] = time.time) -> Limiter:
    """A limiter that counts in Redis if configured, else in memory. `processes` share the budgets."""
    local = MovingWindowRateLimiter(MemoryStorage())
    return _SharedLimiter(redis_link, local, processes=processes, clock=clock) if redis_link.configured else local


class _SharedLimiter:
    """Counts in Redis, and in memory against this process's share.

    The share is the limit while Redis is unavailable, and for a minute after a reconnection, because Redis has not
    counted the requests sent meanwhile. In the minute of a disconnection, all processes together can send up to twice
    the budget: the part counted in Redis before, and their shares after it.
    """

    def __init__(
        self, redis_link: RedisLink, local: MovingWindowRateLimiter, *, processes: int, clock: Callable[[], float]
    ) -> None:
        options: dict[str, Any] = {"key_prefix": f"{PREFIX}:budget", "connection_pool": redis_link.pool}
        storage = RedisStorage("async+redis://", implementation="redispy", **options)
        self._shared = MovingWindowRateLimiter(storage)
        self._redis_link = redis_link
        self._local = local
        self._processes = processes
        self._clock = clock
        self._reconnected_at = 0.0
        redis_link.on_reconnect(self._on_reconnect)

    async def hit(self, item: RateLimitItem, *names: str) -> bool:
        share = self._share(item)
        if self._limited_to_share and not await self._local.test(share, *names):
            return False
        try:
            counted = await self._redis_link.run(lambda _: self._shared.hit(item, *names))
        except RedisUnavailable:
            return await self._local.hit(share, *names)
        if counted:
            await self._local.hit(share, *names)
        return counted

    async def get_window_stats(self, item: RateLimitItem, *names: str) -> WindowStats:
        local = await self._local.get_window_stats(self._share(item), *names)
        try:
            shared = await self._redis_link.run(lambda _: self._shared.get_window_stats(item, *names))
        except RedisUnavailable:
            return local
        return min(shared, local, key=lambda stats: stats.remaining) if self._limited_to_share else shared

    async def _on_reconnect(self, _: Redis) -> None:
        # Even if nothing was sent meanwhile: Redis may have lost its counts. Not on the first connection.
        if self._redis_link.disconnects:
            self._reconnected_at = self._clock()

    @property
    def _limited_to_share(self) -> bool:
        return self._clock() - self._reconnected_at < MINUTE_S

    def _share(self, item: RateLimitItem) -> RateLimitItem:
        if item.amount >= self._processes:
            return RateLimitItemPerMinute(item.amount // self._processes)
        return RateLimitItemPerMinute(1, ceil(self._processes / item.amount))
