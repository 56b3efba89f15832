"""The view of the page of best plays in its query string: mode, period and filters, for its title and preview.

The page parses the same parameters in `static/best/view.js` and `static/shared/play-filters.js`.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import parse_qs

from gateway.images.parameters import MAX_DAYS
from gateway.images.profile import MODE_TITLES
from gateway.records import Mode

from .player_addresses import query_mode
from .preview_tags import query_string
from .site_page import SiteView

# The acronyms in the order of the page's buttons.
MODS = (
    "NM", "HD", "HR", "DT", "FL", "EZ", "HT", "NF", "SO", "FI", "MR", "NC", "SD", "PF", "RX", "AP", "AT", "CN", "TP",
    "TD", "RD", "1K", "2K", "3K", "4K", "5K", "6K", "7K", "8K", "9K", "CO", "V2",
)  # fmt: skip
GRADES = ("SS", "S", "A", "B", "C", "D")
# Longer lists are not parsed.
MAX_LIST = 200
_DAYS = re.compile("[1-9][0-9]{0,4}")
_PP = re.compile("[0-9]{1,5}")
_ITEM = re.compile("[A-Z0-9]{1,2}")


class BestView(NamedTuple):
    """The mode, the number of days (None for all time), and the filters by their parameter."""

    mode: Mode
    days: int | None
    filters: dict[str, list[str]]

    @property
    def site_view(self) -> SiteView:
        """The title, description and canonical query string."""
        without = f"without {', '.join(self.filters['without'])}" if self.filters["without"] else ""
        texts = ", ".join(self.filters["mods"]), without, ", ".join(self.filters["grades"]), self._pp
        filters, mode = "; ".join(filter(None, texts)), MODE_TITLES[self.mode]
        title = " · ".join(filter(None, (f"Best plays {self.period}", mode, filters)))
        filtered = f" ({filters})" if filters else ""
        description = f"The {mode} plays with the most pp {self.period}{filtered}, as recorded by osu!track."
        return SiteView(title, description, query_string(self._parameters))

    @property
    def period(self) -> str:
        """The period in words, after the title."""
        if self.days is None:
            return "of all time"
        return f"of the last {self.days} days" if self.days > 1 else "of the last 24 hours"

    @property
    def _pp(self) -> str:
        """The range of pp in words."""
        low, high = "".join(self.filters["minpp"]), "".join(self.filters["maxpp"])
        if low and high:
            return f"{low} to {high} pp"
        return f"from {low} pp" if low else f"up to {high} pp" if high else ""

    @property
    def _parameters(self) -> dict[str, str]:
        """The parameters that are not the default."""
        mode = "" if self.mode is Mode.OSU else self.mode.name.lower()
        days = "all" if self.days is None else "" if self.days == 1 else str(self.days)
        lists = {name: ",".join(items) for name, items in self.filters.items()}
        return {name: text for name, text in {"mode": mode, "days": days, **lists}.items() if text}


def parse_best_view(query: str) -> BestView:
    """The view in a query string. Invalid parameters are ignored, as on the page."""
    given = {name: values[0] for name, values in parse_qs(query).items()}
    return BestView(query_mode(query) or Mode.OSU, _days(given.get("days", "")), _filters(given))


def _days(text: str) -> int | None:
    if text == "all":
        return None
    return int(text) if _DAYS.fullmatch(text) and int(text) <= MAX_DAYS else 1


def _filters(given: dict[str, str]) -> dict[str, list[str]]:
    mods = _choice(MODS, given.get("mods", ""))
    without = [mod for mod in _choice(MODS, given.get("without", "")) if mod not in {"NM", *mods}]
    grades = _choice(GRADES, given.get("grades", ""))
    low, high = _number(given.get("minpp", "")), _number(given.get("maxpp", ""))
    return {
        "mods": ["NM"] if "NM" in mods else mods,
        "without": without,
        "grades": grades,
        "minpp": [str(low)] if low else [],
        "maxpp": [str(high)] if high and high >= low else [],
    }


def _number(text: str) -> int:
    return int(text) if _PP.fullmatch(text.strip()) else 0


def _choice(items: Iterable[str], text: str) -> list[str]:
    """The items in a list that a text names, in their order."""
    named = _ITEM.findall(text[:MAX_LIST].upper())
    return [item for item in items if item in named]
