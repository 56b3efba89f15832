"""The page of a player, the same for every visitor except for the tags for link previews."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from gateway.store.keys import Username
from gateway.store.lru import LRU

from .files import File
from .player_addresses import parse_address
from .previews import Previews, missing_head

# Pages are kept compressed. Each takes about 30 kB.
MAX_PAGES = 64

# Whether osu! is known to have no player with this name.
IsMissing = Callable[[Username], Awaitable[bool]]


class PlayerPage:
    """The page with status 404 for an invalid address and for a missing player. Its script shows the error.

    A name is missing once a lookup did not find it. The page itself looks none up, and no one knows which IDs exist.
    """

    def __init__(self, template: str, headers: dict[str, str], *, previews: Previews, is_missing: IsMissing) -> None:
        self._template = template
        self._headers = headers
        self._previews = previews
        self._is_missing = is_missing
        self._files: LRU[str, File] = LRU(MAX_PAGES)

    async def response(self, request: Request) -> Response:
        """The page of the player in the path."""
        address = parse_address(request.path_params["id"])
        if address and address.username and await self._is_missing(Username(address.username)):
            html = self._html(missing_head(address.username))
            # Not 304: the page that a browser has is that of a name that may exist.
            return HTMLResponse(html, HTTPStatus.NOT_FOUND, self._headers | {"Cache-Control": "no-store"})
        tags = self._previews.tags(request)
        file = self._files.peek(tags) or File("player.html", self._html(tags).encode(), self._headers)
        self._files.put(tags, file)
        response = await file.response(request)
        # A 304 response has no body: browsers show the page that they have.
        if response.status_code == HTTPStatus.OK and address is None:
            response.status_code = HTTPStatus.NOT_FOUND
        return response

    def _html(self, tags: str) -> str:
        return self._template.replace("{{preview}}", tags)
