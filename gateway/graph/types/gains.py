"""The gains of calendar periods."""

from collections.abc import Awaitable
from typing import Annotated

import strawberry

from gateway.graph.context import Info
from gateway.graph.inputs import Window, span
from gateway.graph.work import PERIOD_US
from gateway.records import UserMode
from gateway.store.history import Gain, History
from gateway.store.periods import Interval

PeriodsWindow = Annotated[
    Window | None, strawberry.argument(description="The time of the gains. The whole history if omitted.")
]
Periods = Annotated[
    Interval,
    strawberry.argument(description="The length of the periods. The window's bounds can cut the first and last."),
]


def gains_of(
    info: Info, user_mode: UserMode, window: Window | None, every: Interval
) -> list[Gain] | Awaitable[list[Gain]]:
    """The gains of the player's history, oldest first."""
    context = info.context
    within = span(window, context.now)

    def select(history: History) -> list[Gain]:
        context.size.count_work(history.max_periods(within, every) * PERIOD_US)
        return history.gains(within, every)

    return context.read(info, context.history, user_mode, select)
