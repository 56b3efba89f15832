"""The context of one operation, shared by its resolvers: loaders, time, limits, and warnings."""

from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias, TypeVar

import strawberry

from gateway.errors import ResultTooLarge
from gateway.osutrack.circuit_breakers import CircuitBreakers
from gateway.osutrack.rate_limit import RateLimiter
from gateway.records import UserMode
from gateway.store.resource import ReadResult
from gateway.store.tags import Validity
from gateway.store.tracker import Tracker
from gateway.store.updates import Updates

from .execution_turns import ExecutionTurns
from .loaders import Loader
from .prepare.documents import Operation
from .ranking_loads import RankingLoads
from .reads import Reads
from .response_size import SHORT_US, PointsBalance, ResponseSize

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
R = TypeVar("R")

# The return type of a nullable field's resolver: a value at once, or an awaitable.
NullableResult: TypeAlias = R | Awaitable[R | None] | None

# Bounds the response of an operation with many stale players.
MAX_WARNINGS = 50
# The validity of responses without osu!track data, such as introspection: a new release may change them.
MAX_VALIDITY_S = 600.0


@dataclass(frozen=True, kw_only=True)
class Services:
    """The parts of the gateway that resolvers use; they live as long as the process."""

    tracker: Tracker
    updates: Updates
    breakers: CircuitBreakers
    rate_limiter: RateLimiter
    max_values: int
    turns: ExecutionTurns


