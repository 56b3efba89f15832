"""Names of players in both directions: learned from updates, looked up in the names service, shared through Redis."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable, Sequence
from functools import partial
from math import inf
from typing import Any, Generic, NamedTuple, Protocol, TypeAlias, TypeVar

from msgspec import UNSET, DecodeError, UnsetType, msgpack
from redis.asyncio import Redis

from gateway.deadline import Deadline
from gateway.errors import UpstreamTimeout
from gateway.records import UserID, UserName
from gateway.shared.lock import exclusive_lock
from gateway.shared.redis_link import PREFIX, RedisLink, RedisUnavailable

from .keys import Username, tag_of_user_id, tag_of_username
from .lru import LRU
from .resource import ReadResult
from .singleflight import SingleFlight
from .tags import Generations

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

# The lifetimes of names from updates, of answers of the names service, and of its 404s.
LEARNED_S = 30 * 24 * 3600.0
FOUND_S = 24 * 3600.0
MISSING_S = 3600.0
# With Redis, an entry in memory is read again after this time, while the generation that may invalidate it lives.
RECHECK_S = 3600.0
# The validity of responses with names: caches outside of the gateway see no invalidation.
VALID_S = 600.0
MAX_ENTRIES = 100_000
# The maximum number of keys in one pipeline.
BATCH = 500

# A lookup in the names service.
Lookup: TypeAlias = Callable[[K, Deadline], Awaitable[V | None]]
# A listener that is told that the player with this ID has this name.
Listener: TypeAlias = Callable[[Username, int], Awaitable[None]]


class NamesService(Protocol):
    """The lookups of the names service; None if there is no such player."""

    async def username(self, user_id: int, deadline: Deadline) -> str | None:
        """The name of the player with this ID."""

    async def user_id(self, username: str, deadline: Deadline) -> int | None:
        """The ID of the player with this name."""


class _Entry(NamedTuple, Generic[V]):
    """A value; None if there is no such player, UNSET if nothing is known. Times are monotonic."""

    value: V | UnsetType | None
    expires_at: float
    generation: int
    recheck_at: float = inf


class NameTable(Generic[K, V]):
    """One direction of names. A value read is None if there is no such player, and UNSET if nothing is known."""

    # The resource in prices and metrics.
    name = "name"

    def __init__(
        self,
        kind: str,
        value_type: Any,
        tag: Callable[[K], str],
        *,
        lookup: Lookup[K, V] | None,
        redis_link: RedisLink,
        generations: Generations,
        timeout_s: float,
        monotonic: Callable[[], float],
    ) -> None:
        """`kind` is the name of the table in Redis; `timeout_s` bounds each lookup."""
        self.tag = tag
        self.kind = kind
        # The number of reads by outcome: fresh, loaded.
        self.tally: Counter[str] = Counter()
        self._lookups = SingleFlight(partial(self._look_up, lookup)) if lookup else None
        self._redis_link = redis_link
        self._generations = generations
        self._timeout_s = timeout_s
        self._monotonic = monotonic
        self._decoder: msgpack.Decoder[V | None] = msgpack.Decoder(value_type | None)
        self._entries: LRU[K, _Entry[V]] = LRU(MAX_ENTRIES)

    def peek(self, key: K, *, refresh: bool = False) -> ReadResult[V | UnsetType | None] | None:  # noqa: ARG002 - as a resource
        """The value, if neither Redis nor the names service has to be asked for it. Names are never refreshed."""
        entry = self._entry(key)
        if self._lookups is not None and (entry is None or entry.value is UNSET):
            return None
        return self.peek_known(key)

    def refresh(self, key: K) -> None:
        """Nothing: a name is valid until it expires or changes."""

    def peek_known(self, key: K, *, refresh: bool = False) -> ReadResult[V | UnsetType | None] | None:  # noqa: ARG002 - as above
        """The known value, if Redis does not have to be asked for it."""
        entry = self._entry(key)
        return None if entry is None and self._redis_link.connected else self._result(key, entry)

    async def read(self, key: K, deadline: Deadline) -> ReadResult[V | UnsetType | None]:
        """The value, looked up if nothing is known; raises `UpstreamError`."""
        await self.recall([key])
        result = self.peek(key)
        if result is not None or self._lookups is None:
            return result or self._result(key, self._entry(key))
        try:
            async with asyncio.timeout_at(deadline.with_grace):
                entry, loaded = await self._lookups.do(key)
        except TimeoutError as exc:
            raise UpstreamTimeout("The names service did not answer in time. Try again later.") from exc
        return self._result(key, entry, loaded=loaded)

    async def read_known(self, key: K) -> ReadResult[V | UnsetType | None]:
        """The known value."""
        await self.recall([key])
        return self._result(key, self._entry(key))

    async def known(self, key: K) -> V | None:
        """The known value, or None."""
        await self.recall([key])
        entry = self._entry(key)
        return None if entry is None or isinstance(entry.value, UnsetType) else entry.value

    async def recall(self, keys: Sequence[K]) -> None:
        """Copy values from Redis, as far as they are not in memory."""
        missing = [key for key in dict.fromkeys(keys) if self._entry(key) is None]
        for start in range(0, len(missing), BATCH):
            await self._recall(missing[start : start + BATCH])

    async def write(self, redis: Redis, key: K, value: V | UnsetType | None) -> None:
        """Store or, if UNSET, delete a value in Redis."""
        if value is UNSET:
            await redis.delete(self._redis_key(key))
        else:
            await redis.set(self._redis_key(key), msgpack.encode(value), px=int(LEARNED_S * 1000))

    def put(self, key: K, value: V | UnsetType | None, ttl_s: float) -> _Entry[V]:
        """Store a value in memory."""
        now = self._monotonic()
        entry = _Entry(value, now + ttl_s, self._generations.of(self.tag(key)), now + RECHECK_S)
        self._entries.put(key, entry)
        return entry

    async def close(self) -> None:
        """Cancel all lookups."""
        if self._lookups is not None:
            await self._lookups.close()

    def _entry(self, key: K) -> _Entry[V] | None:
        entry = self._current(key)
        is_due = entry is not None and self._redis_link.connected and entry.recheck_at <= self._monotonic()
        return None if is_due else entry

    def _current(self, key: K) -> _Entry[V] | None:
        """The entry in memory, if it has neither expired nor been invalidated."""
        entry = self._entries.peek(key)
        if entry is None or entry.generation < self._generations.of(self.tag(key)):
            return None
        return entry if entry.expires_at > self._monotonic() else None

    def _result(self, key: K, entry: _Entry[V] | None, *, loaded: bool = False) -> ReadResult[V | UnsetType | None]:
        self.tally["loaded" if loaded else "fresh"] += 1
        tag, valid_until = self.tag(key), self._monotonic() + VALID_S
        if entry is None:
            entry = _Entry(UNSET, valid_until, self._generations.of(tag))
        return ReadResult(
            entry.value,
            fresh_until=min(entry.expires_at, valid_until),
            loaded=loaded,
            tag=tag,
            generation=entry.generation,
        )

    async def _look_up(self, lookup: Lookup[K, V], key: K) -> tuple[_Entry[V] | None, bool]:
        """An entry, and whether the names service was asked for it: otherwise another process has asked."""
        async with exclusive_lock(self._redis_link, f"{self.kind}:{key}", for_s=self._timeout_s):
            await self._recall([key])
            entry = self._entry(key)
            if entry is not None and entry.value is not UNSET:
                return entry, False
            generation = self._generations.of(self.tag(key))
            value = await lookup(key, Deadline.from_timeout(self._timeout_s))
            ttl_s = MISSING_S if value is None else FOUND_S
            if await self._share(key, value, ttl_s) and generation == self._generations.of(self.tag(key)):
                return self.put(key, value, ttl_s), True
            # An update has returned the name meanwhile.
            await self._recall([key])
            return self._entry(key), True

    async def _share(self, key: K, value: V | None, ttl_s: float) -> bool:
        """Store a value in Redis, unless it has one."""
        encoded, ttl_ms = msgpack.encode(value), max(1, int(ttl_s * 1000))
        try:
            return bool(
                await self._redis_link.run(lambda redis: redis.set(self._redis_key(key), encoded, px=ttl_ms, nx=True))
            )
        except RedisUnavailable:
            return True

    async def _recall(self, keys: Sequence[K]) -> None:
        generations = [self._generations.of(self.tag(key)) for key in keys]
        try:
            stored = await self._redis_link.run(lambda redis: self._stored(redis, keys))
        except RedisUnavailable:
            return
        for key, generation, (value, ttl_s) in zip(keys, generations, stored, strict=True):
            current = self._current(key)
            if value is UNSET and current and current.value is not UNSET:
                # Redis has lost its data.
                await self._share(key, current.value, current.expires_at - self._monotonic())
                self._entries.put(key, current._replace(recheck_at=self._monotonic() + RECHECK_S))
            elif generation == self._generations.of(self.tag(key)):
                self.put(key, value, ttl_s)

    async def _stored(self, redis: Redis, keys: Sequence[K]) -> list[tuple[V | UnsetType | None, float]]:
        """The values in Redis, each with its remaining lifetime."""
        async with redis.pipeline(transaction=False) as pipeline:
            for key in keys:
                pipeline.get(self._redis_key(key))
                pipeline.pttl(self._redis_key(key))
            replies: list[Any] = await pipeline.execute()
        return [self._decode(*pair) for pair in zip(replies[::2], replies[1::2], strict=True)]

    def _decode(self, encoded: bytes | None, ttl_ms: int) -> tuple[V | UnsetType | None, float]:
        try:
            return (UNSET, RECHECK_S) if encoded is None else (self._decoder.decode(encoded), ttl_ms / 1000)
        except DecodeError:
            return UNSET, RECHECK_S

    def _redis_key(self, key: K) -> str:
        return f"{PREFIX}:{self.kind}:{key}"


class KnownNames(Generic[K, V]):
    """A table without lookups, for the names in lists."""

    name = NameTable.name

    def __init__(self, table: NameTable[K, V]) -> None:
        self.peek = table.peek_known
        self.refresh = table.refresh
        self.recall = table.recall
        self._table = table

    async def read(self, key: K, _: Deadline) -> ReadResult[V | UnsetType | None]:
        """The known value."""
        return await self._table.read_known(key)


class Names:
    """All names, and the pairs of name and ID that updates and lookups tell."""

    def __init__(
        self,
        service: NamesService | None,
        *,
        redis_link: RedisLink,
        generations: Generations,
        invalidate: Callable[..., Awaitable[None]],
        timeout_s: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Without a service nothing is looked up. `invalidate` bumps tags in all processes.

        Create it before `Invalidations`: at a reconnection, names have to be in Redis before their tags are published.
        """
        self._redis_link = redis_link
        self._generations = generations
        self._invalidate = invalidate
        self._listeners: list[Listener] = []
        # Changes that Redis has not stored yet.
        self._unshared: dict[tuple[str, Hashable], Change] = {}
        parts: dict[str, Any] = {
            "redis_link": redis_link,
            "generations": generations,
            "timeout_s": timeout_s,
            "monotonic": monotonic,
        }
        find_name, find_id = (self._find_name(service), self._find_id(service)) if service else (None, None)
        self.usernames: NameTable[int, str] = NameTable(
            "username", UserName, tag_of_username, lookup=find_name, **parts
        )
        self.user_ids: NameTable[Username, int] = NameTable("user-id", UserID, tag_of_user_id, lookup=find_id, **parts)
        self.tables: tuple[NameTable[Any, Any], ...] = (self.usernames, self.user_ids)
        self.known_usernames = KnownNames(self.usernames)
        redis_link.on_reconnect(self._share)

    def on_pair(self, listener: Listener) -> None:
        """Call the listener with each name and ID that an update or a lookup tells to belong together."""
        self._listeners.append(listener)

    async def learn(self, user_id: int, name: str) -> None:
        """Store the player's current name, as an update returns it. Names that it disproves become unknown."""
        username = Username(name)
        changes: list[Change] = [(self.usernames, user_id, name), (self.user_ids, username, user_id)]
        former, holder = await self.usernames.known(user_id), await self.user_ids.known(username)
        if former and Username(former) != username and await self.user_ids.known(Username(former)) == user_id:
            changes.append((self.user_ids, Username(former), UNSET))
        if holder not in {None, user_id} and await self._has_name(holder, username):
            changes.append((self.usernames, holder, UNSET))
        tags = [table.tag(key) for table, key, value in changes if await table.known(key) != value]
        await self._store(changes, tags)
        await self._tell(username, user_id)

    async def close(self) -> None:
        """Cancel all lookups."""
        for table in self.tables:
            await table.close()

    async def _has_name(self, user_id: int | None, username: Username) -> bool:
        name = None if user_id is None else await self.usernames.known(user_id)
        return name is not None and Username(name) == username

    async def _store(self, changes: list["Change"], tags: list[str]) -> None:
        """Redis first: a process that sees an invalidation reads the new value there."""
        try:
            await self._redis_link.run(lambda redis: _write_all(redis, changes))
        except RedisUnavailable:
            if self._redis_link.configured:
                self._unshared |= {(table.kind, key): (table, key, value) for table, key, value in changes}
        await self._invalidate(*tags)
        for table, key, value in changes:
            table.put(key, value, LEARNED_S)

    async def _share(self, redis: Redis) -> None:
        while self._unshared:
            name, change = next(iter(self._unshared.items()))
            table, key, value = change
            await table.write(redis, key, value)
            if self._unshared.get(name) is change:
                del self._unshared[name]
                self._generations.bump(table.tag(key))
                table.put(key, value, LEARNED_S)

    async def _tell(self, username: Username, user_id: int) -> None:
        for listener in self._listeners:
            await listener(username, user_id)

    def _find_name(self, service: NamesService) -> Lookup[int, str]:
        async def find(user_id: int, deadline: Deadline) -> str | None:
            name = await service.username(user_id, deadline)
            if name is not None:
                await self._tell(Username(name), user_id)
            return name

        return find

    def _find_id(self, service: NamesService) -> Lookup[Username, int]:
        async def find(username: Username, deadline: Deadline) -> int | None:
            user_id = await service.user_id(username.spelling, deadline)
            if user_id is not None:
                await self._tell(username, user_id)
            return user_id

        return find


Change: TypeAlias = tuple[NameTable[Any, Any], Any, Any]


async def _write_all(redis: Redis, changes: list[Change]) -> None:
    for table, key, value in changes:
        await table.write(redis, key, value)
