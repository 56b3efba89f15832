"""What the resolvers of one operation share: the store, the time, the loaders, what is told beside the data."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from itertools import chain
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeVar

import strawberry

from gateway.deadline import Deadline
from gateway.errors import ResultTooLarge, UpstreamError, UpstreamTimeout
from gateway.osutrack.circuit_breaker import CircuitBreaker
from gateway.records import Update, UserMode
from gateway.store.resource import ReadResult, Resource
from gateway.store.tags import Validity
from gateway.store.tracker import Tracker
from gateway.store.updates import Outcome, Unknown, Updates

from .fields import PRICES
from .loaders import Loader
from .prepare.documents import Operation

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
R = TypeVar("R")

# What a resolver returns for a field that may be null: at once, or later.
Maybe: TypeAlias = R | Awaitable[R | None] | None

# A hundred stale players need not be a hundred warnings.
MAX_WARNINGS = 50
# What is made of nothing that osu!track knows, the schema for one, may still be another after a new start.
LONGEST_S = 600.0


class PointsBalance(Protocol):
    """The caller's points, as far as an operation needs to know."""

    @property
    def limit(self) -> int:
        """The most there can be."""

    @property
    def remaining(self) -> int:
        """Points left now."""

    @property
    def full_at(self) -> float:
        """When there will be `limit` again; seconds since 1970."""


class Services(NamedTuple):
    """What outlives an operation."""

    tracker: Tracker
    updates: Updates
    breaker: CircuitBreaker
    max_rows: int


class OperationRequest(NamedTuple):
    """Who asks, and what it may cost. `may_update` is false when a token is needed and was not given."""

    operation: Operation
    points: PointsBalance
    cost: int
    may_update: bool


class Context:
    """Made anew for each operation. `now` is one moment for all of it, in seconds since 1970."""

    def __init__(self, services: Services, *, now: float, deadline: Deadline, request: OperationRequest) -> None:
        self.services = services
        self.now = now
        self.deadline = deadline
        self.request = request
        self.warnings: list[dict[str, Any]] = []
        self.charged = 0
        # Set by what belongs to the caller or the moment.
        self.uncacheable = False
        self._rows = 0
        tracker = services.tracker
        self.loaders: list[Loader[Any, Any]] = []
        self.history = self._loader(tracker.history)
        self.hiscores = self._loader(tracker.hiscores)
        self.hiscores_by_name = self._loader(tracker.hiscores_by_name)
        self.peak = self._loader(tracker.peak)
        self.best_plays = self._loader(tracker.best_plays)

    def read(self, info: "Info", loader: Loader[K, V], key: K, then: Callable[[V], R]) -> R | Awaitable[R]:
        """What `then` makes of the value under the key: at once if the store has it, else an awaitable."""
        served = loader.peek(key)
        if served is None:
            return self._later(info, loader, key, then)
        return then(self.unwrap(info, served))

    def unwrap(self, info: "Info", served: ReadResult[V]) -> V:
        """The value, which is made use of: what is wrong with it belongs beside the answer."""
        if served.age_s is not None:
            age = round(served.age_s)
            text = f"This is {age} s old: osu!track is being asked again, or can't be for the moment."
            self._warn(info, "STALE_DATA", text, ageSeconds=age)
        if served.dropped:
            text = f"{served.dropped} rows of osu!track's answer can't be read and are left out."
            self._warn(info, "ROWS_DROPPED", text, rows=served.dropped)
        return served.value

    def count_rows(self, rows: R, count: int) -> R:
        """The rows, if the operation may return so many more; raises `ResultTooLarge`."""
        self._rows += count
        if self._rows > self.services.max_rows:
            raise ResultTooLarge(
                f"This operation's lists have more than {self.services.max_rows} rows in all:"
                " narrow a window, thin a list out with `every`, or ask in several operations."
            )
        return rows

    def validity(self) -> Validity | None:
        """For how long the answer is the same; None if asked again it may be another, or has something to warn of."""
        if self.uncacheable or self.warnings or self.charged:
            return None
        seen = list(chain.from_iterable(loader.seen() for loader in self.loaders))
        until = min((served.fresh_until for served in seen), default=self.now + LONGEST_S)
        return Validity(until, tuple({(served.tag, served.generation) for served in seen}))

    def charge(self, resource: str) -> None:
        """One request to osu!track was made for this operation."""
        self.charged += PRICES[resource]

    async def update(self, user_mode: UserMode) -> Outcome:
        """Have the player updated, and let nothing that was read before stand in for what is true after."""
        asked = True
        try:
            async with asyncio.timeout_at(self.deadline.with_grace):
                outcome = await self.services.updates.update(user_mode, self.deadline)
            asked = isinstance(outcome, Update) or outcome == Unknown(asked=True)
        except TimeoutError as exc:
            raise UpstreamTimeout(
                "osu!track has not answered the update yet, which goes on: read the player again in a while."
            ) from exc
        except UpstreamError as exc:
            asked = not exc.unsent
            raise
        finally:
            self._forget()
            if asked:
                self.charge("update")
        return outcome

    def _forget(self) -> None:
        for loader in self.loaders:
            loader.clear()

    async def _later(self, info: "Info", loader: Loader[K, V], key: K, then: Callable[[V], R]) -> R:
        return then(self.unwrap(info, loader.peek(key) or await loader.load(key)))

    def _loader(self, resource: Resource[K, V]) -> Loader[K, V]:
        loader = Loader(resource, self.deadline, lambda: self.charge(resource.name))
        self.loaders.append(loader)
        return loader

    def _warn(self, info: "Info", code: str, message: str, **facts: Any) -> None:
        if len(self.warnings) < MAX_WARNINGS:
            self.warnings.append({"code": code, "message": message, "path": info.path.as_list(), **facts})


Info = strawberry.Info[Context, None]
