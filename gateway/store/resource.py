"""The caching policy of all resources, by the age of the cached value.

Fresh: it is served. Revalidating: it is served, and refreshed in the background. Stale: readers wait for a refresh, and
get the cached value if that fails or takes too long.
"""

import asyncio
from collections import Counter
from collections.abc import Hashable
from contextlib import suppress
from typing import Generic, TypeVar

from msgspec import Struct

from gateway.deadline import Deadline
from gateway.errors import UpstreamError, UpstreamTimeout
from gateway.osutrack.decode import Fetched

from .cache import Entry
from .loader import Confirm, Fetch, Loader
from .resource_cache import Phase, ResourceCache
from .singleflight import SingleFlight

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

# The longest wait for the refresh of a stale value.
REFRESH_WAIT_S = 3.0


class ReadResult(Struct, Generic[V], frozen=True):
    """A value as it is served. `age_s` is the age of a stale value; `loaded` if it was requested from osu!track.

    `revalidating` if its freshness has ended and a background refresh is due. Valid until `fresh_until` (monotonic
    time), and while its `tag` has this `generation`.
    """

    value: V
    age_s: float | None = None
    revalidating: bool = False
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

        A refresh calls `confirm` first: if other data prove that the entry is current, nothing is fetched. `timeout_s`
        bounds each fetch.
        """
        self.name = cache.spec.name
        # The number of reads by outcome: loaded, or the phase of the cached value.
        self.tally: Counter[str] = Counter()
        self._cache = cache
        self._monotonic = cache.monotonic
        self._tag = cache.tag
        self._loader = Loader(cache, fetch, confirm=confirm, timeout_s=timeout_s)
        self._recalls = SingleFlight(cache.recall)
        self._refreshes: set[asyncio.Task[None]] = set()

    def peek(self, key: K, *, refresh: bool = True) -> ReadResult[V] | None:
        """The cached value, if it can be served without waiting. `refresh` starts its refresh, if it needs one."""
        entry = self._cache.entry(key)
        if entry is None:
            return None
        phase = self._cache.phase(entry)
        if phase is Phase.STALE and self._monotonic() >= entry.refresh_at:
            return None
        if phase is Phase.REVALIDATING and refresh:
            self.refresh(key)
        return self._result(key, entry, phase)

    def cached(self, key: K) -> ReadResult[V] | None:
        """The cached value, even if it is stale. No refresh starts."""
        entry = self._cache.entry(key)
        return None if entry is None else self._result(key, entry)

    async def recall(self, key: K) -> None:
        """Read the entry that another process may have stored."""
        await self._recalls.do(key)

    def refresh(self, key: K) -> None:
        """Start a background refresh of a value that needs one, unless one is in progress or failed a moment ago."""
        entry = self._cache.entry(key)
        if entry is None or self._cache.phase(entry) is not Phase.REVALIDATING:
            return
        if self._monotonic() >= entry.refresh_at and not self._loader.is_running_in_background(key):
            self._start_refresh(key, background=True)

    async def read(self, key: K, deadline: Deadline) -> ReadResult[V]:
        """The cached value, or one fetched before the deadline; if that fails, the stale value.

        Raises `UpstreamError` if there is no valid value.
        """
        if result := self.peek(key):
            return result
        if self._cache.is_shared:
            # Another process may have stored an entry.
            await self._recalls.do(key)
            if result := self.peek(key):
                return result
        return await self._refreshed(key, deadline) or await self._loaded(key, deadline)

    async def revalidate(self, key: K, *, background: bool) -> Entry[V]:
        """A fresh entry, fetched if necessary. Raises `UpstreamError`."""
        cached = self._cache.entry(key)
        if cached is not None and self._cache.phase(cached) is Phase.FRESH:
            return cached
        entry, _ = await self._loader.load(key, background=background)
        return entry

    def entry(self, key: K) -> Entry[V] | None:
        """The valid entry in memory; no refresh starts."""
        return self._cache.entry(key)

    def stored(self, key: K) -> Entry[V] | None:
        """The entry in memory, even if it is invalid."""
        return self._cache.stored(key)

    async def store(self, key: K, fetched: Fetched[V]) -> None:
        """Store a value that was fetched a moment ago, after the last invalidation."""
        await self._loader.store(key, fetched)

    def is_fresh(self, key: K) -> bool:
        """Whether memory has a fresh entry."""
        entry = self._cache.entry(key)
        return entry is not None and self._cache.phase(entry) is Phase.FRESH

    async def close(self) -> None:
        """Cancel all loads."""
        for task in self._refreshes:
            task.cancel()
        await asyncio.gather(*self._refreshes, return_exceptions=True)
        await self._recalls.close()
        await self._loader.close()

    async def _refreshed(self, key: K, deadline: Deadline) -> ReadResult[V] | None:
        """The refreshed value or, if the refresh fails or is slow, the stale one. None without a valid entry."""
        if self._cache.entry(key) is None:
            return None
        # Its own task: it continues when the readers have left.
        self._start_refresh(key, background=False)
        wait_until = asyncio.get_running_loop().time() + REFRESH_WAIT_S
        try:
            async with asyncio.timeout_at(min(wait_until, deadline.with_grace)):
                entry, loaded = await self._loader.load(key, background=False)
        except (TimeoutError, UpstreamError):
            self._cache.pause_refreshes(key)
            return self.peek(key)
        return self._result(key, entry, loaded=loaded)

    async def _loaded(self, key: K, deadline: Deadline) -> ReadResult[V]:
        """The value, loaded before the deadline. Raises `UpstreamError`."""
        try:
            async with asyncio.timeout_at(deadline.with_grace):
                entry, loaded = await self._loader.load(key, background=False)
        except TimeoutError as exc:
            raise UpstreamTimeout("osu!track did not answer in time. Try again later.") from exc
        return self._result(key, entry, loaded=loaded)

    def _start_refresh(self, key: K, *, background: bool) -> None:
        task = asyncio.ensure_future(self._refresh(key, background=background))
        self._refreshes.add(task)
        task.add_done_callback(self._refreshes.discard)

    async def _refresh(self, key: K, *, background: bool) -> None:
        # On failure readers get the cached value; the circuit breaker has counted the failure.
        with suppress(UpstreamError):
            await self.revalidate(key, background=background)

    def _result(self, key: K, entry: Entry[V], phase: Phase | None = None, *, loaded: bool = False) -> ReadResult[V]:
        # Not even a load that took longer than the freshness of its value is served as stale.
        phase = Phase.FRESH if loaded else phase or self._cache.phase(entry)
        self.tally["loaded" if loaded else phase] += 1
        return ReadResult(
            entry.value,
            age_s=self._monotonic() - entry.validated_at if phase is Phase.STALE else None,
            revalidating=phase is Phase.REVALIDATING,
            dropped=entry.dropped,
            fresh_until=self._cache.fresh_until(entry),
            loaded=loaded,
            tag=self._tag(key),
            generation=entry.generation,
        )
