"""Rankings of many players, computed from cached histories at once. Missing histories are loaded in the background."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from math import ceil
from operator import attrgetter
from typing import NamedTuple

from strawberry import ID

from gateway.errors import with_wait
from gateway.graph.context import Context, Info
from gateway.osutrack.endpoints import READS
from gateway.records import Delta, Snapshot, UserMode
from gateway.store.background_loads import LoadFailure
from gateway.store.history import Gain, History, Span
from gateway.store.resource import ReadResult

from .ranking import RankingFailure, RankingOrder, RankingPage
from .users import User, user_of

# The time after which a client should ask again, in seconds.
MIN_WAIT_S, MAX_WAIT_S = 2, 15
# The part of the budget that one client can use.
CLIENT_SHARE = 0.75
# Points for which a client without any should wait.
WORTHWHILE_POINTS = 10
# For a player's position and gain; and for each snapshot that the best rank has to look at. In µs.
PLAYER_US, ROW_US = 15.0, 0.08
# The part of a gain by which players are ranked.
GAINED: Mapping[RankingOrder, Callable[[Delta], float | None]] = {
    RankingOrder.PP_GAINED: attrgetter("pp"),
    RankingOrder.RANKS_GAINED: attrgetter("ranks_gained"),
    RankingOrder.PLAYS_GAINED: attrgetter("play_count"),
}


class Place(NamedTuple):
    """A `RankingEntry`."""

    position: int | None
    value: float | None
    user: User
    history: History
    span: Span

    @property
    def latest(self) -> Snapshot | None:
        """The newest snapshot."""
        return self.history.latest

    @property
    def gain(self) -> Gain | None:
        """The change over the window."""
        return self.history.gain(self.span)


def ranked(values: Mapping[int, float | None], *, lowest_first: bool = False) -> list[tuple[int, int | None]]:
    """The user IDs with their positions, best first. Equal values share a position; None has none, and comes last."""
    sign = 1 if lowest_first else -1
    order = sorted(values, key=lambda user_id: (values[user_id] is None, sign * (values[user_id] or 0), user_id))
    positions: dict[float, int] = {}
    places: list[tuple[int, int | None]] = []
    for position, user_id in enumerate(order, 1):
        value = values[user_id]
        places.append((user_id, None if value is None else positions.setdefault(value, position)))
    return places


def value_of(history: History, by: RankingOrder, span: Span) -> float | None:
    """The value of one player."""
    if by is RankingOrder.PP:
        return history.latest.pp if history.latest else None
    if by is RankingOrder.PEAK_RANK:
        return history.best_rank
    gain = history.gain(span)
    return GAINED[by](gain.delta) if gain else None


class Ranking:
    """One `ranking` field: its players, each once, and its order."""

    def __init__(self, info: Info, players: Iterable[UserMode], by: RankingOrder, span: Span) -> None:
        self._info = info
        self._context: Context = info.context
        self._tracker = self._context.tracker
        self._players = list(dict.fromkeys(players))
        self._by = by
        self._span = span

    def page(self) -> RankingPage | Awaitable[RankingPage]:
        """The page at once; or an awaitable, if other processes may have data that is missing here."""
        recalled, entry = self._context.ranking_loads.recalled, self._tracker.history.entry
        missing = [player for player in self._players if player not in recalled and entry(player) is None]
        return self._recalled(missing) if missing else self._page()

    async def _recalled(self, missing: Sequence[UserMode]) -> RankingPage:
        await self._tracker.history_loads.recall(missing)
        self._context.ranking_loads.recalled.update(missing)
        return self._page()

    def _page(self) -> RankingPage:
        results = {player.user_id: result for player in self._players if (result := self._read(player))}
        histories = self._context.unwrap_all(self._info, results)
        missing = [player for player in self._players if player.user_id not in histories]
        failures = {player: failure for player in missing if (failure := self._tracker.history_loads.failure(player))}
        pending = [player for player in missing if player not in failures]
        self._context.uncacheable = self._context.uncacheable or bool(missing)
        return RankingPage(
            entries=self._entries(histories),  # type: ignore[arg-type]  # places have the attributes of entries
            pending=[_id(player) for player in pending],
            failed=[self._failed(player, failure) for player, failure in failures.items()],
            retry_after_seconds=self._wait_s(pending) if pending else None,
        )

    def _read(self, player: UserMode) -> ReadResult[History] | None:
        """The cached history, even if it is stale. The load of a missing or stale one starts."""
        context = self._context
        result = context.history.peek(player)
        if result is None:
            if self._tracker.history_loads.failure(player) is None:
                context.ranking_loads.start(player)
            result = self._tracker.history.cached(player)
            if result is not None:
                context.history.remember(player, result)
        return result

    def _failed(self, player: UserMode, failure: LoadFailure) -> RankingFailure:
        wait_s = max(1, ceil(self._tracker.history_loads.wait_s(failure)))
        return RankingFailure(
            user=user_of(player.user_id),
            code=failure.error.code,
            message=with_wait(failure.error.message, wait_s),
            retry_after_seconds=wait_s,
        )

    def _entries(self, histories: Mapping[int, History]) -> list[Place]:
        rows = 0
        if self._by is RankingOrder.PEAK_RANK:
            rows = sum(len(history.rows) for history in histories.values() if not history.knows_best_rank)
        self._context.size.count_work(len(histories) * PLAYER_US + rows * ROW_US)
        values = {user_id: value_of(history, self._by, self._span) for user_id, history in histories.items()}
        places = ranked(values, lowest_first=self._by is RankingOrder.PEAK_RANK)
        return [
            Place(position, values[user_id], user_of(user_id), histories[user_id], self._span)
            for user_id, position in places
        ]

    def _wait_s(self, pending: Sequence[UserMode]) -> int:
        """The time until the running loads have their share of the budget, or the client has points for others."""
        running = sum(map(self._tracker.history_loads.is_running, pending))
        budget = self._context.services.rate_limiter.budgets[READS]
        per_minute = budget.per_minute * CLIENT_SHARE
        waiting = max(running + budget.request_count - per_minute, 0)
        wait_s = waiting * 60 / per_minute if per_minute else 0.0
        if not running:
            wait_s = self._context.points.wait_s(min(len(pending), WORTHWHILE_POINTS))
        return min(max(ceil(wait_s), MIN_WAIT_S), MAX_WAIT_S)


def _id(player: UserMode) -> ID:
    return ID(str(player.user_id))
