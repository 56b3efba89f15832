"""The types of rankings."""

from enum import Enum
from typing import Annotated

import strawberry
from strawberry import ID

from gateway.graph.fields import documented
from gateway.graph.inputs import Window
from gateway.graph.strawberry_compat import describe_enum_values

from .snapshots import Gain, Snapshot
from .users import User

_field = strawberry.field


@strawberry.enum(description="The value by which players are ranked.")
class RankingOrder(Enum):
    """The values are computed by `value_of`."""

    PP = "pp"
    PP_GAINED = "pp_gained"
    RANKS_GAINED = "ranks_gained"
    PLAYS_GAINED = "plays_gained"
    PEAK_RANK = "peak_rank"


describe_enum_values(
    RankingOrder,
    {
        "PP": "The pp of the latest snapshot, highest first.",
        "PP_GAINED": "The pp gained in the window, highest first.",
        "RANKS_GAINED": "The global ranks gained in the window, most first.",
        "PLAYS_GAINED": "The plays added in the window, most first.",
        "PEAK_RANK": "The best global rank of all snapshots, best first.",
    },
)
RankingBy = Annotated[RankingOrder, strawberry.argument(description="The value by which players are ranked.")]
RankingWindow = Annotated[
    Window,
    strawberry.argument(
        description="The period of gains; by default, the last 30 days. `PP` and `PEAK_RANK` do not depend on it."
    ),
]


@documented
@strawberry.type
class RankingEntry:
    """A player's place in a ranking."""

    position: int | None = _field(
        description="The position, from 1. Equal values share a position, and the next one is skipped: 1, 2, 2, 4.\n"
        "Null without a value."
    )
    value: float | None = _field(
        description="The value by which players are ranked. Null if the player has none: no snapshot, no `gain`, or\n"
        "no rank. Such players come last."
    )
    user: User = _field(description="The player.")
    latest: Snapshot | None = _field(description="The newest snapshot; null if there is none.")
    gain: Gain | None = _field(description="The change over the window, as in `UserStats.gain`.")


@documented
@strawberry.type
class RankingFailure:
    """A player whose data could not be loaded. A ranking after `retryAfterSeconds` starts a new attempt."""

    user: User = _field(description="The player.")
    code: str = _field(description="The code of the error, as in `extensions.code` of errors.")
    message: str = _field(description="The cause, and the remedy.")
    retry_after_seconds: int = _field(description="The time in seconds until the next attempt can succeed.")


@documented
@strawberry.type
class RankingPage:
    """A ranking of the players whose data is cached. Each of the given players is in one of the three lists."""

    entries: list[RankingEntry] = _field(description="The players with data, best first; equal ones by ID.")
    pending: list[ID] = _field(
        description="The players without data yet, in the given order. Repeat the query to complete the ranking."
    )
    failed: list[RankingFailure] = _field(description="The players whose data could not be loaded, in the given order.")
    retry_after_seconds: int | None = _field(
        description="The time in seconds after which the query should be repeated; null if no player is pending."
    )
