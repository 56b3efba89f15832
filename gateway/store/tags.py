"""Invalidation by tag: each tag has a generation, and entries of an older generation are invalid."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import islice
from math import ceil
from typing import NamedTuple
from urllib.parse import quote

from redis.asyncio import Redis

from gateway.shared.redis_content import PREFIX
from gateway.shared.redis_link import RedisLink, RedisUnavailable

REDIS_KEY = f"{PREFIX}:generations"
# The time of each tag's last bump, by Redis' clock: the clocks of the processes may differ, or be stepped.
BUMPED_KEY = f"{PREFIX}:generations:bumped"
SUBJECT = "bumped"
# About 25 MB. With the default budgets, a day has at most half of it.
MAX_TAGS = 100_000
# Redis stores generations as floats, which are exact up to 2^53; higher ones are not the gateway's.
MAX_GENERATION = 2**52
# Arguments: the lifetime in seconds, a channel and a message, then generations and tags.
BUMP = f"""
local now = tonumber(redis.call('TIME')[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '({MAX_GENERATION}', '+inf')
for i = 4, #ARGV, 2 do
  redis.call('ZADD', KEYS[1], 'GT', ARGV[i], ARGV[i + 1])
  redis.call('ZADD', KEYS[2], now, ARGV[i + 1])
end
for _, tag in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[1])) do
  redis.call('ZREM', KEYS[1], tag)
  redis.call('ZREM', KEYS[2], tag)
end
redis.call('PUBLISH', ARGV[2], ARGV[3])
"""


# For edge caches: the only tag of a response with many. Every purge includes it.
MANY_TAGS = "many"


class Validity(NamedTuple):
    """Data are valid until `until` (monotonic time), and while their tags have these generations."""

    until: float
    generations: tuple[tuple[str, int], ...]


def purge_tags(tags: Iterable[str]) -> list[str]:
    """The tags as edge caches read them, sorted: `user:2:OSU` is `user-2-osu`.

    They have no comma and no space, which separate tags in headers, and no upper case, which some caches ignore.
    """
    return sorted({quote(tag.replace(":", "-"), safe="").lower() for tag in tags if tag})


class Generations:
    """The current generation of each tag: a number that each bump increases; 0 before the first.

    It is the time in milliseconds since 1970, so that the numbers of separate processes are in order too, unless the
    clock is set back. A generation is dropped after `lifetime_s`, which must be at least the lifetime of any entry:
    otherwise an invalidated entry would become valid again. Above `MAX_TAGS`, the oldest ones are dropped earlier, and
    all tags get the newest of their generations: this invalidates more than necessary, but nothing less.
    """

    def __init__(
        self,
        lifetime_s: float,
        *,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.lifetime_s = lifetime_s
        self._clock = clock
        self._monotonic = monotonic
        self._highest = 0
        # The generation of all tags that have no higher one.
        self._lowest = 0
        self._current: dict[str, int] = {}
        # In the order of the last bump, by monotonic time.
        self._bumped_at: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._current)

    def of(self, tag: str) -> int:
        """The tag's current generation."""
        return self._current.get(tag, self._lowest)

    def all(self) -> Iterable[tuple[str, int]]:
        """All tags with a generation above 0."""
        return self._current.items()

    def are_current(self, generations: tuple[tuple[str, int], ...]) -> bool:
        """Whether no tag has been bumped since."""
        for tag, generation in generations:  # noqa: SIM110 - `all` takes twice the time, on the path of response-cache hits
            if self._current.get(tag, self._lowest) > generation:
                return False
        return True

    def bump(self, tag: str) -> int:
        """Invalidate everything fetched before now; returns the new generation."""
        self.observe(tag, max(self._highest + 1, int(self._clock() * 1000)))
        return self.of(tag)

    def observe(self, tag: str, generation: int) -> None:
        """Apply a bump of another process."""
        if not self.of(tag) < generation <= MAX_GENERATION:
            return
        self._highest = max(self._highest, generation)
        self._current[tag] = generation
        self._bumped_at.pop(tag, None)
        self._bumped_at[tag] = self._monotonic()
        self._drop_expired()

    def _drop_expired(self) -> None:
        oldest = self._monotonic() - self.lifetime_s
        while (first := next(iter(self._bumped_at), None)) and self._bumped_at[first] < oldest:
            self._drop(first)
        if len(self._current) > MAX_TAGS:
            # Many at once, because each time invalidates all entries with other tags.
            for tag in list(islice(self._bumped_at, MAX_TAGS // 4)):
                self._lowest = max(self._lowest, self._drop(tag))

    def _drop(self, tag: str) -> int:
        del self._bumped_at[tag]
        return self._current.pop(tag)


class Invalidations:
    """Invalidation of tags in all processes, through Redis."""

    def __init__(
        self,
        generations: Generations,
        redis_link: RedisLink,
        *,
        on_invalidate: Callable[[Iterable[str]], None] | None = None,
    ) -> None:
        """`on_invalidate` is called with tags that are invalid in all processes, in one of them: it purges caches."""
        self._generations = generations
        self._redis_link = redis_link
        self._on_invalidate = on_invalidate or (lambda _: None)
        self._was_connected = False
        redis_link.subscribe(SUBJECT, dict[str, int], self._receive)
        redis_link.on_reconnect(self._synchronize)

    async def invalidate(self, *tags: str) -> None:
        """Bump the tags: in this process at once, in the others by the time this returns, if Redis is available."""
        generations = {tag: self._generations.bump(tag) for tag in tags}
        try:
            with suppress(RedisUnavailable):
                await self._redis_link.run(lambda redis: self._publish(redis, generations))
        finally:
            self._on_invalidate(tags)

    async def _publish(self, redis: Redis, generations: dict[str, int]) -> None:
        lifetime_s, message = ceil(self._generations.lifetime_s), self._redis_link.message(SUBJECT, generations)
        pairs = [part for tag, generation in generations.items() for part in (generation, tag)]
        await redis.eval(BUMP, 2, REDIS_KEY, BUMPED_KEY, lifetime_s, *message, *pairs)  # type: ignore[misc]  # redis-py's types cover its sync client as well

    async def _synchronize(self, redis: Redis) -> None:
        stored = await redis.zrange(REDIS_KEY, 0, -1, withscores=True)
        known = {
            tag.decode(errors="replace"): int(generation)
            for tag, generation in stored
            if 0 < generation <= MAX_GENERATION
        }
        # During an outage, processes serve data that others have invalidated, and edge caches may have stored it.
        late = [tag for tag, number in known.items() if self._was_connected and number > self._generations.of(tag)]
        self._receive(known)
        # Repeated, because tags may be bumped here during the publication.
        while missing := {tag: number for tag, number in self._generations.all() if number > known.get(tag, 0)}:
            await self._publish(redis, missing)
            known |= missing
            late += missing
        self._on_invalidate(late)
        self._was_connected = True

    def _receive(self, generations: dict[str, int]) -> None:
        for tag, generation in sorted(generations.items(), key=lambda item: item[1]):
            self._generations.observe(tag, generation)
