"""One direction of names in Redis, which all processes share."""

from collections.abc import Hashable, Sequence
from typing import Any, Generic, TypeVar

from msgspec import UNSET, UnsetType, msgpack
from redis.asyncio import Redis

from gateway.shared.redis_content import PREFIX, Unreadable, decode, is_content_error
from gateway.shared.redis_link import RedisLink, RedisUnavailable

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

# The lifetime of names from updates, the longest of all.
LEARNED_S = 30 * 24 * 3600.0
# That of a value without a lifetime of the gateway's, and of one that is not stored: it is read again then.
RECHECK_S = 3600.0


class StoredNames(Generic[K, V]):
    """The stored values of one direction. A value is None if there is no such player, and UNSET if none is stored."""

    def __init__(self, kind: str, value_type: Any, redis_link: RedisLink) -> None:
        """`kind` is the name of the direction in Redis."""
        self.kind = kind
        self._redis_link = redis_link
        self._decoder: msgpack.Decoder[V | None] = msgpack.Decoder(value_type | None)

    async def read(self, keys: Sequence[K]) -> list[tuple[V | UnsetType | None, float]]:
        """The values, each with its remaining lifetime in seconds; raises `RedisUnavailable`."""
        return await self._redis_link.run(lambda redis: self._read(redis, keys))

    async def write(self, redis: Redis, key: K, value: V | UnsetType | None) -> None:
        """Store or, if UNSET, delete a value."""
        if value is UNSET:
            await redis.delete(self._name(key))
        else:
            await redis.set(self._name(key), msgpack.encode(value), px=int(LEARNED_S * 1000))

    async def add(self, key: K, value: V | UnsetType | None, ttl_s: float) -> bool:
        """Store a value, unless there is one already: False then. True while Redis is unavailable."""
        encoded, ttl_ms = msgpack.encode(value), max(1, int(ttl_s * 1000))
        try:
            return await self._redis_link.run(lambda redis: self._add(redis, key, encoded, ttl_ms))
        except RedisUnavailable:
            return True

    async def _add(self, redis: Redis, key: K, encoded: bytes, ttl_ms: int) -> bool:
        name = self._name(key)
        if await redis.set(name, encoded, px=ttl_ms, nx=True):
            return True
        [(stored, _)] = await self._read(redis, [key])
        # An unreadable value is replaced.
        return stored is UNSET and bool(await redis.set(name, encoded, px=ttl_ms))

    async def _read(self, redis: Redis, keys: Sequence[K]) -> list[tuple[V | UnsetType | None, float]]:
        async with redis.pipeline(transaction=False) as pipeline:
            for key in keys:
                pipeline.get(self._name(key))
                pipeline.pttl(self._name(key))
            replies: list[Any] = await pipeline.execute(raise_on_error=False)
        for reply in replies:
            if isinstance(reply, Exception) and not is_content_error(reply):
                raise reply
        return [self._decode(*pair) for pair in zip(replies[::2], replies[1::2], strict=True)]

    def _decode(self, encoded: bytes | Exception | None, ttl_ms: int) -> tuple[V | UnsetType | None, float]:
        if encoded is None or isinstance(encoded, Exception):
            return UNSET, RECHECK_S
        try:
            # A lifetime that the gateway gives no name: none at all, or a longer one.
            ttl_s = min(ttl_ms / 1000, LEARNED_S) if ttl_ms >= 0 else RECHECK_S
            return decode(self._decoder, encoded), ttl_s
        except Unreadable:
            return UNSET, RECHECK_S

    def _name(self, key: K) -> str:
        return f"{PREFIX}:{self.kind}:{key}"
