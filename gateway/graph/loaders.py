"""For one request: each thing asked for once, whoever asks, and each failure told only to who asked for it."""

import asyncio
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Generic, TypeVar

from strawberry.dataloader import DataLoader

from gateway.deadline import Deadline
from gateway.errors import UpstreamError
from gateway.store.resource import ReadResult, Resource

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Loader(Generic[K, V]):
    """A dataloader over one resource.

    osu!track has no batch endpoint: the keys of a batch are asked for side by side.
    """

    def __init__(self, resource: Resource[K, V], deadline: Deadline, loaded: Callable[[], None]) -> None:
        """`loaded` is called once for each key that osu!track had to be asked for, whatever came of it."""
        self.resource = resource
        self._deadline = deadline
        self._loaded = loaded
        self._seen: dict[K, ReadResult[V]] = {}
        self._loader: DataLoader[K, ReadResult[V]] = DataLoader(self._load_all)

    def peek(self, key: K) -> ReadResult[V] | None:
        """What this request has seen already, or what the store can serve at once."""
        served = self._seen.get(key) or self.resource.peek(key)
        if served is not None:
            self._seen[key] = served
        return served

    async def load(self, key: K) -> ReadResult[V]:
        """The same, or what osu!track answers within the operation's time."""
        served = self._seen[key] = await self._loader.load(key)
        return served

    def seen(self) -> Iterable[ReadResult[V]]:
        """What has been read so far."""
        return self._seen.values()

    def clear(self) -> None:
        """An update was made: what this request has read before may be old."""
        self._seen.clear()
        self._loader.clear_all()

    async def _load_all(self, keys: list[K]) -> Sequence[ReadResult[V] | BaseException]:
        return await asyncio.gather(*map(self._load, keys), return_exceptions=True)

    async def _load(self, key: K) -> ReadResult[V]:
        try:
            served = await self.resource.load(key, self._deadline)
        except UpstreamError as exc:
            if not exc.unsent:
                self._loaded()
            raise
        if served.loaded:
            self._loaded()
        return served
