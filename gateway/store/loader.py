"""Loads the entries of a resource: from osu!track, or by the proof of other data that an entry is still current."""

from collections.abc import Awaitable, Callable, Hashable, Iterator
from functools import partial
from typing import Generic, Protocol, TypeAlias, TypeVar

from msgspec import structs

from gateway.deadline import Deadline
from gateway.errors import UpstreamError, UpstreamInvalid
from gateway.osutrack.decode import Fetched

from .cache import Entry
from .resource_cache import Phase, ResourceCache
from .singleflight import SingleFlight

K = TypeVar("K", bound=Hashable)
K_contra = TypeVar("K_contra", contravariant=True)
V = TypeVar("V")

Fetch: TypeAlias = Callable[[K, Entry[V] | None, Deadline], Awaitable[Fetched[V] | None]]


class Confirm(Protocol[K_contra, V]):
    """The monotonic time at which other data prove that an entry is current; None without a proof."""

    def __call__(self, key: K_contra, entry: Entry[V], /, *, background: bool) -> Awaitable[float | None]: ...


# The number of loads in one read, if updates keep overtaking them.
MAX_LOADS = 3


class Loader(Generic[K, V]):
    """Loads each entry once, however many readers need it, in this process and those that share a Redis."""

    def __init__(
        self, cache: ResourceCache[K, V], fetch: Fetch[K, V], *, confirm: Confirm[K, V] | None, timeout_s: float
    ) -> None:
        """As in `Resource`."""
        self._cache = cache
        self._fetch = fetch
        self._confirm = confirm
        self._timeout_s = timeout_s
        # Reads do not join a background load, which yields to them and may be about to fail.
        self._loads = SingleFlight(partial(self._load, background=False))
        self._background_loads = SingleFlight(partial(self._load, background=True))

    def is_running_in_background(self, key: K) -> bool:
        """Whether a background load is in progress that began after the last invalidation."""
        return self._background_loads.is_running(key, self._cache.generation(key))

    async def load(self, key: K, *, background: bool) -> tuple[Entry[V], bool]:
        """The entry after a load, and whether it was requested from osu!track. Raises `UpstreamError`."""
        for generation in self._generations(key):
            # Reads do not join a background load, but a refresh joins a read's load, which is faster.
            joins_read = not background or self._loads.is_running(key, generation)
            entry, loaded = await (self._loads if joins_read else self._background_loads).do(key, generation)
        return self._cache.entry(key) or entry, loaded

    async def store(self, key: K, fetched: Fetched[V]) -> None:
        """Store a value that was fetched a moment ago, after the last invalidation."""
        await self._cache.put(key, self._new_entry(fetched, None, self._cache.generation(key)))

    async def close(self) -> None:
        """Cancel all loads."""
        for flights in (self._loads, self._background_loads):
            await flights.close()

    def _generations(self, key: K) -> Iterator[int]:
        """The current generation; then, if an invalidation overtakes the load, the next one."""
        for _ in range(MAX_LOADS):
            generation = self._cache.generation(key)
            yield generation
            if generation == self._cache.generation(key) or self._cache.entry(key):
                return

    async def _load(self, key: K, generation: int, *, background: bool) -> tuple[Entry[V], bool]:
        """An entry, and whether it was requested from osu!track."""
        # Like the single flight, the lock does not let a read wait for a refresh, or for an overtaken load.
        async with self._cache.lock(key, generation, background=background):
            # Meanwhile another process may have loaded it.
            await self._cache.recall(key)
            entry = self._cache.entry(key)
            if entry and self._cache.phase(entry) is Phase.FRESH:
                return entry, False
            try:
                if entry and (confirmed := await self._confirmed(key, entry, generation, background=background)):
                    return confirmed, False
                return await self._fetch_entry(key, generation, background=background)
            except UpstreamError:
                self._cache.pause_refreshes(key)
                raise

    async def _fetch_entry(self, key: K, generation: int, *, background: bool) -> tuple[Entry[V], bool]:
        # Not the deadline of the first read: a read that joins this load may have more time.
        deadline = Deadline.from_timeout(self._timeout_s, background=background)
        stored = self._cache.stored(key)
        fetched = await self._fetch(key, stored, deadline)
        entry = self._new_entry(fetched, stored, generation)
        await self._cache.put(key, entry)
        return entry, fetched is None or fetched.sent

    async def _confirmed(self, key: K, entry: Entry[V], generation: int, *, background: bool) -> Entry[V] | None:
        """The entry, fresh by the proof of other data."""
        if self._confirm is None or not self._cache.spec.refreshable(entry.value):
            return None
        validated_at = await self._confirm(key, entry, background=background)
        if validated_at is None:
            return None
        entry = structs.replace(entry, validated_at=validated_at, refresh_at=0.0, generation=generation)
        if self._cache.phase(entry) is not Phase.FRESH:
            return None
        await self._cache.put(key, entry)
        return entry

    def _new_entry(self, fetched: Fetched[V] | None, stored: Entry[V] | None, generation: int) -> Entry[V]:
        """An entry with the fetched value, or with the stored one if that is still current."""
        source = stored if fetched is None else fetched
        if source is None:
            raise UpstreamInvalid("osu!track sent status 304 to an unconditional request.")
        now = self._cache.monotonic()
        validated_at = fetched.validated_at if fetched else None
        return Entry(
            value=source.value,
            fetched_at=now,
            validated_at=now if validated_at is None else validated_at,
            loaded_at=stored.loaded_at if stored and fetched and fetched.partial else now,
            generation=generation,
            etag=source.etag,
            dropped=source.dropped,
            fresh_s=fetched.fresh_s if fetched else None,
        )
