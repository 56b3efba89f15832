"""The one policy by which everything is remembered: fresh, stale while refreshing, stale when osu!track fails."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable
from functools import partial
from typing import Generic, NamedTuple, TypeVar

from msgspec import structs

from gateway.deadline import Deadline
from gateway.errors import UpstreamError, UpstreamTimeout

from .cache import Cache, Entry
from .codec import Codec
from .redis_cache import SharedCache
from .singleflight import SingleFlight
from .tags import Generations

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

# After osu!track has failed, what is held of an entry is served for so long before it is asked for again.
REFRESH_PAUSE_S = 30.0
# A load that an update overtook is done again, but not for ever.
MAX_RELOADS = 3


class Freshness(NamedTuple):
    """For how long a value is fresh, and for how long after that it may be served; seconds since it was fetched."""

    fresh_s: float
    stale_s: float


class ResourceSpec(NamedTuple, Generic[K, V]):
    """What is particular to a resource. `tag` tells which updates make a key's value old.

    Values that are not `refreshable` are read again only for somebody who waits.
    """

    name: str
    freshness: Freshness
    tag: Callable[[K], str]
    codec: Codec[V]
    refreshable: Callable[[V], bool] = lambda _: True


class Memory(NamedTuple):
    """What all resources share. `timeout_s` bounds one load, whoever waits for it."""

    cache: Cache
    generations: Generations
    second: SharedCache
    timeout_s: float = 20.0
    clock: Callable[[], float] = time.time


class ReadResult(NamedTuple, Generic[V]):
    """An answer to a reader. `age_s` is None while it is fresh; `loaded` says that osu!track was asked for it.

    It holds until `fresh_until` (seconds since 1970), and while its `tag` has that `generation`.
    """

    value: V
    age_s: float | None = None
    dropped: int = 0
    fresh_until: float = 0.0
    loaded: bool = False
    tag: str = ""
    generation: int = 0


class Loaded(NamedTuple, Generic[V]):
    """What there is now; `asked` if osu!track had to be asked for it."""

    entry: Entry[V]
    asked: bool = False


class Resource(Generic[K, V]):
    """One spec of thing that osu!track knows. Keys are its own; values are immutable."""

    def __init__(
        self,
        spec: ResourceSpec[K, V],
        fetch: Callable[[K, Entry[V] | None, Deadline], Awaitable[Entry[V]]],
        memory: Memory,
        confirm: Callable[[K, Entry[V]], Awaitable[float | None]] | None = None,
    ) -> None:
        """`fetch` gets what is held, to ask only for what has changed; it stamps nothing, the resource does.

        A refresh asks `confirm` first: until when (seconds since 1970) what is held was right, None if it can't tell.
        """
        self.name = spec.name
        self._spec = spec
        self._fetch = fetch
        self._confirm = confirm
        self._cache, self._generations, self._second, self._timeout_s, self._clock = memory
        self._single_flight: SingleFlight[Loaded[V]] = SingleFlight()
        # How often what was served was fresh, stale, or loaded.
        self.tally: Counter[str] = Counter()
        self._refreshes: set[asyncio.Task[None]] = set()

    def peek(self, key: K) -> ReadResult[V] | None:
        """What can be served at once: fresh, or stale with a refresh begun behind; None if somebody has to wait."""
        entry = self.entry(key)
        if entry is None:
            return None
        if not self._is_fresh(entry) and self._clock() >= entry.refresh_at:
            if not self._spec.refreshable(entry.value):
                return None
            self._refresh(key, entry)
        return self._served(key, entry)

    async def load(self, key: K, deadline: Deadline) -> ReadResult[V]:
        """As `peek`, or read from osu!track; if that fails or is too slow, stale where there is anything."""
        served = self.peek(key)
        if served is not None:
            return served
        try:
            async with asyncio.timeout_at(deadline.with_grace):
                loaded = await self._current(key)
                # What another process has kept may be old, and be refreshed behind.
                return (
                    self._served(key, loaded.entry, asked=True) if loaded.asked else self._recalled(key, loaded.entry)
                )
        except TimeoutError as exc:
            failure: UpstreamError = UpstreamTimeout("osu!track did not answer in time. Try again later.")
            failure.__cause__ = exc
        except UpstreamError as exc:
            failure = exc
        entry = self.entry(key)
        if entry is None:
            raise failure
        entry.refresh_at = self._clock() + REFRESH_PAUSE_S
        return self._served(key, entry)

    async def current(self, key: K) -> Entry[V]:
        """What is held if it is fresh, else what a refresh brings; raises `UpstreamError`."""
        entry = self.entry(key)
        if entry is not None and self._is_fresh(entry):
            return entry
        return (await self._current(key, background=True)).entry

    def entry(self, key: K) -> Entry[V] | None:
        """What is remembered and not too old to be served; nothing is begun."""
        entry: Entry[V] | None = self._cache.peek(self._name(key))
        return entry if entry is not None and self._counts(key, entry) else None

    async def close(self) -> None:
        """End what is under way."""
        for task in self._refreshes:
            task.cancel()
        await asyncio.gather(*self._refreshes, return_exceptions=True)
        await self._single_flight.close()

    def _counts(self, key: K, entry: Entry[V]) -> bool:
        age_s = self._clock() - entry.fetched_at
        return entry.generation >= self._generation(key) and age_s < sum(self._spec.freshness)

    def _is_fresh(self, entry: Entry[V]) -> bool:
        return self._clock() - entry.fetched_at < self._spec.freshness.fresh_s

    async def _current(self, key: K, *, background: bool = False) -> Loaded[V]:
        """Loaded, and not overtaken by an update meanwhile: then it is loaded again.

        Who waits does not join a refresh, which gives way to everyone and may be about to give up.
        """
        for _ in range(MAX_RELOADS):
            generation = self._generation(key)
            load = partial(self._load, key, generation, background=background)
            loaded = await self._single_flight.do((key, generation, background), load)
            if generation == self._generation(key):
                break
            newer = self.entry(key)
            if newer is not None:
                return Loaded(newer, asked=True)
        return loaded

    async def _load(self, key: K, generation: int, *, background: bool) -> Loaded[V]:
        recalled = await self._recall(key)
        if recalled and (self._is_fresh(recalled) or (self._spec.refreshable(recalled.value) and not background)):
            return Loaded(recalled)
        # As with flights: who waits does not wait for a refresh, nor for what an update overtook.
        async with self._second.turn(*self._name(key), generation, background):
            elsewhere = await self._recall(key)
            if elsewhere and self._is_fresh(elsewhere):
                return Loaded(elsewhere)
            if background and (confirmed := await self._confirmed(key, generation)):
                return Loaded(confirmed)
            return Loaded(await self._asked(key, generation, background=background), asked=True)

    async def _recall(self, key: K) -> Entry[V] | None:
        """What another process has kept, if it counts; if not, it is remembered all the same: for `_asked`."""
        name = self._name(key)
        entry, here = await self._second.recall(name, self._spec.codec), self._cache.peek(name)
        if entry and (here is None or here.fetched_at < entry.fetched_at):
            self._cache.put(name, entry)
        return entry if entry and self._counts(key, entry) else None

    async def _asked(self, key: K, generation: int, *, background: bool) -> Entry[V]:
        # Even what an update made old is worth having here: only its end has changed. The deadline is the load's own:
        # whoever joins late may wait longer than who came first.
        name = self._name(key)
        entry = await self._fetch(
            key, self._cache.peek(name), Deadline.from_timeout(self._timeout_s, background=background)
        )
        entry.fetched_at = entry.read_at = self._clock()
        entry.generation = generation
        return await self._kept(key, entry)

    async def _confirmed(self, key: K, generation: int) -> Entry[V] | None:
        """What is held, if it can be told from elsewhere that it is still right."""
        entry = self.entry(key)
        if entry is None or self._confirm is None:
            return None
        right_at = await self._confirm(key, entry)
        if right_at is None:
            return None
        confirmed = structs.replace(entry, fetched_at=right_at, refresh_at=0.0, generation=generation)
        return await self._kept(key, confirmed) if self._is_fresh(confirmed) else None

    async def _kept(self, key: K, entry: Entry[V]) -> Entry[V]:
        if entry.generation == self._generation(key):
            name = self._name(key)
            self._cache.put(name, entry)
            await self._second.put(name, entry, self._spec.codec, sum(self._spec.freshness))
        return entry

    def _refresh(self, key: K, entry: Entry[V]) -> None:
        entry.refresh_at = self._clock() + REFRESH_PAUSE_S
        task = asyncio.ensure_future(self._refreshed(key))
        self._refreshes.add(task)
        task.add_done_callback(self._refreshes.discard)

    async def _refreshed(self, key: K) -> None:
        try:
            await self._current(key, background=True)
        except UpstreamError:
            # Whoever reads next is told the age of what there is; the breaker has counted the failure.
            return

    def _generation(self, key: K) -> int:
        return self._generations.of(self._spec.tag(key))

    def _recalled(self, key: K, entry: Entry[V]) -> ReadResult[V]:
        return self.peek(key) or self._served(key, entry)

    def _served(self, key: K, entry: Entry[V], *, asked: bool = False) -> ReadResult[V]:
        age_s = None if self._is_fresh(entry) else self._clock() - entry.fetched_at
        self.tally["loaded" if asked else "fresh" if age_s is None else "stale"] += 1
        fresh_until = entry.fetched_at + self._spec.freshness.fresh_s
        return ReadResult(entry.value, age_s, entry.dropped, fresh_until, asked, self._spec.tag(key), entry.generation)

    def _name(self, key: K) -> tuple[str, K]:
        return (self.name, key)
