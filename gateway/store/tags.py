"""Invalidation by tag: each tag has a generation, and entries of an older generation are invalid."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import NamedTuple

from redis.asyncio import Redis

from gateway.shared.redis_link import PREFIX, RedisLink, RedisUnavailable

REDIS_KEY = f"{PREFIX}:generations"
SUBJECT = "bumped"


class Validity(NamedTuple):
    """Data are valid until `until` (seconds since 1970), and while their tags have these generations."""

    until: float
    generations: tuple[tuple[str, int], ...]


class Generations:
    """The current generation of each tag: the time of its last invalidation in milliseconds since 1970, or 0.

    Each bump returns a higher number than all before it. A generation is dropped after `lifetime_s`, which must be at
    least the lifetime of any entry: otherwise an invalidated entry would become valid again.
    """

    def __init__(self, lifetime_s: float, *, clock: Callable[[], float] = time.time) -> None:
        self._lifetime_ms = int(lifetime_s * 1000)
        self._clock = clock
        self._highest = 0
        # In the order of the last bump.
        self._current: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._current)

    @property
    def oldest(self) -> int:
        """The oldest generation that is not expired."""
        return int(self._clock() * 1000) - self._lifetime_ms

    def of(self, tag: str) -> int:
        """The tag's current generation."""
        return self._current.get(tag, 0)

    def all(self) -> Iterable[tuple[str, int]]:
        """All tags with a generation above 0."""
        return self._current.items()

    def are_current(self, generations: tuple[tuple[str, int], ...]) -> bool:
        """Whether no tag has been bumped since."""
        for tag, generation in generations:  # noqa: SIM110 - `all` takes twice the time, on the path of response-cache hits
            if self._current.get(tag, 0) > generation:
                return False
        return True

    def bump(self, tag: str) -> int:
        """Invalidate everything fetched before now; returns the new generation."""
        self.observe(tag, max(self._highest + 1, int(self._clock() * 1000)))
        return self.of(tag)

    def observe(self, tag: str, generation: int) -> None:
        """Apply a bump of another process."""
        if generation <= self.of(tag):
            return
        self._highest = max(self._highest, generation)
        self._current.pop(tag, None)
        self._current[tag] = generation
        self._drop_expired()

    def _drop_expired(self) -> None:
        while (first := next(iter(self._current), None)) and self._current[first] < self.oldest:
            del self._current[first]


class Invalidations:
    """Invalidation of tags in all processes, through Redis."""

    def __init__(self, generations: Generations, redis_link: RedisLink) -> None:
        self._generations = generations
        self._redis_link = redis_link
        redis_link.subscribe(SUBJECT, dict[str, int], self._receive)
        redis_link.on_reconnect(self._synchronize)

    async def invalidate(self, *tags: str) -> None:
        """Bump the tags: in this process at once, in the others by the time this returns, if Redis is available."""
        generations = {tag: self._generations.bump(tag) for tag in tags}
        with suppress(RedisUnavailable):
            await self._redis_link.run(lambda redis: self._publish(redis, generations))

    async def _publish(self, redis: Redis, generations: dict[str, int]) -> None:
        async with redis.pipeline(transaction=True) as pipeline:
            pipeline.zadd(REDIS_KEY, generations, gt=True)
            pipeline.zremrangebyscore(REDIS_KEY, "-inf", self._generations.oldest)
            pipeline.publish(*self._redis_link.message(SUBJECT, generations))
            await pipeline.execute()

    async def _synchronize(self, redis: Redis) -> None:
        stored = await redis.zrange(REDIS_KEY, 0, -1, withscores=True)
        known = {tag.decode(errors="replace"): int(generation) for tag, generation in stored}
        self._receive(known)
        # Repeated, because tags may be bumped here during the publication.
        while missing := {tag: number for tag, number in self._generations.all() if number > known.get(tag, 0)}:
            await self._publish(redis, missing)
            known |= missing

    def _receive(self, generations: dict[str, int]) -> None:
        for tag, generation in sorted(generations.items(), key=lambda item: item[1]):
            self._generations.observe(tag, generation)
