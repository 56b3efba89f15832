"""Best values ever: rank and accuracy as osu!track knows them, pp worked out from the history."""

from collections.abc import Awaitable
from typing import NamedTuple

import strawberry
from strawberry import Private

from gateway import records
from gateway.graph.context import Info, Maybe
from gateway.graph.fields import HISTORY, documented, record_field
from gateway.graph.scalars import DateTime
from gateway.records import UserMode
from gateway.store.history import History

_field = strawberry.field


class PeakOf(NamedTuple):
    """A peak and whose it is."""

    user_mode: UserMode
    peak: records.Peak

    @property
    def global_rank(self) -> int | None:
        return self.peak.global_rank

    @property
    def global_rank_at(self) -> str | None:
        return self.peak.global_rank_at

    @property
    def accuracy(self) -> float | None:
        return self.peak.accuracy

    @property
    def accuracy_at(self) -> str | None:
        return self.peak.accuracy_at


@documented
@strawberry.type
class Peak:
    """Each value is null together with its timestamp, which is the latest time the value was reached."""

    global_rank: int | None = _field(description="The best (lowest) rank, leaving out the zeros that mean unranked.")
    global_rank_at: DateTime | None = _field(description="When `globalRank` was last held.")
    accuracy: float | None = _field(description="Percent, 0 to 100.")
    accuracy_at: DateTime | None = _field(description="When `accuracy` was last held.")
    user_mode: Private[UserMode]

    @record_field(float | None, HISTORY)
    def pp(self, info: Info) -> Maybe[float]:
        """Worked out from the stats history."""
        context = info.context
        return context.read(
            info, context.history, self.user_mode, lambda history: (best := history.best_pp) and best.pp
        )

    @record_field(DateTime | None, HISTORY)
    def pp_at(self, info: Info) -> Maybe[str]:
        """When `pp` was last held."""
        context = info.context
        return context.read(
            info, context.history, self.user_mode, lambda history: (best := history.best_pp) and best.at
        )


def peak_of(info: Info, user_mode: UserMode) -> Maybe[PeakOf]:
    """From the history if that is held, which costs nothing; else as osu!track tells it."""
    context = info.context
    held = context.history.peek(user_mode)
    # What an abridged history lacks can be the best value there was.
    if held and not held.value.abridged:
        return context.read(info, context.history, user_mode, _from_history)
    peak = context.read(info, context.peak, user_mode, lambda peak: peak)
    if isinstance(peak, records.Peak) and not _only_zeros(peak):
        return _known(user_mode, peak)
    return _asked(info, user_mode, peak)


async def _asked(info: Info, user_mode: UserMode, asked: records.Peak | Awaitable[records.Peak]) -> PeakOf | None:
    peak = asked if isinstance(asked, records.Peak) else await asked
    if not _only_zeros(peak):
        return _known(user_mode, peak)
    context = info.context
    history = context.read(info, context.history, user_mode, _from_history)
    return await history if isinstance(history, Awaitable) else history


def _only_zeros(peak: records.Peak) -> bool:
    """There are snapshots, and among them one with a rank of 0, which hides the best there is."""
    return peak.global_rank is None and peak.accuracy is not None


def _from_history(history: History) -> PeakOf | None:
    return _known(history.user_mode, history.peak)


def _known(user_mode: UserMode, peak: records.Peak) -> PeakOf | None:
    return None if peak.accuracy is None else PeakOf(user_mode, peak)
