"""Best recorded values of a player: rank and accuracy from osu!track's peak, pp from the history."""

from collections.abc import Awaitable
from typing import Any

import strawberry
from strawberry import Private

from gateway import records
from gateway.graph.context import Info, NullableResult
from gateway.graph.fields import HISTORY, documented, record_field
from gateway.graph.loaders import Loader
from gateway.graph.scalars import DateTime
from gateway.records import UserMode
from gateway.store.history import History

_field = strawberry.field


@documented
@strawberry.type
class Peak:
    """A player's best recorded values. Each has the latest time at which it was reached; both are null if there is
    no value.
    """

    global_rank: int | None = _field(description="The best (lowest) global rank. Snapshots without a rank are ignored.")
    global_rank_at: DateTime | None = _field(description="The latest time at which `globalRank` was reached.")
    accuracy: float | None = _field(description="The highest accuracy in percent, from 0 to 100.")
    accuracy_at: DateTime | None = _field(description="The latest time at which `accuracy` was reached.")
    user_mode: Private[UserMode]

    @record_field(float | None, HISTORY)
    def pp(self, info: Info) -> NullableResult[float]:
        """The highest pp, computed from the stats history."""
        context = info.context
        return context.read(
            info, context.history, self.user_mode, lambda history: (best := history.best_pp) and best.pp
        )

    @record_field(DateTime | None, HISTORY)
    def pp_at(self, info: Info) -> NullableResult[str]:
        """The latest time at which `pp` was reached."""
        context = info.context
        return context.read(
            info, context.history, self.user_mode, lambda history: (best := history.best_pp) and best.at
        )


def peak_of(info: Info, user_mode: UserMode) -> NullableResult[records.Peak]:
    """The peak: computed from the history if that is cached or read by this operation, else from osu!track."""
    context = info.context
    reads_histories = context.operation.has_histories
    # In the store first: a loader that finds nothing costs more than the rest of a small operation's reads.
    is_cached = reads_histories or context.tracker.history.entry(user_mode)
    history = context.history.peek(user_mode) if is_cached else None
    if history is None and reads_histories and context.reads_history(user_mode):
        return _load(info, user_mode, context.history)
    # An abridged history may lack the row with the best value.
    if history and not history.value.abridged:
        return _or_none(context.unwrap(info, history).peak)
    result = context.peak.peek(user_mode)
    if result is None:
        return _load(info, user_mode, context.peak)
    peak = context.unwrap(info, result)
    return context.read(info, context.history, user_mode, _from_history) if _rank_is_hidden(peak) else _or_none(peak)


async def _load(info: Info, user_mode: UserMode, loader: Loader[UserMode, Any]) -> records.Peak | None:
    await loader.load(user_mode)
    peak = peak_of(info, user_mode)
    return await peak if isinstance(peak, Awaitable) else peak


def _rank_is_hidden(peak: records.Peak) -> bool:
    """Whether a snapshot with rank 0 hides the best rank (docs/osutrack.md, "Rank 0")."""
    return peak.global_rank is None and peak.accuracy is not None


def _from_history(history: History) -> records.Peak | None:
    return _or_none(history.peak)


def _or_none(peak: records.Peak) -> records.Peak | None:
    """None for a player without snapshots."""
    return None if peak.accuracy is None else peak
