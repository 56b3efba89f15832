"""The milestones of a player, which are computed from the history."""

from collections.abc import Awaitable, Sequence
from typing import Annotated

import strawberry
from strawberry import ID

from gateway.graph.bounds import check_length
from gateway.graph.context import Info
from gateway.graph.fields import documented
from gateway.graph.strawberry_compat import describe_enum_values
from gateway.graph.work import MILESTONE_ROW_US
from gateway.records import UserMode
from gateway.store import milestones
from gateway.store.history import History
from gateway.store.milestones import MilestoneKind

from .snapshots import Snapshot

_field = strawberry.field

strawberry.enum(MilestoneKind, name="MilestoneKind", description="The kinds of milestones, with their thresholds.")
describe_enum_values(
    MilestoneKind,
    {
        "GLOBAL_RANK": "A global rank at or below 1,000,000; 500,000; 100,000; 50,000; 10,000; 5,000; 1,000; 500;\n"
        "100; 50; 10; 1.",
        "PP": "Each 1,000 pp.",
        "PLAY_COUNT": "1,000; 5,000; 10,000; 25,000; 50,000; 100,000 plays, then each 100,000.",
        "LEVEL": "Level 10, 20, … up to 100, then each level.",
        "ACCURACY": "Each 0.1 % of accuracy above 95 %: 95.1, 95.2, … up to 100. Values are not rounded: 98.6999 is\n"
        "below 98.7.",
    },
)

Kinds = Annotated[
    list[MilestoneKind] | None,
    strawberry.argument(description="The kinds to return, at most five. All kinds if omitted or null."),
]


@documented
@strawberry.type
class Milestone:
    """The first time that a player's snapshots show a value at or beyond a threshold. Later losses, and reaching it
    again, change nothing. The player reached it between the two snapshots; the moment itself is unknown.
    """

    id: ID = _field(description="`<user ID>:<mode>:<kind>:<threshold>`, for client caches.")
    kind: MilestoneKind = _field(description="The kind of the value.")
    threshold: float = _field(
        description="The rank, the pp, the number of plays, the level, or the accuracy in percent."
    )
    before: Snapshot | None = _field(
        description="The snapshot directly before `after`. Null if `after` is the first one: the player reached the\n"
        "threshold at an unknown time before tracking began. The player may be unranked in it."
    )
    after: Snapshot = _field(description="The first snapshot at or beyond the threshold.")


def milestones_of(
    info: Info, user_mode: UserMode, kinds: list[MilestoneKind] | None
) -> Sequence[milestones.Milestone] | Awaitable[Sequence[milestones.Milestone]]:
    """The milestones of these kinds, or of all."""
    context = info.context
    selected = list(MilestoneKind) if kinds is None or kinds is strawberry.UNSET else kinds
    check_length("kinds", selected, len(MilestoneKind), "kinds")
    if not selected:
        return ()

    def select(history: History) -> Sequence[milestones.Milestone]:
        context.size.count_work(len(history.rows) * len(selected) * MILESTONE_ROW_US)
        return milestones.milestones(history.regular, selected)

    return context.read(info, context.history, user_mode, select)
