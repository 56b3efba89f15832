"""Loaders: within one operation, each key of a resource is read once, and each failure reaches its readers only."""

import asyncio
from collections.abc import Awaitable, Hashable, Iterable, Sequence
from typing import Generic, Protocol, TypeVar

from msgspec import UnsetType
from strawberry.dataloader import DataLoader

from gateway.deadline import Deadline
from gateway.errors import UpstreamError
from gateway.store.name_table import KnownNames
from gateway.store.resource import ReadResult

from .fields import PRICES, points_of_failure

# A name delays the other data of an operation by at most this much.
NAME_TIMEOUT_S = 3.0

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


class RunningOperation(Protocol):
    """The operation that loads values."""

    @property
    def deadline(self) -> Deadline:
        """The end of its time."""

    @property
    def cost(self) -> int:
        """Its maximum cost in points."""

    def charge(self, points: int) -> None:
        """Add the price of a key that is not free."""


class Loader(Generic[K, V]):
    """The values of one resource that an operation reads, with a synchronous lookup.

    osu!track has no batch endpoint: the keys of a batch are read concurrently.
    """

    __slots__ = ("_loader", "_operation", "_requested", "_resource", "_results")

    def __init__(self, resource: Source[K, V], operation: RunningOperation) -> None:
        self._resource = resource
        self._operation = operation
        self._results: dict[K, ReadResult[V]] = {}
        self._requested: set[K] = set()
        # Most operations find their values in the store.
        self._loader: DataLoader[K, ReadResult[V]] | None = None

    def peek(self, key: K) -> ReadResult[V] | None:
        """The value if this operation has read it or the store can serve it at once, else None."""
        result = self._results.get(key)
        if result is None and key not in self._requested:
            # Refreshes start at the end of the operation: its own loads may make them unnecessary.
            result = self._resource.peek(key, refresh=False)
            if result is not None:
                self._results[key] = result
        return result

    def remember(self, key: K, result: ReadResult[V]) -> None:
        """Let later fields of this operation read this value."""
        self._results[key] = result

    def load(self, key: K) -> Awaitable[ReadResult[V]]:
        """The value, loaded from osu!track if necessary, before the operation's deadline."""
        self._requested.add(key)
        if self._loader is None:
            self._loader = DataLoader(self._load_batch)
        # The value can have other readers: it still arrives if one of them is cancelled.
        return asyncio.shield(self._loader.load(key))

    def results(self) -> Iterable[ReadResult[V]]:
        """All values read so far."""
        return self._results.values()

    def loaded(self) -> set[K]:
        """The keys of the values that were requested from osu!track."""
        return {key for key, result in self._results.items() if result.loaded}

    def start_refreshes(self) -> None:
        """Start the background refreshes of the values that need one."""
        for key, result in self._results.items():
            if result.revalidating:
                self._resource.refresh(key)

    def clear(self) -> None:
        """Discard all values, which an update may have made outdated."""
        self._results, self._requested, self._loader = {}, set(), None

    def _deadline(self, _: list[K]) -> Deadline:
        return self._operation.deadline

    async def _load_batch(self, keys: list[K]) -> Sequence[ReadResult[V] | BaseException]:
        deadline = self._deadline(keys)
        reads = (self._resource.read(key, deadline) for key in keys)
        results = await asyncio.gather(*reads, return_exceptions=True)
        for key, result in zip(keys, results, strict=True):
            if points := _points(self._resource.name, result):
                self._operation.charge(points)
            if isinstance(result, ReadResult):
                self._results[key] = result
        return results


class UsernamesLoader(Loader[K, V]):
    """A loader of names that delays other data for a short time only. A lookup continues, for the next operation."""

    def _deadline(self, keys: list[K]) -> Deadline:
        deadline = self._operation.deadline
        if self._operation.cost <= PRICES["name"] * len(keys):
            return deadline
        return Deadline(min(deadline.at, Deadline.from_timeout(NAME_TIMEOUT_S).at))


class KnownNamesLoader(Loader[K, V | UnsetType | None], Generic[K, V]):
    """A loader of the names in lists, which reads all names of a batch from Redis at once."""

    def __init__(self, names: KnownNames[K, V], operation: RunningOperation) -> None:
        super().__init__(names, operation)
        self._names = names

    async def _load_batch(self, keys: list[K]) -> Sequence[ReadResult[V | UnsetType | None] | BaseException]:
        await self._names.recall(keys)
        return await super()._load_batch(keys)


def _points(resource: str, result: ReadResult[V] | BaseException) -> int:
    """The price of a request that osu!track received, even if it failed, or of a refusal."""
    if isinstance(result, UpstreamError):
        return points_of_failure(resource, result)
    return PRICES[resource] if isinstance(result, ReadResult) and result.loaded else 0
