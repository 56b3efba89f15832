"""Running pp records: the plays with more pp than all earlier ones. Pure functions."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

from gateway.records import Hiscore, Rows

P = TypeVar("P", bound=Hiscore)


class FirstPlay(NamedTuple):
    """The first play with at least this pp; None if there is none."""

    pp_at_least: float
    play: Hiscore | None


def running_records(plays: Iterable[P]) -> Rows[P]:
    """The plays with more pp than all earlier ones; `plays` are sorted by time."""
    records: list[P] = []
    for play in plays:
        if not records or play.pp > records[-1].pp:
            records.append(play)
    return Rows(records)


def first_plays(plays: Iterable[Hiscore], pp_at_least: Iterable[float]) -> Sequence[FirstPlay]:
    """The first play for each value, in the order of the values; `plays` are sorted by time."""
    # The first play with so much pp has more than all earlier ones.
    records = running_records(plays)
    pps = [play.pp for play in records]
    places = [(value, bisect_left(pps, value)) for value in pp_at_least]
    return [FirstPlay(value, records[place] if place < len(records) else None) for value, place in places]
