"""Counts of the requests in the last minute, shared through Redis; without Redis, each process uses its share."""

import math
import time
from collections.abc import Callable
from itertools import count
from secrets import token_hex
from typing import Any

from redis.asyncio import Redis

from .claim import BURST_SHARE, RESERVED_SHARE, UNLIMITED, Claim
from .local_window import MARGIN_S, MINUTE_S, WINDOW_S, LocalWindow
from .redis_content import PREFIX
from .redis_link import RedisLink, RedisUnavailable
from .window_scripts import COUNT, END

WINDOW_MS = int(WINDOW_S * 1000)
# A start begins with this part of a budget: the process before it may have used the rest.
START_SHARE = 4


class RequestWindow:
    """The requests of one budget in the last minute, from all processes; without Redis, from this one.

    A request counts from its start until a minute and a margin after its end, because it reaches osu!track at an
    unknown time between both. This process's share of a limit applies while Redis is unavailable, and for a minute
    after a reconnection, because Redis has not counted the requests sent meanwhile. In the minute of a disconnection,
    all processes together can send up to twice the limit: the part counted in Redis before, and their shares after it.
    """

    def __init__(
        self,
        name: str,
        per_minute: int,
        redis_link: RedisLink,
        *,
        processes: int = 1,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begins with a quarter of the budget `per_minute`, in Redis only after a loss of its data."""
        key = f"{PREFIX}:budget:{name}"
        self._keys = key, started_key(name), f"{key}:last", f"{key}:waiting"
        self._redis_link = redis_link
        self._processes = processes
        self._monotonic = monotonic
        self._used_at_start = _used_at_start(per_minute)
        share, _ = self._share(per_minute)
        longest_s = MINUTE_S * processes + MARGIN_S
        self._local = LocalWindow(_used_at_start(share), longest_s=longest_s, monotonic=monotonic)
        self._shared_count = 0
        self._reconnected_at = -math.inf
        self._process_id = token_hex(8)
        self._numbers = count()
        redis_link.on_reconnect(self._on_reconnect)

    @property
    def request_count(self) -> int:
        """The number of requests in the last minute; with Redis, as of the last request of this process."""
        return self._shared_count if self._redis_link.connected else self._local.request_count() * self._processes

    async def remaining(self, limit: int) -> int:
        """The number of requests that may be sent now."""
        share, window_s = self._share(limit)
        local = max(share - self._local.request_count(window_s) - self._local.used_at_start(window_s), 0)
        try:
            sent, used_at_start, _ = await self._count(limit)
        except RedisUnavailable:
            return local
        shared = max(limit - sent - used_at_start, 0)
        return min(shared, local) if self._limited_to_share else shared

    async def wait_s(self, limit: int, claim: Claim = UNLIMITED) -> float:
        """The time until a request with this claim may be sent; 0 if it may be sent now."""
        share, window_s = self._share(limit)
        local_s = self._local.wait_s(share, window_s, claim)
        try:
            *_, shared_s = await self._count(limit, claim)
        except RedisUnavailable:
            return local_s
        return max(shared_s, local_s) if self._limited_to_share else shared_s

    async def start(self, limit: int, claim: Claim = UNLIMITED) -> str | None:
        """Count a request that is about to be sent, and return its name for `end`; None if there is no room."""
        name = f"{self._process_id}:{next(self._numbers)}"
        share, window_s = self._share(limit)
        if self._limited_to_share and self._local.wait_s(share, window_s, claim) > 0:
            return None
        try:
            *_, wait_s = await self._count(limit, claim, name)
        except RedisUnavailable:
            wait_s = self._local.wait_s(share, window_s, claim)
        if wait_s > 0:
            return None
        self._local.start()
        return name

    def end(self, name: str) -> None:
        """The end of a request."""
        self._local.end()
        if self._redis_link.connected:
            _ = self._redis_link.spawn(self._redis_link.run(lambda redis: self._end(redis, name)))

    async def _count(self, limit: int, claim: Claim = UNLIMITED, request: str = "") -> tuple[int, int, float]:
        """Requests sent, requests of a start, and the time until there is room; adds the request if there is."""
        # Without room in its own share, a process must not keep others from sending.
        waited_s = None if self._limited_to_share else claim.waited_s
        waited_ms = -1 if waited_s is None else int(waited_s * 1000)
        shares = RESERVED_SHARE * claim.keeps_reserve, BURST_SHARE * claim.paced
        counted = WINDOW_MS, self._used_at_start, limit
        arguments = (*self._keys, *counted, request, self._process_id, *shares, waited_ms)
        run: Any = self._redis_link.run  # redis-py's types cover its sync client as well
        count_ = await run(lambda redis: redis.eval(COUNT, len(self._keys), *arguments))
        self._shared_count, used_at_start, wait_ms = count_
        return self._shared_count, used_at_start, wait_ms / 1000

    async def _end(self, redis: Redis, name: str) -> None:
        await redis.eval(END, 1, self._keys[0], WINDOW_MS, name)  # type: ignore[misc]  # redis-py's types cover its sync client as well

    async def _on_reconnect(self, _: Redis) -> None:
        # Even if nothing was sent meanwhile: Redis may have lost its counts. Not on the first connection.
        if self._redis_link.disconnects:
            self._reconnected_at = self._monotonic()

    @property
    def _limited_to_share(self) -> bool:
        return self._monotonic() - self._reconnected_at < WINDOW_S

    def _share(self, limit: int) -> tuple[int, float]:
        """This process's share of a limit, and its window: longer than a minute if there are fewer requests."""
        if limit >= self._processes or limit == 0:
            return limit // self._processes, WINDOW_S
        return 1, MINUTE_S * math.ceil(self._processes / limit) + MARGIN_S


def started_key(budget: str) -> str:
    """The key of the marker that a Redis without its data lacks."""
    return f"{PREFIX}:budget:{budget}:started"


def _used_at_start(limit: int) -> int:
    return limit - max(1, limit // START_SHARE) if limit else 0
