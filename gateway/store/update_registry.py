"""The potential updates of players: one at a time for each player and mode, and none during the cooldown of another.

`POST /update` updates a player, and `GET /hiscores` may do so (docs/osutrack.md, "Reads that update"). Processes share
their records through Redis; a process's own records also apply while Redis is unavailable. Durations are measured by
monotonic clocks and by Redis' expiry, so that no wall clock matters.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TypeAlias

from redis.asyncio import Redis

from gateway.records import Mode, UserMode
from gateway.shared.redis_content import PREFIX
from gateway.shared.redis_link import RedisLink, RedisUnavailable

from .cooldown_file import CooldownFile
from .keys import Name, tag_of, tag_of_name
from .process_updates import MIN_TTL_S, ProcessUpdates
from .stored_updates import StoredUpdates, add_record
from .update_records import Outcome, Seconds, StoredRecord, UpdateRecord

Subject: TypeAlias = UserMode | Name
# The subject of messages between processes about the outcomes of potential updates.
FINISHED = "finished-update"
# The interval at which a process polls the record of another one's potential update.
POLL_S = 0.05


class UpdateRegistry:
    """Claims and outcomes of potential updates.

    Each process also keeps the outcomes of all others, so that known cooldowns hold while Redis is unavailable. Updates
    that are sent or in progress meanwhile are unknown to other processes.
    """

    def __init__(
        self,
        redis_link: RedisLink,
        *,
        cooldown_s: float,
        timeout_s: float,
        saved: CooldownFile | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`cooldown_s` separates two potential updates; `timeout_s` bounds one, and its wait for the request budget.

        `saved` keeps the cooldowns over a restart.
        """
        self.cooldown_s = cooldown_s
        self._timeout_s = timeout_s
        self._monotonic = monotonic
        self._redis_link = redis_link
        self._stored = StoredUpdates(redis_link)
        self._updates = ProcessUpdates(cooldown_s=cooldown_s, timeout_s=timeout_s, saved=saved, monotonic=monotonic)
        redis_link.on_reconnect(self._share)
        redis_link.subscribe(FINISHED, tuple[str, StoredRecord, Seconds], self._receive)

    def is_in_progress(self, record: UpdateRecord) -> bool:
        """Whether its outcome can still become known."""
        return record.outcome is None and record.times_out_at > self._monotonic()

    def cooldown_left_s(self, record: UpdateRecord) -> float:
        """Seconds until the player can be updated again."""
        return max(0.0, min(record.ends_at - self._monotonic(), self.cooldown_s))

    @property
    def is_shared(self) -> bool:
        """Whether other processes can have records that this one does not know."""
        return self._redis_link.connected

    def left_s(self, subject: Subject) -> float:
        """Seconds until the player can be updated again, by the records of this process."""
        record = self._updates.get(_key(subject))
        return self.cooldown_left_s(record) if record else 0.0

    async def shared_left_s(self, subject: Subject) -> float:
        """The same by the records of all processes."""
        key, left_s = _key(subject), self.left_s(subject)
        with suppress(RedisUnavailable):
            stored, ttl_s = await self._stored.read(key)
            if stored and not left_s:
                return self.cooldown_left_s(self._updates.own(stored) or self._updates.received(stored, ttl_s))
        return left_s

    async def claim(self, subject: Subject, *, is_read: bool = False) -> UpdateRecord | None:
        """Register a potential update before it is sent; returns the record that forbids it, or None.

        Call `finish` at the end, whatever happens.
        """
        key = _key(subject)
        known = self._updates.get(key)
        if known and self._updates.forbids(known):
            return known
        times_out_at = self._monotonic() + self._timeout_s
        stored = StoredRecord(self._updates.next_owner(), is_read)
        own = UpdateRecord(stored, times_out_at, times_out_at + self.cooldown_s, done=asyncio.Event())
        # Before the first await, so that other claims of this process see it.
        self._updates.put(key, own)
        with suppress(RedisUnavailable):
            other = await self._stored.claim(
                key, stored, self._timeout_s + self.cooldown_s, partial(self._forbidding, known)
            )
            if other is not None:
                self._updates.replace(key, other)
            return other
        return None

    async def finish(self, subject: Subject, outcome: Outcome, *, is_read: bool = False) -> None:
        """Store the outcome of a potential update, claimed or not, and start its cooldown."""
        key, now = _key(subject), self._monotonic()
        own = self._updates.get(key)
        claimed = own is not None and own.done is not None
        stored = StoredRecord(own.stored.owner if own and claimed else self._updates.next_owner(), is_read, outcome)
        records = self._updates.replace(key, UpdateRecord(stored, now, now + outcome.cooldown_s))
        with suppress(RedisUnavailable):
            await self._stored.write(
                {key: (record.stored, self._lifetime_s(record)) for key, record in records.items()}
            )
        for other, record in records.items():
            self._redis_link.publish(FINISHED, (other, record.stored, self.cooldown_left_s(record)))

    async def wait(self, subject: Subject, record: UpdateRecord) -> Outcome | None:
        """The outcome of a potential update in progress; None if it does not become known."""
        key = _key(subject)
        if record.done is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._timeout_s):
                    await record.done.wait()
            current = self._updates.get(key)
            return current.outcome if current else None
        while self.is_in_progress(record):
            await asyncio.sleep(POLL_S)
            try:
                stored, ttl_s = await self._stored.read(key)
            except RedisUnavailable:
                continue
            if stored is None:
                return None
            if stored != record.stored:
                record = self._updates.received(stored, ttl_s)
                self._updates.put(key, record)
        return record.outcome

    async def merge(self, name: Name, user_id: int) -> None:
        """Apply the records under a name, in all modes, to the player with this ID as well."""
        for mode in Mode:
            await self._merge(_key(name._replace(mode=mode)), _key(UserMode(user_id, mode)))

    async def _merge(self, name_key: str, key: str) -> None:
        record, other = self._updates.get(name_key), self._updates.get(key)
        if other and other.done:
            # A claim of this process must stay until its end; the record of the name counts if it is withdrawn.
            other.name_key = name_key
        elif record and (other is None or other.ends_at < record.ends_at):
            self._updates.put(key, record)
        with suppress(RedisUnavailable):
            await self._stored.merge(name_key, key)

    def _lifetime_s(self, record: UpdateRecord) -> float:
        return max(record.ends_at - self._monotonic(), MIN_TTL_S)

    def _forbidding(self, known: UpdateRecord | None, stored: StoredRecord, ttl_s: float) -> UpdateRecord | None:
        """The record in Redis if it forbids a claim. One that was `known` here has ended by this process's clock."""
        if known and stored == known.stored:
            return None
        record = self._updates.own(stored) or self._updates.received(stored, ttl_s)
        return record if self._updates.forbids(record) else None

    async def _share(self, redis: Redis) -> None:
        """Repeat this process's records after a disconnection; Redis may have lost them, or never have got them."""
        for key, record in self._updates.items():
            left_s = record.ends_at - self._monotonic()
            if left_s > 0:
                await add_record(redis, key, record.stored, left_s)

    def _receive(self, message: tuple[str, StoredRecord, float]) -> None:
        """Keep the outcome from another process, unless this one has a claim in progress or a longer cooldown."""
        key, stored, left_s = message
        known, now = self._updates.get(key), self._monotonic()
        record = UpdateRecord(stored, now, now + min(left_s, self.cooldown_s))
        if known is None or (known.done is None and (known.outcome is None or known.ends_at < record.ends_at)):
            self._updates.put(key, record)


def _key(subject: Subject) -> str:
    tag = tag_of(subject) if isinstance(subject, UserMode) else tag_of_name(subject)
    return f"{PREFIX}:update:{tag}"
