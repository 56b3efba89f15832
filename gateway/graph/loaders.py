"""Loaders: within one operation, each key of a resource is read once, and each failure reaches its readers only."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

from msgspec import UnsetType
from strawberry.dataloader import DataLoader, DefaultCache

from gateway.deadline import Deadline
from gateway.errors import UpstreamError
from gateway.store.name_table import KnownNames
from gateway.store.resource import ReadResult

K = TypeVar("K", bound=Hashable)
K_contra = TypeVar("K_contra", bound=Hashable, contravariant=True)
V = TypeVar("V")


class Source(Protocol[K_contra, V]):
    """The part of `Resource` that a loader uses."""

    name: str

    def peek(self, key: K_contra, /, *, refresh: bool) -> ReadResult[V] | None:
        """The value, if it can be served without waiting. With `refresh`, a background refresh starts if it is due."""

    def refresh(self, key: K_contra, /) -> None:
        """Start a background refresh."""

    async def read(self, key: K_contra, deadline: Deadline, /) -> ReadResult[V]:
        """The value; raises `UpstreamError`."""


class Loader(Generic[K, V]):
    """A DataLoader for one resource, with a synchronous lookup.

    osu!track has no batch endpoint: the keys of a batch are read concurrently.
    """

    def __init__(self, resource: Source[K, V], deadline: Deadline, charge: Callable[[], None]) -> None:
        """`charge` is called once for each key that was requested from osu!track, even if that failed."""
        self._resource = resource
        self._deadline = deadline
        self._charge = charge
        self._cache: DefaultCache[K, ReadResult[V]] = DefaultCache()
        self._loader: DataLoader[K, ReadResult[V]] = DataLoader(self._load_batch, cache_map=self._cache)

    def peek(self, key: K) -> ReadResult[V] | None:
        """The value if this operation has read it or the store can serve it at once, else None."""
        future = self._cache.cache_map.get(key)
        if future is not None:
            return future.result() if _succeeded(future) else None
        # Refreshes start at the end of the operation: its own loads may make them unnecessary.
        result = self._resource.peek(key, refresh=False)
        if result is not None:
            # `DataLoader.prime` does the same, at five times the cost.
            future = asyncio.get_running_loop().create_future()
            future.set_result(result)
            self._cache.set(key, future)
        return result

    def load(self, key: K) -> Awaitable[ReadResult[V]]:
        """The value, loaded from osu!track if necessary, before the operation's deadline."""
        return self._loader.load(key)

    def results(self) -> Iterator[ReadResult[V]]:
        """All values read so far."""
        return (future.result() for future in self._cache.cache_map.values() if _succeeded(future))

    def start_refreshes(self) -> None:
        """Start the background refreshes of the values that need one."""
        futures: Mapping[Any, asyncio.Future[ReadResult[V]]] = self._cache.cache_map
        for key, future in futures.items():
            if _succeeded(future) and future.result().revalidating:
                self._resource.refresh(key)

    def clear(self) -> None:
        """Discard all values, which an update may have made outdated."""
        self._loader.clear_all()

    async def _load_batch(self, keys: list[K]) -> Sequence[ReadResult[V] | BaseException]:
        reads = (self._resource.read(key, self._deadline) for key in keys)
        results = await asyncio.gather(*reads, return_exceptions=True)
        for result in results:
            if _was_requested(result):
                self._charge()
        return results


class KnownNamesLoader(Loader[K, V | UnsetType | None], Generic[K, V]):
    """A loader of the names in lists, which reads all names of a batch from Redis at once."""

    def __init__(self, names: KnownNames[K, V], deadline: Deadline) -> None:
        super().__init__(names, deadline, lambda: None)
        self._names = names

    async def _load_batch(self, keys: list[K]) -> Sequence[ReadResult[V | UnsetType | None] | BaseException]:
        await self._names.recall(keys)
        return await super()._load_batch(keys)


def _succeeded(future: "asyncio.Future[V]") -> bool:
    return future.done() and not future.cancelled() and future.exception() is None


def _was_requested(result: ReadResult[V] | BaseException) -> bool:
    """Whether osu!track received a request for the result."""
    if isinstance(result, UpstreamError):
        return not result.unsent
    return isinstance(result, ReadResult) and result.loaded
