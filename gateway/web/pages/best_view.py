"""The view of the page of best plays in its query string: mode, period and filters, for its title and preview.

The page parses the same parameters in `static/best/view.js` and `static/shared/play-filters.js`.
"""

import re
from collections.abc import Iterable
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
_DAYS = re.compile("[0-9]{1,5}")
_ITEM = re.compile("[A-Z0-9]{1,2}")


def best_view(query: str) -> SiteView:
    """The title, description and canonical query string of a view. Invalid parameters are ignored, as on the page."""
    given = {name: values[0] for name, values in parse_qs(query).items()}
    mode = query_mode(query) or Mode.OSU
    period, days = _period(given.get("days", ""))
    chosen = _filters(given)
    without = f"without {', '.join(chosen['without'])}" if chosen["without"] else ""
    filters = "; ".join(filter(None, (", ".join(chosen["mods"]), without, ", ".join(chosen["grades"]))))
    title = " · ".join(filter(None, (f"Best plays {period}", MODE_TITLES[mode], filters)))
    filtered = f" ({filters})" if filters else ""
    description = f"The {MODE_TITLES[mode]} plays with the most pp {period}{filtered}, as recorded by osu!track."
    names = {"mode": "" if mode is Mode.OSU else mode.name.lower(), "days": days}
    parameters = names | {name: ",".join(items) for name, items in chosen.items()}
    return SiteView(title, description, query_string({name: text for name, text in parameters.items() if text}))


def _period(text: str) -> tuple[str, str]:
    """The period in words, and as in the URL."""
    if text == "all":
        return "of all time", text
    days = int(text) if _DAYS.fullmatch(text) and 1 <= int(text) <= MAX_DAYS else 1
    return (f"of the last {days} days", str(days)) if days > 1 else ("of the last 24 hours", "")


def _filters(given: dict[str, str]) -> dict[str, list[str]]:
    mods = _choice(MODS, given.get("mods", ""))
    without = [mod for mod in _choice(MODS, given.get("without", "")) if mod not in {"NM", *mods}]
    grades = _choice(GRADES, given.get("grades", ""))
    return {"mods": ["NM"] if "NM" in mods else mods, "without": without, "grades": grades}


def _choice(items: Iterable[str], text: str) -> list[str]:
    """The items in a list that a text names, in their order."""
    named = _ITEM.findall(text[:MAX_LIST].upper())
    return [item for item in items if item in named]
