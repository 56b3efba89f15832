"""The data series of charts: a field of the schema's snapshots, with its title and format."""

from collections.abc import Callable
from typing import NamedTuple

from .formats import count, decimal, short, signed


class Series(NamedTuple):
    """One series. `format` writes a value, `tick` a value on the axis. A rank is better if it is lower."""

    name: str
    title: str
    field: str
    format: Callable[[float], str]
    tick: Callable[[float], str]

    @property
    def is_rank(self) -> bool:
        """Whether the series has a logarithmic axis with 1 at the top."""
        return self.name == "rank"

    @property
    def is_gain(self) -> bool:
        """Whether the values are changes since the start of the gain."""
        return self is PP_GAINED


def _rank(value: float) -> str:
    return f"#{count(value)}"


def _rank_tick(value: float) -> str:
    return f"#{short(value)}"


def _pp(value: float) -> str:
    return f"{count(value)} pp"


def _signed(value: float) -> str:
    return signed(short(abs(value)), value).replace("±", "")


def _percent(value: float) -> str:
    return f"{decimal(value)}%"


def _percent_tick(value: float) -> str:
    return f"{short(value)}%"


SERIES = {
    series.name: series
    for series in (
        Series("rank", "Global rank", "globalRank", _rank, _rank_tick),
        Series("pp", "Performance points", "pp", _pp, short),
        Series("accuracy", "Accuracy", "accuracy", _percent, _percent_tick),
        Series("plays", "Play count", "playCount", count, short),
        Series("level", "Level", "level", decimal, short),
        Series("ranked-score", "Ranked score", "rankedScore", short, short),
        Series("total-score", "Total score", "totalScore", short, short),
        Series("hits", "Total hits", "totalHits", short, short),
        Series("ss", "SS grades", "countSS", count, short),
        Series("s", "S grades", "countS", count, short),
        Series("a", "A grades", "countA", count, short),
    )
}

# Of comparisons: the values of players are far apart, and their lines would be flat.
PP_GAINED = Series("pp-gained", "pp gained", "pp", _signed, _signed)
