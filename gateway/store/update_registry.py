"""Which updates have been sent, by whichever process, and how they ended: Redis has a record for each of late."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from secrets import token_hex

from msgspec import DecodeError, Struct, msgpack, structs
from redis.asyncio import Redis

from gateway.errors import UpstreamError, UpstreamTimeout
from gateway.records import Update, UserMode
from gateway.shared.lock import delete_if
from gateway.shared.redis_link import PREFIX, RedisLink, RedisUnavailable

from .cache import Entry
from .codec import UPDATE

FAILURES = {error.code: error for error in UpstreamError.__subclasses__()}
# Between two looks at an update that another process has sent, and how long others may look for its end.
LOOK_S = 0.05
END_S = 5.0


class UpdateRecord(Struct, array_like=True):
    """An update that was sent. Times are seconds since 1970: it has ended by `until`, the next may be at `retry_at`."""

    owner: str
    until: float
    retry_at: float
    ended: bool = False
    failure: tuple[str, str, float | None] | None = None
    packed: bytes = b""

    def outcome(self) -> Update | None:
        """What was answered; None if osu! knows no such user. Raises the `UpstreamError` that the owner met."""
        if self.failure:
            code, message, retry_after_s = self.failure
            raise FAILURES.get(code, UpstreamError)(message, retry_after_s=retry_after_s)
        try:
            return UPDATE.decode(self.packed).value
        except DecodeError as exc:
            raise UpstreamTimeout("The update was made; read the player again.") from exc


class UpdateRegistry:
    """Opened before an update is sent, closed when it has ended. While Redis is away, nothing is known of others."""

    def __init__(
        self, redis_link: RedisLink, *, cooldown_s: float, timeout_s: float, clock: Callable[[], float] = time.time
    ) -> None:
        """`cooldown_s` lies between two updates, `timeout_s` bounds one, and the wait before it."""
        self.cooldown_s = cooldown_s
        self.timeout_s = timeout_s
        self.clock = clock
        self._redis_link = redis_link
        self._owner = token_hex(8)
        self._decoder = msgpack.Decoder(UpdateRecord)

    async def claim(self, user_mode: UserMode) -> UpdateRecord | None:
        """The record of an update that stands in the way; None if there is none, and this one may be sent."""
        now = self.clock()
        record = UpdateRecord(self._owner, now + self.timeout_s, now + self.cooldown_s)
        try:
            return await self._redis_link.run(lambda redis: self._claim(redis, _key(user_mode), record))
        except RedisUnavailable:
            return None

    async def finish(self, user_mode: UserMode, outcome: Update | UpstreamError | None, *, retry_at: float) -> None:
        """AccessLogger the others how it ended."""
        record = UpdateRecord(self._owner, 0.0, retry_at, ended=True)
        if isinstance(outcome, UpstreamError):
            record.failure = (outcome.code, outcome.message, outcome.retry_after_s)
        else:
            # A number of more than 64 bits: then the others learn no more than that it was made.
            with suppress(OverflowError):
                record.packed = UPDATE.encode(Entry(outcome, 0.0))
        life_s = max(retry_at - self.clock(), END_S)
        try:
            await self._redis_link.run(
                lambda redis: redis.set(_key(user_mode), msgpack.encode(record), px=int(life_s * 1000))
            )
        except RedisUnavailable:
            return

    async def wait(self, user_mode: UserMode, record: UpdateRecord) -> UpdateRecord:
        """The record of another process' update, when that has ended; raises `UpstreamTimeout` if it does not."""
        while not record.ended:
            if self.clock() >= record.until:
                raise UpstreamTimeout("Another gateway has sent the update and has not heard of it: read again later.")
            await asyncio.sleep(LOOK_S)
            try:
                found = await self._redis_link.run(lambda redis: redis.get(_key(user_mode)))
            except RedisUnavailable:
                found = None
            record = self._read(found) or structs.replace(record, until=0.0)
        return record

    def _read(self, found: bytes | None) -> UpdateRecord | None:
        try:
            return self._decoder.decode(found) if found else None
        except DecodeError:  # another release's
            return None

    def _stands(self, record: UpdateRecord) -> bool:
        if record.ended:
            return record.retry_at > self.clock()
        # One of our own was never sent, or nothing was heard of its closing.
        return record.owner != self._owner

    async def _claim(self, redis: Redis, key: str, record: UpdateRecord) -> UpdateRecord | None:
        life_ms = int(max(self.timeout_s, self.cooldown_s) * 1000)
        while not await redis.set(key, msgpack.encode(record), nx=True, px=life_ms):
            found = await redis.get(key)
            other = self._read(found)
            if other and self._stands(other):
                return other
            # It has ended, and only waits for those who want to know how: but another may just have opened the next.
            await delete_if(redis, key, found or b"")
        return None


def _key(user_mode: UserMode) -> str:
    return f"{PREFIX}:update:{user_mode.user_id}:{user_mode.mode.name}"
