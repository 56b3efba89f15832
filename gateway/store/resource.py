"""The one policy by which everything is remembered: fresh, stale while refreshing, stale when osu!track fails."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Generic, NamedTuple, TypeVar

from gateway.errors import UpstreamError
from gateway.osutrack.patience import Patience, patience

from .cache import Cache, Held
from .flight import Flights
from .generations import Generations

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

# After a refresh behind the scenes has failed, that entry is left alone for so long.
REFRESH_PAUSE_S = 30.0
# A load that an update overtook is done again, but not for ever.
OVERTAKEN = 3


class Lifetime(NamedTuple):
    """For how long a value is fresh, and for how long after that it may still be served; seconds since it was fetched."""

    fresh_s: float
    stale_s: float


class Served(NamedTuple, Generic[V]):
    """An answer to a reader. `age_s` is None while it is fresh; `loaded` says that osu!track was asked for it."""

    value: V
    age_s: float | None = None
    dropped: int = 0
    fetched_at: float = 0.0
    loaded: bool = False


class Resource(Generic[K, V]):
    """One kind of thing that osu!track knows. Keys are its own; values are immutable."""

    def __init__(
        self,
        name: str,
        lifetime: Lifetime,
        fetch: Callable[[K, Held[V] | None, Patience], Awaitable[Held[V]]],
        *,
        cache: Cache,
        generations: Generations,
        tag: Callable[[K], str],
        refreshable: Callable[[V], bool] = lambda _: True,
        refresh_timeout_s: float = 20.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`fetch` gets what is held, to ask only for what has changed; it stamps nothing, the resource does.

        Values that are not `refreshable` are read again only for somebody who waits.
        """
        self.name = name
        self._lifetime = lifetime
        self._fetch = fetch
        self._cache = cache
        self._generations = generations
        self._tag = tag
        self._refreshable = refreshable
        self._refresh_timeout_s = refresh_timeout_s
        self._clock = clock
        self._flights: Flights[Held[V]] = Flights()
        self._refreshes: set[asyncio.Task[None]] = set()

    def peek(self, key: K) -> Served[V] | None:
        """What can be served at once: fresh, or stale with a refresh begun behind; None if somebody has to wait."""
        held = self._held(key)
        if held is None:
            return None
        age_s = self._clock() - held.fetched_at
        if age_s < self._lifetime.fresh_s:
            return _served(held)
        if not self._refreshable(held.value):
            return None
        if self._clock() >= held.refresh_at:
            self._refresh(key, held)
        return _served(held, age_s)

    async def load(self, key: K, patience: Patience) -> Served[V]:
        """As `peek`, or read from osu!track; stale, if it fails and there is something to fall back on."""
        served = self.peek(key)
        if served is not None:
            return served
        try:
            return _served(await self._current(key, patience), loaded=True)
        except UpstreamError:
            held = self._held(key)
            if held is None:
                raise
            return _served(held, self._clock() - held.fetched_at)

    def keep(self, key: K, value: V) -> None:
        """Remember what became known by another way."""
        self._cache.keep(self._name(key), Held(value, self._clock(), self._generations.of(self._tag(key))))

    async def close(self) -> None:
        """End what is under way."""
        for task in tuple(self._refreshes):
            task.cancel()
        await asyncio.gather(*self._refreshes, return_exceptions=True)
        await self._flights.close()

    def _held(self, key: K) -> Held[V] | None:
        held: Held[V] | None = self._cache.peek(self._name(key))
        if held is None or held.generation != self._generations.of(self._tag(key)):
            return None
        if self._clock() - held.fetched_at >= self._lifetime.fresh_s + self._lifetime.stale_s:
            return None
        return held

    async def _current(self, key: K, patience: Patience) -> Held[V]:
        """Loaded, and not overtaken by an update meanwhile: then it is loaded again."""
        for _ in range(OVERTAKEN):
            generation = self._generations.of(self._tag(key))
            held = await self._flights.join((key, generation), lambda: self._load(key, generation, patience))
            if generation == self._generations.of(self._tag(key)):
                break
        return held

    async def _load(self, key: K, generation: int, patience: Patience) -> Held[V]:
        # Even what an update made old is worth having here: only its end has changed.
        held = await self._fetch(key, self._cache.peek(self._name(key)), patience)
        held.fetched_at = self._clock()
        held.generation = generation
        if generation == self._generations.of(self._tag(key)):
            self._cache.keep(self._name(key), held)
        return held

    def _refresh(self, key: K, held: Held[Any]) -> None:
        held.refresh_at = self._clock() + REFRESH_PAUSE_S
        task = asyncio.ensure_future(self._refreshed(key))
        self._refreshes.add(task)
        task.add_done_callback(self._refreshes.discard)

    async def _refreshed(self, key: K) -> None:
        try:
            await self._current(key, patience(self._refresh_timeout_s, background=True))
        except UpstreamError:
            # Whoever reads next is told the age of what there is; the breaker has counted the failure.
            return

    def _name(self, key: K) -> tuple[str, K]:
        return (self.name, key)


def _served(held: Held[V], age_s: float | None = None, *, loaded: bool = False) -> Served[V]:
    return Served(held.value, age_s, held.dropped, held.fetched_at, loaded)
