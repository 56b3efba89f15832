"""The page of a player's year, `/players/ID/YEAR`."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import quote, urlencode

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from gateway.store.keys import Username
from gateway.store.lru import LRU

from .files import File
from .player_addresses import PlayerAddress, parse_address
from .player_redirects import FindID
from .previews import Previews

# osu! was released in September 2007.
FIRST_YEAR = 2007
_YEAR = re.compile("[1-9][0-9]{3}")
# Pages are kept compressed. Each takes about 10 kB.
MAX_PAGES = 64


class DigitsConvertor(Convertor[str]):
    """A number in a path as text. Other paths, such as `/players/2/taiko`, have other routes."""

    regex = "[0-9]{1,20}"

    def convert(self, value: str) -> str:
        """The text in the path."""
        return value

    def to_string(self, value: str) -> str:
        """The text for a path."""
        return value


register_url_convertor("digits", DigitsConvertor())


class YearPage:
    """The page with status 404 for an invalid player, and for years before osu! or in the future.

    A year without snapshots is valid: only osu!track knows its snapshots, and the page's script asks for them. Other
    addresses of the player are redirected; an unknown name to the player page, which can look it up and keeps the year.
    """

    def __init__(
        self,
        template: str,
        headers: dict[str, str],
        *,
        previews: Previews,
        find_id: FindID,
        clock: Callable[[], float],
    ) -> None:
        self._template = template
        self._headers = headers
        self._previews = previews
        self._find_id = find_id
        self._clock = clock
        self._files: LRU[str, File] = LRU(MAX_PAGES)

    def routes(self) -> list[Route]:
        """The route of the page."""
        return [Route("/players/{id}/{year:digits}", self._respond)]

    async def _respond(self, request: Request) -> Response:
        player, year = request.path_params["id"], self._year(request.path_params["year"])
        address = parse_address(player)
        if address is None or year is None:
            html = self._html("<title>Invalid year · osutrack-gateway</title>")
            return HTMLResponse(html, HTTPStatus.NOT_FOUND, self._headers | {"Cache-Control": "no-store"})
        if address.segment != player or address.username:
            return await self._redirect(request, address, year)
        tags = self._previews.tags(request, year)
        file = self._files.peek(tags) or File("year.html", self._html(tags).encode(), self._headers)
        self._files.put(tags, file)
        return await file.response(request)

    async def _redirect(self, request: Request, address: PlayerAddress, year: int) -> Response:
        known = await self._find_id(Username(address.username)) if address.username else address.id
        if known is None:
            return _found(f"../{quote(address.segment, safe='@')}", _query(request) | {"year": str(year)})
        return _found(f"../{known}/{year}", _query(request))

    def _html(self, tags: str) -> str:
        return self._template.replace("{{preview}}", tags)

    def _year(self, text: str) -> int | None:
        this_year = datetime.fromtimestamp(self._clock(), UTC).year
        return int(text) if _YEAR.fullmatch(text) and FIRST_YEAR <= int(text) <= this_year else None


def _query(request: Request) -> dict[str, str]:
    return dict(request.query_params)


def _found(path: str, query: dict[str, str]) -> Response:
    """A redirect to a relative path. Never permanent: names change."""
    location = f"{path}?{urlencode(query)}" if query else path
    return Response(status_code=HTTPStatus.FOUND, headers={"Location": location, "Cache-Control": "no-cache"})
