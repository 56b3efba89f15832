"""The history of the pp record of all players, computed from the largest list of best plays."""

from collections.abc import Awaitable
from typing import Annotated, NamedTuple

import strawberry

from gateway import records
from gateway.graph.context import Info
from gateway.graph.fields import documented
from gateway.graph.inputs import Window, span
from gateway.graph.scalars import DateTime
from gateway.records import Mode, Rows
from gateway.store.keys import MAX_BEST_PLAYS, BestPlays, BestPlaysKey

from .best_plays import BestPlay

_field = strawberry.field

RecordsWindow = Annotated[
    Window | None,
    strawberry.argument(
        description="Filters by the time of the play. Each play is compared with all earlier ones, also with those\n"
        "before the window. All time if omitted."
    ),
]


@documented
@strawberry.type
class PPRecords:
    """The history of the pp record: each play with more pp than all earlier ones of all tracked players."""

    plays: list[BestPlay] = _field(description="The records, oldest first. A play that equals the record is none.")
    complete_since: DateTime | None = _field(
        description="The time of the earliest of the top 10,000 plays. No later record of tracked players is missing;\n"
        "earlier ones are unknown. It does not depend on the window. Null if there are no plays."
    )


class RecordList(NamedTuple):
    """The values of `PPRecords`."""

    plays: Rows[records.BestPlay]
    complete_since: str | None


def pp_records_of(info: Info, mode: Mode, window: Window | None) -> RecordList | Awaitable[RecordList]:
    """The pp records of all players. All windows are cut from one list."""
    within = span(window, info.context.now)

    def select(best: BestPlays) -> RecordList:
        plays = best.pp_records
        inside = Rows(play for play in plays if play.played_at in within)
        return RecordList(inside, plays[0].played_at if plays else None)

    return info.context.read(info, info.context.best_plays, BestPlaysKey(mode, None, None, MAX_BEST_PLAYS), select)
