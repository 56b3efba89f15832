"""Snapshots and what is worked out from them, and mods. Each type names the attributes of a record."""

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
    """Later minus earlier, for every field but `ranksGained`."""

    pp: float = _field(description="Performance points gained.")
    ranks_gained: int | None = _field(description="Places climbed: positive is better. Null if unranked at either end.")
    accuracy: float = _field(description="In percentage points.")
    level: float = _field(description="Levels gained.")
    play_count: int = _field(description="Plays made.")
    ranked_score: BigInt = _field(description="Ranked score gained.")
    total_score: BigInt = _field(description="Total score gained.")
    count_300: BigInt = _field(description="Hits of 300.")
    count_100: BigInt = _field(description="Hits of 100.")
    count_50: BigInt = _field(description="Hits of 50.")
    count_ss: int = _field(name="countSS", description="SS grades, silver and gold.")
    count_s: int = _field(description="S grades, silver and gold.")
    count_a: int = _field(description="A grades.")


@documented
@strawberry.type
class Snapshot:
    """A player's stats as recorded at one moment. A value, not an entity: it has no ID. Flat on purpose: a chart
    reads thousands of them.
    """

    at: DateTime = _field(description="When osu!track recorded it.")
    pp: float = _field(description="Performance points; 0 for a player who is unranked or inactive.")
    global_rank: int | None = _field(description="Null while the player is unranked (the upstream writes 0).")
    accuracy: float = _field(description="Percent, 0 to 100.")
    level: float = _field(description="The fraction is the progress to the next level.")
    play_count: int = _field(description="Plays over the player's whole career.")
    ranked_score: BigInt = _field(description="The best score on each ranked beatmap, added up.")
    total_score: BigInt = _field(description="Every score ever made, added up.")
    count_300: BigInt = _field(description="Hits of 300 over the player's whole career.")
    count_100: BigInt = _field(description="Hits of 100 over the player's whole career.")
    count_50: BigInt = _field(description="Hits of 50 over the player's whole career.")
    total_hits: BigInt = _field(description="The three hit counts added up.")
    count_ss: int = _field(
        name="countSS",
        description="SS grades. Silver and gold grades are counted together, as the upstream does.\n"
        "Can be negative: osu! itself has shown that.",
    )
    count_s: int = _field(description="S grades, silver and gold. Can be negative, like `countSS`.")
    count_a: int = _field(description="A grades. Can be negative, like `countSS`.")
    user_mode: Private[records.UserMode]

    @record_field(StatsDelta | None)
    def delta(self, info: Info) -> NullableResult[records.Delta]:
        """Change since the snapshot before it; null for the very first. Always the neighbour in the full history,
        also when the list is windowed or thinned out.
        """
        row = cast("records.Snapshot", self)
        context = info.context
        return context.read(info, context.history, self.user_mode, lambda history: history.delta(row))


@documented
@strawberry.type
class Gain:
    """The change between two snapshots that frame a window."""

    start: Snapshot = _field(description="The last at or before the window's start, or the first in it.")
    end: Snapshot = _field(description="The last in the window.")
    delta: StatsDelta = _field(description="`end` minus `start`.")
    covers_whole_window: bool = _field(
        description="False when tracking began inside the window, so the gain covers less than was asked for."
    )


@documented
@strawberry.type
class Mods:
    """The mods of a play, decoded. Lazer-only mods and mod settings are not in the upstream's data: Classic is
    left out and Daycore shows as HT.
    """

    bits: int = _field(description="The osu!api v1 bit field.")
    acronyms: list[str] = _field(
        description='Acronyms in the usual order: `["HD", "DT", "HR"]`. NC replaces DT and PF replaces SD.\n'
        "Empty for no mods. Bits without a known name are skipped."
    )
    label: str = _field(description="For display: `HDDTHR`, or `NM`.")
