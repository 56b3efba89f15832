"""What all processes remember together, in Redis: below each one's own memory, asked before osu!track is."""

from collections import Counter
from collections.abc import Hashable
from contextlib import AbstractAsyncContextManager, suppress
from typing import TypeVar

from aiocache.backends.redis import RedisCache
from aiocache.serializers import NullSerializer
from msgspec import DecodeError

from gateway.shared.lock import exclusive_lock
from gateway.shared.redis_link import PREFIX, RedisLink, RedisUnavailable

from .cache import Entry
from .codec import FORMAT, Codec

V = TypeVar("V")


class SharedCache:
    """aiocache's Redis back end, over the connections that everything shared goes through; knows nothing while away."""

    def __init__(self, redis_link: RedisLink, *, load_s: float = 20.0) -> None:
        """`load_s` is how long osu!track may take to answer: then a process that has not is taken for dead."""
        self._redis_link = redis_link
        self._load_s = load_s
        self._entries = RedisCache(
            serializer=NullSerializer(encoding=None),
            namespace=f"{PREFIX}:{FORMAT}",
            timeout=None,
            # aiocache knows no `rediss://`.
            connection_pool_class=lambda **_: redis_link.pool,
        )
        # How often it had what was looked for: hit, miss, or unreadable.
        self.tally: Counter[str] = Counter()

    async def recall(self, name: tuple[str, Hashable], codec: Codec[V]) -> Entry[V] | None:
        """What any process has kept under the name."""
        try:
            packed = await self._redis_link.run(lambda _: self._entries.get(_text(*name)))
            entry = codec.decode(packed) if packed else None
        except RedisUnavailable:
            return None
        except DecodeError:
            self.tally["unreadable"] += 1
            return None
        self.tally["miss" if entry is None else "hit"] += 1
        return entry

    async def put(self, name: tuple[str, Hashable], entry: Entry[V], codec: Codec[V], life_s: float) -> None:
        """Let every process have it."""
        if not self._redis_link.connected:
            return
        # An overflow: osu!track has sent a number of more than 64 bits, which packs into nothing.
        with suppress(RedisUnavailable, OverflowError):
            packed = codec.encode(entry)
            await self._redis_link.run(lambda _: self._entries.set(_text(*name), packed, ttl=life_s))

    def turn(self, *name: Hashable) -> AbstractAsyncContextManager[None]:
        """One process at a time may ask osu!track for it."""
        return exclusive_lock(self._redis_link, _text(*name), for_s=self._load_s)


def _text(*name: Hashable) -> str:
    return ":".join(map(str, name))
