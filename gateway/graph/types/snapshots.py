"""Snapshots, the differences between them, and mods. Fields are attributes of records."""

from typing import cast

import strawberry
from strawberry import Private

from gateway import records
from gateway.graph.context import Info, NullableResult
from gateway.graph.fields import documented, record_field
from gateway.graph.scalars import BigInt, DateTime

_field = strawberry.field


@documented
@strawberry.type
class StatsDelta:
    """The difference between two snapshots: later minus earlier, except for `ranksGained`."""

    pp: float = _field(description="Performance points gained.")
    ranks_gained: int | None = _field(
        description="Ranks gained; positive is better. Null if the player is unranked in either snapshot."
    )
    accuracy: float = _field(description="Accuracy gained, in percentage points.")
    level: float = _field(description="Levels gained, with the fraction.")
    play_count: int = _field(description="Plays added.")
    ranked_score: BigInt = _field(description="Ranked score gained.")
    total_score: BigInt = _field(description="Total score gained.")
    count_300: BigInt = _field(description="300s added.")
    count_100: BigInt = _field(description="100s added.")
    count_50: BigInt = _field(description="50s added.")
    count_ss: int = _field(name="countSS", description="SS grades added, silver and gold.")
    count_s: int = _field(description="S grades added, silver and gold.")
    count_a: int = _field(description="A grades added.")


@documented
@strawberry.type
class Snapshot:
    """A player's stats at one moment. Its fields are not nested, as charts read thousands of snapshots."""

    id: strawberry.ID = _field(
        description="`<user ID>:<mode>:<at>`, for client caches: without it, a normalized cache can mix the values of\n"
        "two snapshots. Of snapshots with equal times, which are rare, only the newest is returned."
    )
    at: DateTime = _field(description="The time of recording by osu!track.")
    pp: float = _field(description="Performance points; 0 for unranked and inactive players.")
    global_rank: int | None = _field(description="The global rank; null while the player is unranked.")
    accuracy: float = _field(description="Accuracy in percent, from 0 to 100.")
    level: float = _field(description="The level. Its fraction is the progress to the next level.")
    play_count: int = _field(description="Total number of plays.")
    ranked_score: BigInt = _field(description="The sum of the best scores on each ranked beatmap.")
    total_score: BigInt = _field(description="The sum of all scores.")
    count_300: BigInt = _field(description="Total number of 300s.")
    count_100: BigInt = _field(description="Total number of 100s.")
    count_50: BigInt = _field(description="Total number of 50s.")
    total_hits: BigInt = _field(description="The sum of `count300`, `count100` and `count50`.")
    count_ss: int = _field(
        name="countSS",
        description="Number of SS grades, silver and gold. Can be negative: osu! itself reports negative counts.",
    )
    count_s: int = _field(description="Number of S grades, silver and gold. Can be negative, like `countSS`.")
    count_a: int = _field(description="Number of A grades. Can be negative, like `countSS`.")
    user_mode: Private[records.UserMode]

    @record_field(StatsDelta | None)
    def delta(self, info: Info) -> NullableResult[records.Delta]:
        """The change since the previous snapshot of the full history, even if that is not in the list. Null for
        the first snapshot.
        """
        snapshot = cast("records.Snapshot", self)
        context = info.context
        return context.read(info, context.history, self.user_mode, lambda history: history.delta(snapshot))


@documented
@strawberry.type
class Gain:
    """The change between the snapshots at the bounds of a window, or of a period of it."""

    start: Snapshot = _field(
        description="The last snapshot at or before the window's start, or else the first within the window; with\n"
        "`withinWindow` always the latter. Of a period: the last snapshot before it, or that of the window's start."
    )
    end: Snapshot = _field(description="The last snapshot within the window or period.")
    delta: StatsDelta = _field(description="`end` minus `start`.")
    covers_whole_window: bool = _field(
        description="False if the gain starts after the start of the window or period, because tracking began later\n"
        "or with `withinWindow`, and covers only a part of it."
    )


@documented
@strawberry.type
class Mods:
    """The mods of a play. osu!track does not record mods and mod settings that are exclusive to osu!(lazer): Classic
    is missing, and Daycore appears as HT.
    """

    bits: int = _field(description="The bit field of osu!api v1.")
    acronyms: list[str] = _field(
        description='Acronyms in osu!\'s usual order, such as `["HD", "DT", "HR"]`; empty without mods.\n'
        "NC replaces DT, and PF replaces SD. Unknown bits are omitted."
    )
    label: str = _field(description="The acronyms for display, such as `HDDTHR`; `NM` without mods.")
