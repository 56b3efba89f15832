"""What an update has made old: a number for each tag, raised when what was known under it no longer counts."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import NamedTuple

from redis.asyncio import Redis

from gateway.shared.redis_link import PREFIX, RedisLink, RedisUnavailable

KEY = f"{PREFIX}:generations"
SUBJECT = "raised"


class Validity(NamedTuple):
    """How long what is made of things remembered holds: `until` (seconds since 1970), or until a tag is raised."""

    until: float
    generations: tuple[tuple[str, int], ...]


class Generations:
    """Starts at 0 for every tag; a later number is a higher one, whatever the tag: milliseconds since 1970, about.

    What was asked for under a lower number than its tag has now does not count any more. A tag's number is forgotten
    after `memory_s`, which must be as long as anything is remembered: else what it made old would count again.
    """

    def __init__(self, memory_s: float, *, clock: Callable[[], float] = time.time) -> None:
        self._memory_ms = int(memory_s * 1000)
        self._clock = clock
        self._highest = 0
        # The longest unraised first.
        self._current: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._current)

    @property
    def oldest(self) -> int:
        """Numbers below this one may be forgotten."""
        return int(self._clock() * 1000) - self._memory_ms

    def of(self, tag: str) -> int:
        """The tag's number now."""
        return self._current.get(tag, 0)

    def all(self) -> Iterable[tuple[str, int]]:
        """Every tag that is not at 0."""
        return self._current.items()

    def are_current(self, numbers: tuple[tuple[str, int], ...]) -> bool:
        """Whether none of the tags has been raised above its number."""
        for tag, number in numbers:  # noqa: SIM110 - `all` takes twice the time, and remembered answers wait for it
            if self._current.get(tag, 0) > number:
                return False
        return True

    def bump(self, tag: str) -> int:
        """Whatever was asked for before this moment does not count any more; returns the new number."""
        self.observe(tag, max(self._highest + 1, int(self._clock() * 1000)))
        return self.of(tag)

    def observe(self, tag: str, number: int) -> None:
        """Another process has raised it to that number."""
        if number <= self.of(tag):
            return
        self._highest = max(self._highest, number)
        self._current.pop(tag, None)
        self._current[tag] = number
        self._forget_old()

    def _forget_old(self) -> None:
        while (first := next(iter(self._current), None)) and self._current[first] < self.oldest:
            del self._current[first]


class Invalidations:
    """Tells the others what is raised here, and learns what they raise."""

    def __init__(self, generations: Generations, redis_link: RedisLink) -> None:
        self._generations = generations
        self._redis_link = redis_link
        redis_link.subscribe(SUBJECT, dict[str, int], self._received)
        redis_link.on_reconnect(self._synchronize)

    async def invalidate(self, *tags: str) -> None:
        """Raise them everywhere. Here it is done at once; the others, if Redis is there, know when this returns."""
        numbers = {tag: self._generations.bump(tag) for tag in tags}
        with suppress(RedisUnavailable):
            await self._redis_link.run(lambda redis: self._publish(redis, numbers))

    async def _publish(self, redis: Redis, numbers: dict[str, int]) -> None:
        async with redis.pipeline(transaction=True) as pipeline:
            pipeline.zadd(KEY, numbers, gt=True)
            pipeline.zremrangebyscore(KEY, "-inf", self._generations.oldest)
            pipeline.publish(*self._redis_link.message(SUBJECT, numbers))
            await pipeline.execute()

    async def _synchronize(self, redis: Redis) -> None:
        found = await redis.zrange(KEY, 0, -1, withscores=True)
        known = {tag.decode(errors="replace"): int(number) for tag, number in found}
        self._received(known)
        # More may be raised here while the others are told.
        while unknown := {tag: number for tag, number in self._generations.all() if number > known.get(tag, 0)}:
            await self._publish(redis, unknown)
            known |= unknown

    def _received(self, numbers: dict[str, int]) -> None:
        for tag, number in sorted(numbers.items(), key=lambda item: item[1]):
            self._generations.observe(tag, number)
