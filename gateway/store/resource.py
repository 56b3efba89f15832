"""The caching policy of all resources: serve fresh data, revalidate in the background, serve stale data on failure."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable, Iterator
from contextlib import suppress
from functools import partial
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from msgspec import structs

from gateway.deadline import Deadline
from gateway.errors import UpstreamError, UpstreamInvalid, UpstreamTimeout
from gateway.osutrack.decode import Fetched

from .cache import Entry
from .resource_cache import ResourceCache
from .singleflight import SingleFlight

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Fetch: TypeAlias = Callable[[K, Entry[V] | None, Deadline], Awaitable[Fetched[V] | None]]
Confirm: TypeAlias = Callable[[K, Entry[V]], Awaitable[float | None]]

# The minimum interval between two refreshes of one entry.
REFRESH_PAUSE_S = 30.0
# The number of loads in one read, if updates keep overtaking them.
MAX_LOADS = 3


class ReadResult(NamedTuple, Generic[V]):
    """A value as it is served. `age_s` is None while it is fresh; `loaded` if it was requested from osu!track.

    Valid until `fresh_until` (monotonic time), and while its `tag` has this `generation`.
    """

    value: V
    age_s: float | None = None
    dropped: int = 0
    fresh_until: float = 0.0
    loaded: bool = False
    tag: str = ""
    generation: int = 0


class Resource(Generic[K, V]):
    """One kind of osu!track data, by key. Values are immutable."""

    def __init__(
        self,
        cache: ResourceCache[K, V],
        fetch: Fetch[K, V],
        *,
        confirm: Confirm[K, V] | None = None,
        timeout_s: float = 20.0,
    ) -> None:
        """`fetch` gets the last entry, valid or not, and returns None if its value is still current.

        A background refresh calls `confirm` first: if other data prove that the entry is current, it returns the
        monotonic time of that proof. `timeout_s` bounds each fetch.
        """
        self.name = cache.spec.name
        # The number of reads by outcome: fresh, stale, loaded.
        self.tally: Counter[str] = Counter()
        self._cache = cache
        self._monotonic = cache.monotonic
        self._refreshable = cache.spec.refreshable
        self._tag = cache.spec.tag
        self._fetch = fetch
        self._confirm = confirm
        self._timeout_s = timeout_s
        # Reads do not join a background load, which yields to them and may be about to fail.
        self._loads = SingleFlight(partial(self._load, background=False))
        self._background_loads = SingleFlight(partial(self._load, background=True))
        self._refreshes: set[asyncio.Task[None]] = set()

    def peek(self, key: K) -> ReadResult[V] | None:
        """The cached value, if it can be served without waiting. If stale, a refresh starts in the background."""
        entry = self._cache.entry(key)
        if entry is None:
            return None
        if not self._cache.is_fresh(entry) and self._monotonic() >= entry.refresh_at:
            if not self._refreshable(entry.value):
                return None
            self._start_refresh(key, entry)
        return self._result(key, entry)

    async def read(self, key: K, deadline: Deadline) -> ReadResult[V]:
        """The cached value, or one fetched before the deadline; if that fails, the stale value.

        Raises `UpstreamError` if there is no valid value.
        """
        result = self.peek(key)
        if result is not None:
            return result
        try:
            async with asyncio.timeout_at(deadline.with_grace):
                for generation in self._generations(key):
                    entry, loaded = await self._loads.do(key, generation)
        except (TimeoutError, UpstreamError) as exc:
            result = self._stale(key)
            if result is not None:
                return result
            if isinstance(exc, UpstreamError):
                raise
            raise UpstreamTimeout("osu!track did not answer in time. Try again later.") from exc
        if loaded:
            return self._result(key, self._cache.entry(key) or entry, loaded=True)
        # An entry from another process may be stale: then `peek` starts a refresh.
        return self.peek(key) or self._result(key, entry)

    async def revalidate(self, key: K) -> Entry[V]:
        """A fresh entry, fetched with background priority if necessary. Raises `UpstreamError`."""
        cached = self._cache.entry(key)
        if cached is not None and self._cache.is_fresh(cached):
            return cached
        for generation in self._generations(key):
            entry, _ = await self._background_loads.do(key, generation)
        return self._cache.entry(key) or entry

    def entry(self, key: K) -> Entry[V] | None:
        """The valid entry in memory; no refresh starts."""
        return self._cache.entry(key)

    async def close(self) -> None:
        """Cancel all loads."""
        for task in self._refreshes:
            task.cancel()
        await asyncio.gather(*self._refreshes, return_exceptions=True)
        await self._loads.close()
        await self._background_loads.close()

    def _generations(self, key: K) -> Iterator[int]:
        """The current generation; then, if an invalidation overtakes the load, the next one."""
        for _ in range(MAX_LOADS):
            generation = self._cache.generation(key)
            yield generation
            if generation == self._cache.generation(key) or self._cache.entry(key):
                return

    async def _load(self, key: K, generation: int, *, background: bool) -> tuple[Entry[V], bool]:
        """An entry, and whether it was requested from osu!track: otherwise another process has loaded it."""
        cache = self._cache
        entry = await cache.recall(key)
        if entry and (cache.is_fresh(entry) or (not background and self._refreshable(entry.value))):
            return entry, False
        # Like the single flight, the lock does not let a read wait for a refresh, or for an overtaken load.
        async with cache.lock(key, generation, background=background):
            entry = await cache.recall(key)
            if entry and cache.is_fresh(entry):
                return entry, False
            if background and (entry := await self._confirmed(key, generation)):
                return entry, False
            # Not the deadline of the first read: a read that joins this load may have more time.
            deadline = Deadline.from_timeout(self._timeout_s, background=background)
            stored = cache.stored(key)
            entry = self._new_entry(await self._fetch(key, stored, deadline), stored, generation)
            await cache.put(key, entry)
            return entry, True

    async def _confirmed(self, key: K, generation: int) -> Entry[V] | None:
        """The entry in memory, fresh by the proof of other data."""
        entry = self._cache.entry(key)
        if entry is None or self._confirm is None:
            return None
        validated_at = await self._confirm(key, entry)
        if validated_at is None:
            return None
        entry = structs.replace(entry, validated_at=validated_at, refresh_at=0.0, generation=generation)
        if not self._cache.is_fresh(entry):
            return None
        await self._cache.put(key, entry)
        return entry

    def _new_entry(self, fetched: Fetched[V] | None, stored: Entry[V] | None, generation: int) -> Entry[V]:
        """An entry with the fetched value, or with the stored one if that is still current."""
        source = stored if fetched is None else fetched
        if source is None:
            raise UpstreamInvalid("osu!track sent status 304 to an unconditional request.")
        now = self._monotonic()
        return Entry(
            value=source.value,
            fetched_at=now,
            validated_at=now,
            loaded_at=stored.loaded_at if stored and fetched and fetched.partial else now,
            generation=generation,
            etag=source.etag,
            dropped=source.dropped,
        )

    def _start_refresh(self, key: K, entry: Entry[V]) -> None:
        entry.refresh_at = self._monotonic() + REFRESH_PAUSE_S
        task = asyncio.ensure_future(self._refresh(key))
        self._refreshes.add(task)
        task.add_done_callback(self._refreshes.discard)

    async def _refresh(self, key: K) -> None:
        # On failure readers get the stale value with its age; the circuit breaker has counted the failure.
        with suppress(UpstreamError):
            await self.revalidate(key)

    def _stale(self, key: K) -> ReadResult[V] | None:
        """The valid value in place of a failed load, which is not repeated during a pause."""
        entry = self._cache.entry(key)
        if entry is None:
            return None
        entry.refresh_at = self._monotonic() + REFRESH_PAUSE_S
        return self._result(key, entry)

    def _result(self, key: K, entry: Entry[V], *, loaded: bool = False) -> ReadResult[V]:
        age_s = None if self._cache.is_fresh(entry) else self._monotonic() - entry.validated_at
        self.tally["loaded" if loaded else "fresh" if age_s is None else "stale"] += 1
        return ReadResult(
            entry.value, age_s, entry.dropped, self._cache.fresh_until(entry), loaded, self._tag(key), entry.generation
        )
