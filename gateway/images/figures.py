"""Figures: labelled values of a card. Those of a year are its best play and its most active month."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from gateway.records import Hiscore

from .formats import MONTHS, count

MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


class Figure(NamedTuple):
    """A value with its label, and a detail such as a signed change."""

    label: str
    value: str
    detail: str = ""


def best_play(play: Hiscore) -> Figure:
    """The pp, mods and day of a play."""
    day = f"{int(play.played_at[8:10])} {MONTHS[int(play.played_at[5:7]) - 1]}"
    return Figure("best play", f"{count(play.pp)} pp", f"{play.mods.label} · {day}")


def most_active_month(gains: Iterable[Mapping[str, Any]]) -> Figure | None:
    """The first of the months with the most plays, as on the page of the year; None without plays.

    `gains` are those of months. One that includes earlier months does not count.
    """
    months = [gain for gain in gains if _month(gain["start"]) >= _month(gain["end"]) - 1]
    most = max(months, key=lambda gain: int(gain["delta"]["playCount"]), default=None)
    if most is None or most["delta"]["playCount"] <= 0:
        return None
    plays = most["delta"]["playCount"]
    month = MONTH_NAMES[_month(most["end"]) % 12]
    return Figure("most active month", month, f"{count(plays)} play{'' if plays == 1 else 's'}")


def _month(snapshot: Mapping[str, Any]) -> int:
    """The number of months since the year 0."""
    year, month, _ = snapshot["at"].split("-", 2)
    return int(year) * 12 + int(month) - 1
