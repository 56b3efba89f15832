"""Documents that clients have registered with any process, in Redis: whichever they ask next knows them too."""

import time
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256

from redis.asyncio import Redis

from gateway.shared.redis_link import PREFIX, Away, Commons

INDEX = f"{PREFIX}:documents"
# The most there are, and the longest: 16 MB in all.
MAX_DOCUMENTS = 1000
MAX_BYTES = 16 * 2**10
LIFE_S = 24 * 3600


class SharedDocuments:
    """By digest. The ones registered last stay, for a day; long ones are not taken, and none while Redis is away."""

    def __init__(self, commons: Commons, *, clock: Callable[[], float] = time.time) -> None:
        self._commons = commons
        self._clock = clock

    async def find(self, digest: str) -> str | None:
        """The document, if any process has been sent it."""
        try:
            found = await self._commons.ask(lambda redis: redis.get(_key(digest)))
        except Away:
            return None
        # Whoever can write to Redis has no say in what is executed.
        return found.decode("utf-8", "surrogatepass") if found and sha256(found).hexdigest() == digest else None

    async def keep(self, digest: str, text: str) -> None:
        """Let every process have it."""
        document = text.encode("utf-8", "surrogatepass")
        if len(document) <= MAX_BYTES:
            with suppress(Away):
                await self._commons.ask(lambda redis: self._kept(redis, digest, document))

    async def _kept(self, redis: Redis, digest: str, document: bytes) -> None:
        async with redis.pipeline(transaction=True) as pipeline:
            pipeline.set(_key(digest), document, ex=LIFE_S)
            pipeline.zadd(INDEX, {digest: self._clock()})
            pipeline.zrange(INDEX, 0, -MAX_DOCUMENTS - 1)
            *_, surplus = await pipeline.execute()
        for old in surplus:
            await redis.delete(_key(old.decode()))
            await redis.zrem(INDEX, old)


def _key(digest: str) -> str:
    return f"{PREFIX}:document:{digest}"
