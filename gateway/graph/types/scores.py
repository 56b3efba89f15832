"""Scores: the interface `Score`, hiscores and their pages. Fields are attributes of records."""

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
    """A play with performance points (pp)."""

    mode: GameMode = _field(description="The ruleset.")
    beatmap_id: ID = _field(description="The numeric osu! beatmap ID. It identifies a difficulty, not a set.")
    score: BigInt = _field(
        description="The score. Plays made in osu!(lazer) have a standardised score of up to about 10^6."
    )
    pp: float = _field(description="Performance points at the time of recording.")
    grade: Grade | None = _field(description="The grade; null if osu!track sends an unknown value.")
    played_at: DateTime = _field(
        description="The time of the play. It can be 8 hours late for plays recorded before September 2018."
    )
    mods: Mods = _field(description="The mods of the play.")
    beatmap_url: URL = _field(description="The beatmap's page on osu.ppy.sh.")

    @classmethod
    def is_type_of(cls, value: object, _info: object) -> bool:
        """Resolvers return records, which are not instances of schema types, but have their names."""
        return isinstance(value, getattr(records, cls.__name__))


@documented
@strawberry.type
class Hiscore(Score):
    """A play that entered the player's top 100, as recorded by osu!track."""

    recorded_at: DateTime = _field(
        description="The time of recording by osu!track; long after `playedAt` if tracking began later."
    )


@documented
@strawberry.type
class NewHiscore(Score):
    """A hiscore found by an update, with details that are available in updates only."""

    score_id: ID | None = _field(description="The score's ID in osu!'s API; null if osu!track does not send it.")
    position: int = _field(description="The position in the player's top plays, from 1.")
    max_combo: int = _field(description="The longest combo.")
    perfect: bool = _field(description="True for a full combo.")
    count_300: int = _field(description="Number of 300s.")
    count_100: int = _field(description="Number of 100s.")
    count_50: int = _field(description="Number of 50s.")
    count_miss: int = _field(description="Number of misses.")
    count_katu: int = _field(description="Katu count; the meaning depends on the mode.")
    count_geki: int = _field(description="Geki count; the meaning depends on the mode.")
    accuracy: float = _field(
        description="Accuracy in percent, from 0 to 100, computed from the hit counts by the mode's formula.\n"
        "It can be wrong in CATCH since 2024, as osu!track omits some counts."
    )


@documented
@strawberry.type
class PageInfo:
    """Paging information, as in Relay's connections. Paging is forward only."""

    has_next_page: bool = _field(description="True if the list continues after this page.")
    has_previous_page: bool = _field(description="True if the list has plays before this page.")
    start_cursor: str | None = _field(description="The cursor of the first play. Null if the page is empty.")
    end_cursor: str | None = _field(
        description="The cursor of the last play: pass it as `after` for the next page. Null if the page is empty."
    )


@documented
@strawberry.type
class HiscoreEdge:
    """A hiscore with its cursor."""

    cursor: str = _field(description="The play's cursor: pass it as `after` for a page that starts after this play.")
    node: Hiscore = _field(description="The play.")


@documented
@strawberry.type
class HiscoreConnection:
    """One page of hiscores. `nodes` and `edges` contain the same plays."""

    nodes: list[Hiscore] = _field(description="The plays of this page.")
    edges: list[HiscoreEdge] = _field(description="The plays of this page with their cursors.")
    page_info: PageInfo = _field(description="Information for fetching the next page.")
    total_count: int = _field(description="The exact number of matching hiscores on all pages.")
