"""The records of potential updates in Redis, which all processes share."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from msgspec import msgpack
from redis.asyncio import Redis

from gateway.shared.lock import delete_if
from gateway.shared.redis_content import Unreadable, decode, is_content_error
from gateway.shared.redis_link import RedisLink

from .update_records import StoredRecord

T = TypeVar("T")

# Copies the record if it ends later. The first key is that of a name, the second that of the player with this name.
MERGE = """
local ttl = redis.call('PTTL', KEYS[1])
if ttl > 0 and ttl > redis.call('PTTL', KEYS[2]) then
  redis.call('SET', KEYS[2], redis.call('GET', KEYS[1]), 'PX', ttl)
end
"""


class StoredUpdates:
    """The stored records by their keys. All methods raise `RedisUnavailable`; lifetimes are in seconds."""

    def __init__(self, redis_link: RedisLink) -> None:
        self._redis_link = redis_link
        self._decoder = msgpack.Decoder(StoredRecord)

    async def read(self, key: str) -> tuple[StoredRecord | None, float]:
        """The record, None without a readable one, and its remaining lifetime."""
        encoded, ttl_s = await self._redis_link.run(lambda redis: _read(redis, key))
        return self._decode(encoded), ttl_s

    async def write(self, records: Mapping[str, tuple[StoredRecord, float]]) -> None:
        """Store records, each with its lifetime."""
        await self._redis_link.run(lambda redis: _write(redis, records))

    async def claim(
        self, key: str, record: StoredRecord, ttl_s: float, find_reason: Callable[[StoredRecord, float], T | None]
    ) -> T | None:
        """Store a record, or return the reason that another one, with its remaining lifetime, forbids it."""
        encoded = msgpack.encode(record)
        return await self._redis_link.run(lambda redis: self._claim(redis, key, encoded, ttl_s, find_reason))

    async def merge(self, name_key: str, key: str) -> None:
        """Copy the record of a name to the player, unless that one ends later."""
        await self._redis_link.run(lambda redis: _eval(redis, MERGE, name_key, key))

    async def _claim(
        self,
        redis: Redis,
        key: str,
        encoded: bytes,
        ttl_s: float,
        find_reason: Callable[[StoredRecord, float], T | None],
    ) -> T | None:
        while not await redis.set(key, encoded, nx=True, px=_milliseconds(ttl_s)):
            other, left_s = await _read(redis, key)
            stored = self._decode(other)
            reason = find_reason(stored, left_s) if stored else None
            if reason is not None:
                return reason
            # Only this value is deleted: another process may have claimed the next update since.
            await delete_if(redis, key, other or b"")
        return None

    def _decode(self, encoded: bytes | None) -> StoredRecord | None:
        try:
            return decode(self._decoder, encoded) if encoded else None
        except Unreadable:
            return None


async def add_record(redis: Redis, key: str, record: StoredRecord, ttl_s: float) -> None:
    """Store a record unless there is one."""
    await redis.set(key, msgpack.encode(record), nx=True, px=_milliseconds(ttl_s))


async def _write(redis: Redis, records: Mapping[str, tuple[StoredRecord, float]]) -> None:
    for key, (record, ttl_s) in records.items():
        await redis.set(key, msgpack.encode(record), px=_milliseconds(ttl_s))


async def _eval(redis: Redis, script: str, *keys: str) -> None:
    await redis.eval(script, len(keys), *keys)  # type: ignore[misc]  # redis-py's types cover its sync client as well


async def _read(redis: Redis, key: str) -> tuple[bytes | None, float]:
    """The value, and its remaining lifetime. A key of another type is deleted."""
    async with redis.pipeline(transaction=True) as pipeline:
        pipeline.get(key)
        pipeline.pttl(key)
        encoded, ttl_ms = await pipeline.execute(raise_on_error=False)
    if isinstance(encoded, Exception):
        if not is_content_error(encoded):
            raise encoded
        await redis.delete(key)
        return None, 0.0
    return encoded, ttl_ms / 1000


def _milliseconds(seconds: float) -> int:
    return max(1, int(seconds * 1000))
