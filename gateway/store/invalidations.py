"""Generations that all processes agree on: what one of them has made old is old for every other.

Redis keeps the highest number of each tag, and messages tell it at once. Who was away, or alone, catches up.
"""

from contextlib import suppress

from redis.asyncio import Redis

from gateway.shared.redis_link import PREFIX, Away, Commons

from .generations import Generations

KEY = f"{PREFIX}:generations"
SUBJECT = "raised"


class Invalidations:
    """Tells the others what is raised here, and learns what they raise."""

    def __init__(self, generations: Generations, commons: Commons) -> None:
        self._generations = generations
        self._commons = commons
        commons.receive(SUBJECT, dict[str, int], self._heard)
        commons.on_return(self._caught_up)

    async def spread(self, *tags: str) -> None:
        """Raise them everywhere. Here it is done at once; the others, if Redis is there, know when this returns."""
        numbers = {tag: self._generations.raise_(tag) for tag in tags}
        with suppress(Away):
            await self._commons.ask(lambda redis: self._tell(redis, numbers))

    async def _tell(self, redis: Redis, numbers: dict[str, int]) -> None:
        async with redis.pipeline(transaction=True) as pipeline:
            pipeline.zadd(KEY, numbers, gt=True)
            pipeline.zremrangebyscore(KEY, "-inf", self._generations.oldest)
            pipeline.publish(*self._commons.message(SUBJECT, numbers))
            await pipeline.execute()

    async def _caught_up(self, redis: Redis) -> None:
        found = await redis.zrange(KEY, 0, -1, withscores=True)
        known = {tag.decode(errors="replace"): int(number) for tag, number in found}
        self._heard(known)
        # More may be raised here while the others are told.
        while unknown := {tag: number for tag, number in self._generations.all() if number > known.get(tag, 0)}:
            await self._tell(redis, unknown)
            known |= unknown

    def _heard(self, numbers: dict[str, int]) -> None:
        for tag, number in sorted(numbers.items(), key=lambda item: item[1]):
            self._generations.learn(tag, number)
