"""The best plays of the day on the home page, if the list is cached: a visit causes no request."""

from collections.abc import Callable
from html import escape

from starlette.requests import Request
from starlette.responses import Response

from gateway.images.formats import count
from gateway.records import BestPlay

from .best_preview import BestPreviews
from .best_view import parse_best_view
from .site_page import SitePage

SHOWN = 5
# The page of best plays without parameters.
DAY = parse_best_view("")


class BestToday:
    """Writes the list as HTML; empty if it is not cached."""

    def __init__(self, previews: BestPreviews) -> None:
        self._previews = previews

    def html(self) -> str:
        """The best osu! plays of the last 24 hours."""
        items = "".join(map(self._item, self._previews.best(DAY)[:SHOWN]))
        title = '<p class="text-small muted">osu!, last 24 hours</p>'
        return f'{title}<ol class="today">{items}</ol>' if items else ""

    def _item(self, play: BestPlay) -> str:
        player = f'<a href="players/{play.user_id}">{escape(self._previews.name(play.user_id))}</a>'
        mods = f"<small>{play.mods.label}</small>" if play.mod_bits else ""
        return f"<li><b>{count(play.pp)} pp</b> {player} {mods}</li>"


class HomePage:
    """The home page with the best plays of the day."""

    def __init__(self, make: Callable[[str], SitePage], best_today: Callable[[], str]) -> None:
        """`make` returns the page with that list."""
        self._make = make
        self._best_today = best_today
        self._shown = best_today()
        self._page = make(self._shown)

    async def response(self, request: Request) -> Response:
        """The page with the present list."""
        best = self._best_today()
        if best != self._shown:
            self._shown, self._page = best, self._make(best)
        return await self._page.response(request)
