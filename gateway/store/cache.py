"""A memory with a bound in bytes: aiocache's memory cache, made to let the least recently used go.

aiocache is the back end's interface; freshness, staleness and invalidation are decided by the callers. Its memory cache
has no bound of its own, a timer for each key, and no look without `await`: hence the subclass.
"""

import sys
from collections import OrderedDict
from collections.abc import Hashable
from itertools import zip_longest
from typing import Any, Generic, TypeVar

from aiocache.backends.memory import SimpleMemoryCache
from msgspec import UNSET, Struct, structs

from gateway.records import Rows

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


class Cache(SimpleMemoryCache):
    """`max_bytes` bounds the estimated size of all that is held; what is larger than the bound is not kept at all."""

    _cache: OrderedDict[Hashable, Entry[Any]]  # type: ignore[assignment]  # ordered, with keys of any spec

    def __init__(self, max_bytes: int) -> None:
        super().__init__(timeout=None)  # type: ignore[no-untyped-call]  # aiocache has few types
        self.max_bytes = max_bytes
        self.used_bytes = 0
        self.evictions = 0
        self._cache = OrderedDict()
        self._sizes: dict[Hashable, int] = {}

    def __len__(self) -> int:
        return len(self._cache)

    def peek(self, key: Hashable) -> Entry[Any] | None:
        """What is held under the key, now, without `await`."""
        entry = self._cache.get(key)
        if entry is not None:
            self._cache.move_to_end(key)
        return entry

    def discard(self, key: Hashable) -> None:
        """Drop one entry, if it is there."""
        if self._cache.pop(key, None) is not None:
            self.used_bytes -= self._sizes.pop(key)

    def put(self, key: Hashable, entry: Entry[Any], *, size: int | None = None) -> None:
        """Remember, and let go of what was used least recently until all fits; `size` if the value's is known."""
        self.discard(key)
        size = ENTRY_BYTES + (int(size_of(entry.value) * ALLOCATED) if size is None else size)
        if size > self.max_bytes:
            return
        self._cache[key] = entry
        self._sizes[key] = size
        self.used_bytes += size
        while self.used_bytes > self.max_bytes:
            self.evictions += 1
            self.discard(next(iter(self._cache)))

    # aiocache gives the arguments their names, and passes some that have no meaning here.
    async def _get(self, key: Hashable, encoding: str = "utf-8", _conn: Any = None) -> Entry[Any] | None:
        return self.peek(key)

    async def _set(
        self, key: Hashable, value: Entry[Any], ttl: float | None = None, _cas_token: Any = None, _conn: Any = None
    ) -> bool:
        self.put(key, value)
        return True

    async def _delete(self, key: Hashable, _conn: Any = None) -> int:
        present = key in self._cache
        self.discard(key)
        return int(present)

    async def _clear(self, namespace: str | None = None, _conn: Any = None) -> bool:
        self._cache.clear()
        self._sizes.clear()
        self.used_bytes = 0
        return True


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
