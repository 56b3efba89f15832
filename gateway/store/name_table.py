"""One direction of names, from names to IDs or back: entries in memory and in Redis, and lookups of others."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable, Sequence
from functools import partial
from math import inf
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from msgspec import UNSET, UnsetType

from gateway.deadline import Deadline
from gateway.errors import UpstreamTimeout
from gateway.shared.lock import exclusive_lock
from gateway.shared.redis_link import RedisLink, RedisUnavailable

from .lru import LRU
from .resource import ReadResult
from .singleflight import SingleFlight
from .stored_names import RECHECK_S, StoredNames
from .tags import Generations

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

# The lifetimes of answers of the names service, and of its 404s.
FOUND_S = 24 * 3600.0
MISSING_S = 3600.0
# The validity of responses with names: caches outside of the gateway see no invalidation.
VALID_S = 600.0
MAX_ENTRIES = 50_000
# The maximum number of keys in one pipeline.
BATCH = 500

# A lookup in the names service.
Lookup: TypeAlias = Callable[[K, Deadline], Awaitable[V | None]]


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
        invalidate: Callable[..., Awaitable[None]],
        timeout_s: float,
        monotonic: Callable[[], float],
    ) -> None:
        """`kind` is the name of the table in Redis; `timeout_s` bounds each lookup; `invalidate` bumps tags.

        A lookup continues after the deadline of its readers, for later ones.
        """
        self.tag = tag
        self.stored = StoredNames[K, V](kind, value_type, redis_link)
        # The number of reads by outcome: fresh, loaded.
        self.tally: Counter[str] = Counter()
        self._lookups = SingleFlight(partial(self._look_up, lookup), outlives_waiters=True) if lookup else None
        self._redis_link = redis_link
        self._generations = generations
        self._invalidate = invalidate
        # The generation that invalidates an entry must not be dropped before the entry is read again from Redis.
        self._recheck_s = min(RECHECK_S, generations.lifetime_s)
        self._timeout_s = timeout_s
        self._monotonic = monotonic
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

    async def is_missing(self, key: K) -> bool:
        """Whether the names service is known to have no such player. It is not asked."""
        await self.recall([key])
        entry = self._entry(key)
        return entry is not None and entry.value is None

    async def add_if_unknown(self, key: K, value: V) -> None:
        """Store the result of a lookup in the other direction, unless a value is known."""
        if await self.known(key) is None:
            await self._add(key, value, self._generations.of(self.tag(key)))

    async def recall(self, keys: Sequence[K]) -> None:
        """Copy values from Redis, as far as they are not in memory."""
        missing = [key for key in dict.fromkeys(keys) if self._entry(key) is None]
        for start in range(0, len(missing), BATCH):
            await self._recall(missing[start : start + BATCH])

    def put(self, key: K, value: V | UnsetType | None, ttl_s: float) -> _Entry[V]:
        """Store a value in memory."""
        now = self._monotonic()
        entry = _Entry(value, now + ttl_s, self._generations.of(self.tag(key)), now + self._recheck_s)
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
        deadline = Deadline.from_timeout(self._timeout_s)
        lock = exclusive_lock(self._redis_link, f"{self.stored.kind}:{key}", for_s=self._timeout_s)
        async with asyncio.timeout_at(deadline.with_grace), lock:
            await self._recall([key])
            entry = self._entry(key)
            if entry is not None and entry.value is not UNSET:
                return entry, False
            generation = self._generations.of(self.tag(key))
            value = await lookup(key, deadline)
            return await self._add(key, value, generation), True

    async def _add(self, key: K, value: V | None, generation: int) -> _Entry[V] | None:
        """The entry with the result of a lookup, unless an update has returned another one since the generation."""
        ttl_s = MISSING_S if value is None else FOUND_S
        if await self.stored.add(key, value, ttl_s) and generation == self._generations.of(self.tag(key)):
            if value is not None:
                # Cached responses may have lists without it.
                await self._invalidate(self.tag(key))
            return self.put(key, value, ttl_s)
        await self._recall([key])
        return self._entry(key)

    async def _recall(self, keys: Sequence[K]) -> None:
        generations = [self._generations.of(self.tag(key)) for key in keys]
        try:
            stored = await self.stored.read(keys)
        except RedisUnavailable:
            return
        for key, generation, (value, ttl_s) in zip(keys, generations, stored, strict=True):
            current = self._current(key)
            if value is UNSET and current and current.value is not UNSET:
                # Redis has lost its data.
                await self.stored.add(key, current.value, current.expires_at - self._monotonic())
                self._entries.put(key, current._replace(recheck_at=self._monotonic() + self._recheck_s))
            elif generation == self._generations.of(self.tag(key)):
                self.put(key, value, ttl_s)


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
