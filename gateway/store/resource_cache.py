"""The entries of one resource, in memory and in Redis: freshness and invalidation. Sends no requests to osu!track."""

import time
from collections.abc import Callable, Hashable
from contextlib import AbstractAsyncContextManager
from enum import StrEnum
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

from .cache import Cache, Entry
from .codec import Codec
from .redis_cache import SharedCache
from .tags import Generations

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

MAX_TAGS = 2048
# The pause after a failed or slow refresh, in which the cached value is served at once.
REFRESH_PAUSE_S = 30.0


class Freshness(NamedTuple):
    """Seconds for which an entry is fresh, then served during a background refresh, then served if a refresh fails."""

    fresh_s: float
    revalidate_s: float
    stale_s: float


class Phase(StrEnum):
    """The phase of a valid entry: served as it is, during a background refresh, or only if a refresh fails."""

    FRESH = "fresh"
    REVALIDATING = "revalidating"
    STALE = "stale"


class ResourceSpec(NamedTuple, Generic[K, V]):
    """The properties of a resource. `tag` returns the tag that invalidates a key.

    A value that is not `refreshable` is not refreshed in the background: it has no phase of revalidation.
    """

    name: str
    freshness: Freshness
    tag: Callable[[K], str]
    codec: Codec[V]
    refreshable: Callable[[V], bool]


class ResourceCache(Generic[K, V]):
    """A valid entry is neither invalidated nor too old to be served."""

    def __init__(
        self,
        spec: ResourceSpec[K, V],
        cache: Cache,
        shared_cache: SharedCache,
        generations: Generations,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.spec = spec
        self.monotonic = monotonic
        # Each read needs one.
        self.tag: Callable[[K], str] = lru_cache(MAX_TAGS)(spec.tag)
        self._cache = cache
        self._shared_cache = shared_cache
        self._generations = generations
        self._fresh_s, self._revalidate_s, _ = spec.freshness
        self._valid_s = sum(spec.freshness)

    def entry(self, key: K) -> Entry[V] | None:
        """The valid entry in memory."""
        entry = self.stored(key)
        return entry if entry is not None and self._is_valid(key, entry) else None

    def stored(self, key: K) -> Entry[V] | None:
        """The entry in memory, valid or not."""
        entry: Entry[V] | None = self._cache.peek((self.spec.name, key))
        return entry

    @property
    def is_shared(self) -> bool:
        """Whether Redis is connected, which may have entries of other processes."""
        return self._shared_cache.is_connected

    async def recall(self, key: K) -> Entry[V] | None:
        """The valid entry in Redis. Even an invalid one replaces an older one in memory, as the base of a refresh."""
        name = (self.spec.name, key)
        entry, stored = await self._shared_cache.get(name, self.spec.codec), self.stored(key)
        if entry and stored and entry.written_at == stored.written_at:
            # The age of the one in memory is exact, that of a second copy depends on two wall clocks.
            entry = stored
        if entry and (stored is None or stored.validated_at < entry.validated_at):
            self._cache.put(name, entry)
        return entry if entry and self._is_valid(key, entry) else None

    async def put(self, key: K, entry: Entry[V]) -> None:
        """Store an entry, unless it was invalidated while it was fetched."""
        if entry.generation == self.generation(key):
            name = (self.spec.name, key)
            self._cache.put(name, entry)
            await self._shared_cache.put(name, entry, self.spec.codec, self._valid_s)

    def lock(self, key: K, generation: int, *, background: bool) -> AbstractAsyncContextManager[None]:
        """A lock against the same load in other processes."""
        return self._shared_cache.lock(self.spec.name, key, generation, background)

    def phase(self, entry: Entry[V]) -> Phase:
        """The phase of the entry, if it is valid."""
        now = self.monotonic()
        if now < self.fresh_until(entry):
            return Phase.FRESH
        in_time = now < self.revalidates_until(entry)
        return Phase.REVALIDATING if in_time and self.spec.refreshable(entry.value) else Phase.STALE

    def fresh_until(self, entry: Entry[V]) -> float:
        """The end of the entry's freshness, in monotonic time."""
        return entry.validated_at + (self._fresh_s if entry.fresh_s is None else min(entry.fresh_s, self._fresh_s))

    def revalidates_until(self, entry: Entry[V]) -> float:
        """The end of the phase of revalidation, in monotonic time."""
        return self.fresh_until(entry) + (self._revalidate_s if entry.fresh_s is None else 0)

    def pause_refreshes(self, key: K) -> None:
        """Start no refresh for a moment; but at the end of revalidation, readers wait for a new attempt."""
        entry = self.entry(key)
        if entry is None:
            return
        entry.refresh_at = self.monotonic() + REFRESH_PAUSE_S
        if self.phase(entry) is Phase.REVALIDATING:
            entry.refresh_at = min(entry.refresh_at, self.revalidates_until(entry))

    def generation(self, key: K) -> int:
        """The current generation of the key's tag."""
        return self._generations.of(self.tag(key))

    def _is_valid(self, key: K, entry: Entry[V]) -> bool:
        return entry.generation >= self.generation(key) and self.monotonic() - entry.validated_at < self._valid_s
