"""A bounded mapping with least-recently-used eviction."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from math import inf
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class LRU(Generic[K, V]):
    """Entries are evicted, least recently used first, while they exceed `max_size` in total or `max_entries`."""

    def __init__(self, max_size: int, *, size_of: Callable[[V], int] = lambda _: 1, max_entries: float = inf) -> None:
        """By default each entry has the size 1."""
        self.max_size = max_size
        self.size = 0
        self.evictions = 0
        self._max_entries = max_entries
        self._size_of = size_of
        self._values: OrderedDict[K, V] = OrderedDict()
        self._sizes: dict[K, int] = {}

    def __len__(self) -> int:
        return len(self._values)

    def peek(self, key: K) -> V | None:
        """The value, which becomes the most recently used."""
        value = self._values.get(key)
        if value is not None:
            self._values.move_to_end(key)
        return value

    def put(self, key: K, value: V, *, size: int | None = None) -> None:
        """Store the value; `size` replaces its computed size. A value larger than `max_size` is not stored."""
        self.discard(key)
        size = self._size_of(value) if size is None else size
        if size > self.max_size:
            return
        self._values[key] = value
        self._sizes[key] = size
        self.size += size
        while self.size > self.max_size or len(self._values) > self._max_entries:
            self.evictions += 1
            self.discard(next(iter(self._values)))

    def discard(self, key: K) -> None:
        """Remove the entry, if present."""
        if self._values.pop(key, None) is not None:
            self.size -= self._sizes.pop(key)
