"""The memory cache: an aiocache back end, bounded in bytes. Freshness and invalidation are decided by the callers.

aiocache's own memory cache is unbounded, has a timer for each key, and no synchronous lookup.
"""

import sys
from collections.abc import Hashable
from itertools import zip_longest
from typing import Any, Generic, TypeVar

from aiocache.base import BaseCache
from aiocache.serializers import NullSerializer
from msgspec import UNSET, Struct, structs

from gateway.records import Rows

from .lru import LRU

T = TypeVar("T")

# The approximate size of the key, the dictionary slots and the entry itself.
ENTRY_BYTES = 600
# The allocator's overhead. `benchmarks/cache_memory.py` compares the bound with the process's memory.
ALLOCATOR_OVERHEAD = 1.25
SAMPLED_ROWS = 8
# Python shares strings and integers of these sizes.
SHARED_LENGTH = 2
SHARED_INTEGERS = range(-5, 257)


class Entry(Struct, Generic[T], kw_only=True):
    """A cached value from osu!track. Times are monotonic, except `written_at`.

    `validated_at` is the last time at which the value was known to be current: the time of the fetch or, if later,
    of a proof by other data. `loaded_at` is the time of the last fetch of the whole value. `generation` is that of the
    tag when the fetch began. No refresh starts before `refresh_at`. `fresh_s` shortens the freshness, without
    revalidation after it. `written_at` is the wall time at which the entry was written to Redis.
    """

    value: T
    fetched_at: float
    validated_at: float
    loaded_at: float
    generation: int
    etag: str | None = None
    dropped: int = 0
    refresh_at: float = 0.0
    fresh_s: float | None = None
    written_at: float = 0.0


class Cache(LRU[Hashable, Any], BaseCache):
    """Values bounded by their estimated size; mostly `Entry`. aiocache's verbs are asynchronous `peek` and `put`."""

    def __init__(self, max_bytes: int) -> None:
        LRU.__init__(self, max_bytes, size_of=lambda value: ENTRY_BYTES + int(size_of(value) * ALLOCATOR_OVERHEAD))
        BaseCache.__init__(self, serializer=NullSerializer(), timeout=None)

    @property
    def used_bytes(self) -> int:
        """The estimated size of all entries."""
        return self.size

    # aiocache names the arguments; some have no meaning here.
    async def _get(self, key: Hashable, encoding: str, _conn: Any = None) -> Any:
        return self.peek(key)

    async def _set(
        self, key: Hashable, value: Any, ttl: float | None = None, _cas_token: Any = None, _conn: Any = None
    ) -> bool:
        self.put(key, value)
        return True

    async def _delete(self, key: Hashable, _conn: Any = None) -> int:
        present = self.peek(key) is not None
        self.discard(key)
        return int(present)


def size_of(value: object) -> int:
    """The approximate size of a value in bytes; that of rows is estimated from a sample."""
    if isinstance(value, Entry):
        return size_of(value.value)
    if isinstance(value, Rows):
        indexes = range(0, len(value), max(1, len(value) // SAMPLED_ROWS))
        sample = [_row_bytes(value[index], value[index - 1] if index else None) for index in indexes]
        return sys.getsizeof(value) + len(value) * sum(sample) // max(1, len(sample))
    members = structs.astuple(value) if isinstance(value, Struct) else value if isinstance(value, tuple) else ()
    return sys.getsizeof(value) + sum(map(size_of, members))


def _row_bytes(row: Struct, previous: Struct | None) -> int:
    """The size of a row, without the values that it shares with the previous one."""
    shared = structs.astuple(previous) if previous else ()
    pairs = zip_longest(structs.astuple(row), shared, fillvalue=UNSET)
    return sys.getsizeof(row) + sum(_field_bytes(value) for value, other in pairs if value is not other)


def _field_bytes(value: object) -> int:
    """The size of a field's value; 0 for small integers, grades, modes and players, which rows share."""
    owned = (
        isinstance(value, float)
        or (isinstance(value, str) and len(value) > SHARED_LENGTH)
        or (type(value) is int and value not in SHARED_INTEGERS)
    )
    return sys.getsizeof(value) if owned else 0
