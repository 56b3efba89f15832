"""The view of a player page in its query string, as far as link previews show it.

The pages parse the same parameters in `static/player/view.js`, `static/shared/windows.js` and
`static/shared/compared-players.js`.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from starlette.datastructures import QueryParams

from gateway.errors import BadUserInput
from gateway.images.parameters import MAX_DAYS, MODES, Window, parse_window
from gateway.images.series import SERIES, Series
from gateway.records import Mode

from .player_addresses import PlayerAddress, parse_address

# Besides the player of the page.
MAX_COMPARED = 4
# Longer lists are not parsed.
MAX_LIST = 200
_DAYS = re.compile("[1-9][0-9]{0,4}")


class PlayerView(NamedTuple):
    """The mode, window, upper series and compared players; None and empty for the default view."""

    mode: Mode
    window: Window | None
    series: Series | None
    compared: tuple[PlayerAddress, ...]


def parse_view(query: QueryParams, player: int) -> PlayerView:
    """The view of this player's page. Invalid parameters are ignored, as on the page."""
    mode = MODES.get(query.get("mode", "osu").lower(), Mode.OSU)
    names = query.get("series", "")[:MAX_LIST].lower().split(",")
    series = next((SERIES[name] for name in names if name in SERIES), None)
    return PlayerView(mode, _window(query), series, tuple(_compared(query, player))[:MAX_COMPARED])


def _window(query: QueryParams) -> Window | None:
    days = query.get("days", "")
    is_valid = _DAYS.fullmatch(days) and int(days) <= MAX_DAYS
    text = f"{days}d" if is_valid else f"{query.get('from', '')}..{query.get('to', '')}"
    try:
        return parse_window(text)
    except BadUserInput:
        return None


def _compared(query: QueryParams, player: int) -> Iterator[PlayerAddress]:
    seen = {PlayerAddress(id=player)}
    for text in ",".join(query.getlist("compare"))[:MAX_LIST].split(","):
        found = parse_address(text)
        address = found and found._replace(mode=None)
        if address and address not in seen:
            seen.add(address)
            yield address
