"""A player's first plays with at least a certain pp, which are computed from the hiscores."""

from collections.abc import Awaitable, Sequence
from typing import Annotated

import strawberry

from gateway.graph.bounds import check_length, check_pp
from gateway.graph.context import Info
from gateway.graph.fields import documented
from gateway.graph.inputs import ScoreOrder
from gateway.graph.work import SCANNED_ROW_US
from gateway.records import Hiscores, UserMode
from gateway.store import pp_records

from .paging import ORDERS
from .scores import Hiscore

MAX_PP_VALUES = 100

_field = strawberry.field

PPAtLeast = Annotated[
    list[float],
    strawberry.argument(description="At most 100 values of pp, each from 0. The result has their order."),
]


@documented
@strawberry.type
class FirstPlay:
    """A player's first hiscore with at least a certain pp."""

    pp_at_least: float = _field(description="The value of the argument.")
    play: Hiscore | None = _field(
        description="The earliest hiscore (by `playedAt`) with at least this pp; null if no recorded one has it."
    )


def first_plays_of(
    info: Info, user_mode: UserMode, pp_at_least: list[float]
) -> Sequence[pp_records.FirstPlay] | Awaitable[Sequence[pp_records.FirstPlay]]:
    """The player's first hiscore for each value."""
    context = info.context
    check_length("ppAtLeast", pp_at_least, MAX_PP_VALUES, "values")
    check_pp("ppAtLeast", pp_at_least)
    if not pp_at_least:
        return ()

    def select(plays: Hiscores) -> Sequence[pp_records.FirstPlay]:
        context.size.count_work(SCANNED_ROW_US * len(plays))
        return pp_records.first_plays(plays.in_order(ORDERS[ScoreOrder.PLAYED_AT_ASC]), pp_at_least)

    return context.read(info, context.hiscores, user_mode, select)
