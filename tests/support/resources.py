"""A resource of numbers, with a source that tests control."""

import asyncio
from typing import Any

from gateway.deadline import Deadline
from gateway.osutrack.decode import Fetched
from gateway.shared.redis_link import RedisLink
from gateway.store.cache import Cache, Entry
from gateway.store.loader import Confirm
from gateway.store.redis_cache import SharedCache
from gateway.store.resource import ReadResult, Resource
from gateway.store.resource_cache import Freshness, ResourceCache, ResourceSpec
from gateway.store.tags import Generations
from gateway.store.value_codecs import PEAK
from tests.support.clock import Clock

KEY = "key"
FRESH_S, REVALIDATE_S, STALE_S = 600, 300, 3600


def entry(value: Any, **fields: Any) -> Entry[Any]:
    """An entry with the given value and otherwise arbitrary fields."""
    return Entry(
        **({"value": value, "fetched_at": 0.0, "validated_at": 0.0, "loaded_at": 0.0, "generation": 0} | fields)
    )


class NumberSource:
    """A fetch function that numbers its values, and records the deadlines it gets.

    It waits while `open` is cleared, and raises `failure`, if set.
    """

    def __init__(self) -> None:
        self.deadlines: list[Deadline] = []
        self.failure: Exception | None = None
        self.open = asyncio.Event()
        self.open.set()

    async def __call__(self, _key: str, _entry: Entry[Any] | None, deadline: Deadline) -> Fetched[Any]:
        self.deadlines.append(deadline)
        number = len(self.deadlines)
        await self.open.wait()
        if self.failure:
            raise self.failure
        return Fetched(number)

    @property
    def background(self) -> list[bool]:
        """Whether each fetch had background priority."""
        return [deadline.background for deadline in self.deadlines]


class NumberResource:
    """A resource with its source, memory cache and generations."""

    def __init__(
        self,
        clock: Clock,
        *,
        refreshable: bool = True,
        confirm: Confirm[str, Any] | None = None,
        fresh_s: float = FRESH_S,
    ) -> None:
        self.source = NumberSource()
        self.cache = Cache(10_000)
        self.generations = Generations(FRESH_S + REVALIDATE_S + STALE_S, clock=clock, monotonic=clock.monotonic)
        spec: ResourceSpec[str, Any] = ResourceSpec(
            "number", Freshness(fresh_s, REVALIDATE_S, STALE_S), str, PEAK, lambda _: refreshable
        )
        entries = ResourceCache(
            spec, self.cache, SharedCache(RedisLink(None)), self.generations, monotonic=clock.monotonic
        )
        self.resource: Resource[str, Any] = Resource(entries, self.source, confirm=confirm)

    async def read(self, timeout_s: float = 5.0) -> ReadResult[Any]:
        return await self.resource.read(KEY, Deadline.from_timeout(timeout_s))

    def peek(self) -> Any:
        return self.resource.peek(KEY)

    def invalidate(self) -> None:
        self.generations.bump(KEY)
