"""Counts of the requests in the last minute, shared through Redis; without Redis, each process uses its share."""

import math
import time
from collections.abc import Callable
from itertools import count
from secrets import token_hex
from typing import Any

from redis.asyncio import Redis

from .local_window import MARGIN_S, MINUTE_S, WINDOW_S, LocalWindow
from .redis_link import PREFIX, RedisLink, RedisUnavailable

WINDOW_MS = int(WINDOW_S * 1000)
# A start begins with this part of a budget: the process before it may have used the rest.
START_SHARE = 4
# Background refreshes leave this part of a budget unused.
RESERVED_SHARE = 4
# A request's score is the time at which it leaves the window, by Redis' clock. The marker has the time at which the
# requests of a start leave it; if it is missing, Redis has lost its data, and now is a start. Arguments: the window in
# milliseconds, the requests of a start, the limit, and the request to add, or an empty string.
COUNT = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local window, limit, request = tonumber(ARGV[1]), tonumber(ARGV[3]), ARGV[4]
local last = now + window
local started = tonumber(redis.call('GET', KEYS[2]) or '')
if not started or started > last then
  started = last
  redis.call('SET', KEYS[2], string.format('%.0f', last))
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
-- Redis' clock was set back
for _, other in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. string.format('%.0f', last), '+inf')) do
  redis.call('ZADD', KEYS[1], last, other)
end
local sent, used_at_start, wait = redis.call('ZCARD', KEYS[1]), 0, 0
if started > now then used_at_start = tonumber(ARGV[2]) end
local surplus = sent + used_at_start - limit
if surplus >= used_at_start then
  local rank = surplus - used_at_start
  wait = redis.call('ZRANGE', KEYS[1], rank, rank, 'WITHSCORES')[2] - now
elseif surplus >= 0 then
  wait = started - now
elseif request ~= '' then
  redis.call('ZADD', KEYS[1], last, request)
  sent = sent + 1
end
redis.call('PEXPIRE', KEYS[1], window)
return {sent, used_at_start, wait}
"""
# A request that ends leaves the window a whole window later.
END = """
local time = redis.call('TIME')
redis.call('ZADD', KEYS[1], time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[1])
"""


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
        self._keys = f"{PREFIX}:budget:{name}", started_key(name)
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

    async def wait_s(self, limit: int, *, background: bool = False) -> float:
        """The time until another request may be sent; 0 if it may be sent now. Some are reserved for interactive ones.

        Reserves a quarter of the limit, or of this process's share.
        """
        share, window_s = self._share(limit)
        local_s = self._local.wait_s(_unreserved(share) if background else share, window_s)
        try:
            *_, shared_s = await self._count(_unreserved(limit) if background else limit)
        except RedisUnavailable:
            return local_s
        return max(shared_s, local_s) if self._limited_to_share else shared_s

    async def start(self, limit: int) -> str | None:
        """Count a request that is about to be sent, and return its name for `end`; None if there is no room."""
        name = f"{self._process_id}:{next(self._numbers)}"
        if self._limited_to_share and self._local.wait_s(*self._share(limit)) > 0:
            return None
        try:
            *_, wait_s = await self._count(limit, name)
        except RedisUnavailable:
            wait_s = self._local.wait_s(*self._share(limit))
        if wait_s > 0:
            return None
        self._local.start()
        return name

    def end(self, name: str) -> None:
        """The end of a request."""
        self._local.end()
        if self._redis_link.connected:
            _ = self._redis_link.spawn(self._redis_link.run(lambda redis: self._end(redis, name)))

    async def _count(self, limit: int, request: str = "") -> tuple[int, int, float]:
        """Requests sent, requests of a start, and the time until there is room; adds the request if there is."""
        arguments = (*self._keys, WINDOW_MS, self._used_at_start, limit, request)
        run: Any = self._redis_link.run  # redis-py's types cover its sync client as well
        self._shared_count, used_at_start, wait_ms = await run(lambda redis: redis.eval(COUNT, 2, *arguments))
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


def _unreserved(limit: int) -> int:
    return limit - limit // RESERVED_SHARE
