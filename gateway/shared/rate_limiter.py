"""Budgets that all processes spend from together; while Redis is away, each has its share of them."""

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
    """What a budget needs of `limits`' strategies."""

    async def hit(self, item: RateLimitItem, *identifiers: str) -> bool:
        """Count one more, if there is room for it."""

    async def get_window_stats(self, item: RateLimitItem, *identifiers: str) -> WindowStats:
        """How much room there is, and when there will be more."""


def rate_limiter(redis_link: RedisLink, replicas: int, *, clock: Callable[[], float] = time.time) -> Limiter:
    """Counts in Redis if there is one, else in this process. `replicas` is how many processes there are."""
    own = MovingWindowRateLimiter(MemoryStorage())
    return _SharedWindow(redis_link, own, replicas, clock) if redis_link.configured else own


class _SharedWindow:
    """A process that is alone keeps to its share, and goes on doing so for a minute: Redis has not counted meanwhile.

    In the minute before it was left alone others may have used up what is its share now: then, and only then, more
    is sent than the budget, at most twice as much.
    """

    def __init__(
        self, redis_link: RedisLink, own: MovingWindowRateLimiter, replicas: int, clock: Callable[[], float]
    ) -> None:
        options: dict[str, Any] = {"key_prefix": f"{PREFIX}:budget", "connection_pool": redis_link.pool}
        storage = RedisStorage("async+redis://", implementation="redispy", **options)
        self._common = MovingWindowRateLimiter(storage)
        self._redis_link = redis_link
        self._own = own
        self._replicas = replicas
        self._clock = clock
        self._reconnected_at = 0.0
        redis_link.on_reconnect(self._on_reconnect)

    async def hit(self, item: RateLimitItem, *names: str) -> bool:
        share = self._share(item)
        if self._limited_to_share and not await self._own.test(share, *names):
            return False
        try:
            paid = await self._redis_link.run(lambda _: self._common.hit(item, *names))
        except RedisUnavailable:
            return await self._own.hit(share, *names)
        if paid:
            await self._own.hit(share, *names)
        return paid

    async def get_window_stats(self, item: RateLimitItem, *names: str) -> WindowStats:
        share = await self._own.get_window_stats(self._share(item), *names)
        try:
            common = await self._redis_link.run(lambda _: self._common.get_window_stats(item, *names))
        except RedisUnavailable:
            return share
        return min(common, share, key=lambda stats: stats.remaining) if self._limited_to_share else common

    async def _on_reconnect(self, _: Redis) -> None:
        # Whether or not anything was sent meanwhile: what Redis had counted before may be gone.
        if self._redis_link.disconnects:
            self._reconnected_at = self._clock()

    @property
    def _limited_to_share(self) -> bool:
        return self._clock() - self._reconnected_at < MINUTE_S

    def _share(self, item: RateLimitItem) -> RateLimitItem:
        if item.amount >= self._replicas:
            return RateLimitItemPerMinute(item.amount // self._replicas)
        return RateLimitItemPerMinute(1, ceil(self._replicas / item.amount))