class Context(Reads):
    """One operation's state. `now`, in seconds since 1970, and `started_at`, in monotonic time, are its start."""

    # Whether a value is being refreshed in the background.
    revalidating = False
    # Set by fields that depend on the client or on the moment.
    uncacheable = False
    # Whether graphql-core's execution was abandoned, to be repeated in the operation's turn.
    is_abandoned = False
    # Whether graphql-core executed the operation with compiled lists.
    has_compiled_lists = False
    _ranking_loads: RankingLoads | None = None

    def __init__(
        self,
        *,
        services: Services,
        operation: Operation,
        variables: Mapping[str, Any],
        cost: int,
        points: PointsBalance,
        may_update: bool,
        now: float,
        started_at: float,
        timeout_s: float,
    ) -> None:
        """`may_update` is false if updates need a token and the request had no valid one."""
        super().__init__(services.tracker, cost=cost, timeout_s=timeout_s)
        self.services = services
        self.operation = operation
        self.variables = variables
        self.points = points
        self.may_update = may_update
        self.now = now
        self.started_at = started_at
        self.warnings: list[dict[str, Any]] = []
        # Of the response so far; a list is counted before it is written.
        self.size = ResponseSize(services.max_values, points)
        self._results: dict[Callable[..., Any], Any] = {}

    def read(self, info: "Info", loader: Loader[K, V], key: K, select: Callable[[V], R]) -> R | Awaitable[R]:
        """`select` applied to the value under the key: at once if the store can serve it, else an awaitable."""
        result = loader.peek(key)
        if result is not None:
            return select(self.unwrap(info, result))

        async def load() -> R:
            return select(self.unwrap(info, await loader.load(key)))

        return load()

    def unwrap(self, info: "Info", result: ReadResult[V]) -> V:
        """The value of a result; adds warnings if it is stale or incomplete."""
        self.revalidating = self.revalidating or result.revalidating
        if result.age_s is not None:
            self._warn_stale(info, result.age_s)
        if result.dropped:
            self.warn_dropped(info, result.dropped)
        return result.value

    def unwrap_all(self, info: "Info", results: Mapping[K, ReadResult[V]]) -> dict[K, V]:
        """The values of the results of one field; at most one warning of each kind, about all of them."""
        self.revalidating = self.revalidating or any(result.revalidating for result in results.values())
        ages_s = [result.age_s for result in results.values() if result.age_s is not None]
        if ages_s:
            self._warn_stale(info, max(ages_s))
        self.warn_dropped(info, sum(result.dropped for result in results.values()))
        return {key: result.value for key, result in results.items()}

    def _warn_stale(self, info: "Info", age_s: float) -> None:
        text = f"Data is {round(age_s)} s old: a refresh is in progress, or osu!track is unavailable."
        self.warn(info, "STALE_DATA", text, ageSeconds=round(age_s))

    def warn_dropped(self, info: "Info", count: int) -> None:
        """Add a warning if rows of osu!track's response were invalid."""
        if count:
            text = f"Invalid rows of osu!track's response were omitted: {count}."
            self.warn(info, "ROWS_DROPPED", text, rows=count)

    def warn(self, info: "Info", code: str, message: str, *, cacheable: bool = False, **details: Any) -> None:
        """Add a warning about the field. The response is not cached, unless the warning is as lasting as the data."""
        self.uncacheable = self.uncacheable or not cacheable
        if len(self.warnings) < MAX_WARNINGS:
            self.warnings.append({"code": code, "message": message, "path": info.path.as_list(), **details})

    @cached_property
    def reads_history(self) -> Callable[[UserMode], bool]:
        """A predicate: whether the operation reads a player's history."""
        return self.operation.histories(self.variables)

    def once(self, compute: Callable[["Context"], R]) -> R:
        """The result of the function's first call in this operation, for fields that depend on the moment."""
        if compute not in self._results:
            self._results[compute] = compute(self)
        result: R = self._results[compute]
        return result

    def count_list(self, length: int, values: int, work_us: float) -> None:
        """Count a list, with the size of one item, before it is written."""
        self.size.check_turn(length * work_us, self.services.turns)
        before = self.size.values
        self.count_values(length * values)
        try:
            self.size.count_work(length * work_us)
        except ResultTooLarge:
            self.size.reset(before)
            raise

    def count_values(self, count: int) -> None:
        """Add leaf values to the response's number of values."""
        self.size.count_values(count)

    def abandon(self) -> bool:
        """Whether graphql-core's execution can be repeated in the operation's turn; a mutation's cannot."""
        self.is_abandoned = self.operation.is_query
        return self.is_abandoned

    async def wait_for_turn(self) -> None:
        """Wait until an operation that takes long may continue."""
        await self.services.turns.wait(self.points)
        self.size.has_turn = True

    def mark(self) -> tuple[int, int]:
        """The state before an attempt to execute a part of the operation."""
        return len(self.warnings), self.size.values

    def reset(self, mark: tuple[int, int]) -> None:
        """Undo the warnings and the values of an attempt."""
        warnings, values = mark
        del self.warnings[warnings:]
        self.size.reset(values)

    @property
    def request_points(self) -> int:
        """The points charged for requests to osu!track."""
        beside = self._ranking_loads.points_beside(self.history.loaded()) if self._ranking_loads else 0
        return min(self.charged, self.cost) + beside

    @property
    def ranking_loads(self) -> RankingLoads:
        """The loads that rankings of this operation start."""
        if self._ranking_loads is None:
            self._ranking_loads = RankingLoads(self.tracker.history_loads, self.points)
        return self._ranking_loads

    def validity(self) -> Validity | None:
        """The validity of the response for caches; None if it must not be cached.

        It has ended already if a value is being refreshed in the background.
        """
        return None if self.uncacheable else self.validity_of_reads(self.started_at + MAX_VALIDITY_S)

    def restart(self) -> None:
        """Prepare a second execution, which reads everything again."""
        self.discard_reads()
        self.revalidating = self.uncacheable = False
        self.repeat()

    def repeat(self) -> None:
        """Prepare a second execution, with the data that has been read."""
        self.warnings.clear()
        self.has_compiled_lists = self.is_abandoned = False
        self.size.reset(0)

    def end(self) -> None:
        """Start the background refreshes of the data that this operation has served, and settle its size."""
        if self.size.work_us > SHORT_US:
            self.services.turns.used(self.size.work_us / 1e6)
        else:
            self.services.turns.small_operations += 1
        self.size.settle()
        if self._ranking_loads:
            self._ranking_loads.settle()
        if self.revalidating:
            self.start_refreshes()


Info = strawberry.Info[Context, None]
