"""The updates sent by all processes, in Redis: one at a time for each player and mode, and none during its cooldown."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from secrets import token_hex

from msgspec import DecodeError, Struct, msgpack, structs
from redis.asyncio import Redis

from gateway.errors import UpdateOutcomeUnknown, UpstreamError
from gateway.records import Update, UserMode
from gateway.shared.lock import delete_if
from gateway.shared.redis_link import PREFIX, RedisLink, RedisUnavailable

from .codec import UPDATE

FAILURES = {error.code: error for error in UpstreamError.__subclasses__()}
# The interval at which a process polls the record of another one's update.
POLL_S = 0.05
# A finished record stays for at least this long, for the processes that poll it.
MIN_TTL_S = 5.0


class UpdateRecord(Struct, array_like=True):
    """An update that was sent. Times are seconds since 1970; an unfinished one times out at `until`."""

    owner: str
    until: float
    retry_at: float
    finished: bool = False
    failure: tuple[str, str, float | None] | None = None
    payload: bytes = b""

    def outcome(self) -> Update | None:
        """The update, or None if osu! knows no such user. Raises the owner's `UpstreamError`, if any."""
        if self.failure:
            code, message, retry_after_s = self.failure
            raise FAILURES.get(code, UpstreamError)(message, retry_after_s=retry_after_s)
        try:
            return UPDATE.decode_value(self.payload)
        except DecodeError as exc:
            raise UpdateOutcomeUnknown.from_cause("The update's result is not available.") from exc


class UpdateRegistry:
    """Claims and results of updates. While Redis is unavailable, every claim succeeds."""

    def __init__(
        self, redis_link: RedisLink, *, cooldown_s: float, timeout_s: float, clock: Callable[[], float] = time.time
    ) -> None:
        """`cooldown_s` separates two updates; `timeout_s` bounds one, including its wait for the request budget."""
        self.cooldown_s = cooldown_s
        self.timeout_s = timeout_s
        self.clock = clock
        self._redis_link = redis_link
        self._owner = token_hex(8)
        self._decoder = msgpack.Decoder(UpdateRecord)

    async def claim(self, user_mode: UserMode) -> UpdateRecord | None:
        """Register an update before it is sent; returns the record that forbids it, or None."""
        now = self.clock()
        record = UpdateRecord(self._owner, now + self.timeout_s, now + self.cooldown_s)
        try:
            return await self._redis_link.run(lambda redis: self._claim(redis, _key(user_mode), record))
        except RedisUnavailable:
            return None

    async def finish(self, user_mode: UserMode, outcome: Update | UpstreamError | None, *, retry_at: float) -> None:
        """Store the outcome of a claimed update for other processes."""
        record = UpdateRecord(self._owner, 0.0, retry_at, finished=True)
        if isinstance(outcome, UpstreamError):
            record.failure = (outcome.code, outcome.message, outcome.retry_after_s)
        else:
            # An integer of more than 64 bits cannot be encoded: `outcome` then says that the result is not available.
            with suppress(OverflowError):
                record.payload = UPDATE.encode_value(outcome)
        ttl_ms = int(max(retry_at - self.clock(), MIN_TTL_S) * 1000)
        with suppress(RedisUnavailable):
            await self._redis_link.run(lambda redis: redis.set(_key(user_mode), msgpack.encode(record), px=ttl_ms))

    async def wait(self, user_mode: UserMode, record: UpdateRecord) -> UpdateRecord:
        """The finished record of another process's update; raises `UpstreamTimeout` if it does not finish."""
        while not record.finished:
            if self.clock() >= record.until:
                raise UpdateOutcomeUnknown.from_cause("Another gateway process sent the update and got no response.")
            await asyncio.sleep(POLL_S)
            try:
                encoded = await self._redis_link.run(lambda redis: redis.get(_key(user_mode)))
            except RedisUnavailable:
                encoded = None
            record = self._decode(encoded) or structs.replace(record, until=0.0)
        return record

    def _decode(self, encoded: bytes | None) -> UpdateRecord | None:
        try:
            return self._decoder.decode(encoded) if encoded else None
        except DecodeError:  # written by another release
            return None

    def _forbids(self, record: UpdateRecord) -> bool:
        if record.finished:
            return record.retry_at > self.clock()
        # An unfinished record of this process was never sent, or Redis did not respond when it was finished.
        return record.owner != self._owner

    async def _claim(self, redis: Redis, key: str, record: UpdateRecord) -> UpdateRecord | None:
        ttl_ms = int(max(self.timeout_s, self.cooldown_s) * 1000)
        while not await redis.set(key, msgpack.encode(record), nx=True, px=ttl_ms):
            encoded = await redis.get(key)
            other = self._decode(encoded)
            if other and self._forbids(other):
                return other
            # Only this value is deleted: another process may have claimed the next update since.
            await delete_if(redis, key, encoded or b"")
        return None


def _key(user_mode: UserMode) -> str:
    return f"{PREFIX}:update:{user_mode.user_id}:{user_mode.mode.name}"
