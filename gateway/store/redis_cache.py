"""The second cache level: entries in Redis, shared by all processes."""

import time
from collections import Counter
from collections.abc import Callable, Hashable
from contextlib import AbstractAsyncContextManager, suppress
from typing import TypeVar

from aiocache.backends.redis import RedisCache
from aiocache.serializers import NullSerializer

from gateway.shared.lock import exclusive_lock
from gateway.shared.redis_content import PREFIX, Unreadable
from gateway.shared.redis_link import RedisLink, RedisUnavailable

from .cache import Entry
from .codec import Codec
from .value_codecs import FORMAT

V = TypeVar("V")


class SharedCache:
    """aiocache's Redis back end over the process's Redis connections. While Redis is unavailable it is empty."""

    def __init__(
        self,
        redis_link: RedisLink,
        *,
        load_s: float = 20.0,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`load_s` is the longest load from osu!track: a lock that is older belongs to a process that has ended."""
        self._redis_link = redis_link
        self._load_s = load_s
        self._clock = clock
        self._monotonic = monotonic
        self._entries = RedisCache(
            serializer=NullSerializer(encoding=None),
            namespace=f"{PREFIX}:{FORMAT}",
            timeout=None,
            # aiocache's own pool does not support `rediss://`.
            connection_pool_class=lambda **_: redis_link.pool,
        )
        # The number of lookups by outcome: hit, miss, unreadable.
        self.tally: Counter[str] = Counter()

    @property
    def is_connected(self) -> bool:
        """Whether entries can be read and stored."""
        return self._redis_link.connected

    async def get(self, name: tuple[str, Hashable], codec: Codec[V]) -> Entry[V] | None:
        """The entry stored by any process."""
        try:
            encoded = await self._redis_link.run(lambda _: self._entries.get(_text(*name)))
            entry = codec.decode(encoded, self._monotonic(), self._clock()) if encoded else None
        except RedisUnavailable:
            return None
        except Unreadable:
            self.tally["unreadable"] += 1
            return None
        self.tally["miss" if entry is None else "hit"] += 1
        return entry

    async def put(self, name: tuple[str, Hashable], entry: Entry[V], codec: Codec[V], ttl_s: float) -> None:
        """Store an entry for all processes."""
        if not self.is_connected:
            return
        # OverflowError: osu!track sent an integer of more than 64 bits, which msgpack cannot encode.
        with suppress(RedisUnavailable, OverflowError):
            entry.written_at = self._clock()
            encoded = codec.encode(entry, self._monotonic())
            await self._redis_link.run(lambda _: self._entries.set(_text(*name), encoded, ttl=ttl_s))

    def lock(self, *name: Hashable) -> AbstractAsyncContextManager[None]:
        """A lock that one process holds while it loads from osu!track."""
        return exclusive_lock(self._redis_link, _text(*name), for_s=self._load_s)


def _text(*name: Hashable) -> str:
    return ":".join(map(str, name))
