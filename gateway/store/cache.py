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

# What the key, the dictionary and the entry itself take, about.
ENTRY_BYTES = 600
# What the allocator rounds up and can't use; `benchmarks/cache_memory.py` shows the process within the bound.
ALLOCATED = 1.25
SAMPLE = 8
LONGEST_GRADE = 2
# Python has one object for each of these.
SMALL = range(-5, 257)


class Entry(Struct, Generic[T]):
    """Something remembered. Times are seconds since 1970; `generation` is that of its tag when it was asked for.

    It was read at `read_at`, and was still right at `fetched_at`, which is later if that could be told from elsewhere.
    """

    value: T
    fetched_at: float
    generation: int = 0
    etag: str | None = None
    dropped: int = 0
    refresh_at: float = 0.0
    read_at: float = 0.0


class Cache(LRU[Hashable, Entry[Any]], BaseCache):
    """Entries within `max_bytes` of estimated size. `peek` and `put` are synchronous; aiocache's verbs do the same."""

    def __init__(self, max_bytes: int) -> None:
        LRU.__init__(self, max_bytes, size_of=lambda entry: ENTRY_BYTES + int(size_of(entry.value) * ALLOCATED))
        BaseCache.__init__(self, serializer=NullSerializer(), timeout=None)

    @property
    def used_bytes(self) -> int:
        """The estimated size of all entries."""
        return self.size

    # aiocache names the arguments; some have no meaning here.
    async def _get(self, key: Hashable, encoding: str, _conn: Any = None) -> Entry[Any] | None:
        return self.peek(key)

    async def _set(
        self, key: Hashable, value: Entry[Any], ttl: float | None = None, _cas_token: Any = None, _conn: Any = None
    ) -> bool:
        self.put(key, value)
        return True

    async def _delete(self, key: Hashable, _conn: Any = None) -> int:
        present = self.peek(key) is not None
        self.discard(key)
        return int(present)


def size_of(value: object) -> int:
    """About how many bytes a value takes; rows are estimated from a few of them."""
    if isinstance(value, Rows):
        places = range(0, len(value), max(1, len(value) // SAMPLE))
        sample = [_row_bytes(value[place], value[place - 1] if place else None) for place in places]
        return sys.getsizeof(value) + len(value) * sum(sample) // max(1, len(sample))
    members = structs.astuple(value) if isinstance(value, Struct) else value if isinstance(value, tuple) else ()
    return sys.getsizeof(value) + sum(map(size_of, members))


def _row_bytes(row: Struct, before: Struct | None) -> int:
    """What it takes beside the row before it, with which it may share values."""
    known = structs.astuple(before) if before else ()
    pairs = zip_longest(structs.astuple(row), known, fillvalue=UNSET)
    return sys.getsizeof(row) + sum(_own_bytes(value) for value, other in pairs if value is not other)


def _own_bytes(value: object) -> int:
    """Of a row's field; small numbers are shared, as are grades, modes and players."""
    owned = (
        isinstance(value, float)
        or (isinstance(value, str) and len(value) > LONGEST_GRADE)
        or (type(value) is int and value not in SMALL)
    )
    return sys.getsizeof(value) if owned else 0
