"""Plays worth pp: the interface they share, two of its kinds, and pages. Each type names a record's attributes."""

from typing import Any

import strawberry
from strawberry import ID

from gateway import records
from gateway.graph.fields import documented
from gateway.graph.inputs import GameMode, Grade
from gateway.graph.scalars import URL, BigInt, DateTime

from .snapshots import Mods

_field = strawberry.field


@documented
@strawberry.interface
class Score:
    """A play worth pp."""

    mode: GameMode = _field(description="The ruleset it was played in.")
    beatmap_id: ID = _field(description="The numeric osu! beatmap ID (of a difficulty, not of a set).")
    score: BigInt = _field(
        description="The score; plays made in osu!(lazer) have a standardised one, up to about 10^6."
    )
    pp: float = _field(description="Performance points, as osu! counted them when the play was recorded.")
    grade: Grade | None = _field(description="Null if the upstream sends a grade this gateway does not know.")
    played_at: DateTime = _field(
        description="When the play was set. For plays recorded before September 2018 the upstream can be 8 hours late."
    )
    mods: Mods = _field(description="The mods it was played with.")
    beatmap_url: URL = _field(description="The beatmap's page on osu.ppy.sh.")


@documented
@strawberry.type
class Hiscore(Score):
    """A play that entered its player's top 100, as recorded by osu!track."""

    recorded_at: DateTime = _field(
        description="When osu!track recorded it; for plays older than the tracking, long after `playedAt`."
    )

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:
        """Records are not instances of the types that name them."""
        return isinstance(value, records.Hiscore)


@documented
@strawberry.type
class NewHiscore(Score):
    """A hiscore found by an update, with the details only the update's answer carries."""

    score_id: ID | None = _field(description="The score's ID in osu!'s own API; null in older answers.")
    position: int = _field(description="Place in the player's top plays, from 1.")
    max_combo: int = _field(description="The longest combo.")
    perfect: bool = _field(description="Whether it is a full combo.")
    count_300: int = _field(description="Hits of 300.")
    count_100: int = _field(description="Hits of 100.")
    count_50: int = _field(description="Hits of 50.")
    count_miss: int = _field(description="Misses.")
    count_katu: int = _field(description="Katus, or what the mode counts in their place.")
    count_geki: int = _field(description="Gekis, or what the mode counts in their place.")
    accuracy: float = _field(
        description="Percent, worked out from the hit counts by the mode's formula.\n"
        "Can be wrong in CATCH since 2024: the upstream does not tell all counts there."
    )

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:
        """Records are not instances of the types that name them."""
        return isinstance(value, records.NewHiscore)


@documented
@strawberry.type
class PageInfo:
    """Whether to go on, and from where. Forward only."""

    has_next_page: bool = _field(description="Whether there are more after this page.")
    end_cursor: str | None = _field(description="Pass as `after` for the next page; null on an empty page.")


@documented
@strawberry.type
class HiscoreEdge:
    """A hiscore with its place in the list."""

    cursor: str = _field(description="Pass as `after` for a page that begins behind this play.")
    node: Hiscore = _field(description="The play.")


@documented
@strawberry.type
class HiscoreConnection:
    """One page of hiscores. `nodes` and `edges` hold the same plays."""

    nodes: list[Hiscore] = _field(description="The plays of this page.")
    edges: list[HiscoreEdge] = _field(description="The plays of this page, each with its cursor.")
    page_info: PageInfo = _field(description="Whether to go on, and from where.")
    total_count: int = _field(description="All hiscores that match, not only this page; exact.")
