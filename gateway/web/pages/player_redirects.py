"""Redirects from other addresses of players to `/players/ID`, such as `/u/2`, `/users/2/taiko` or `/players/peppy`.

A name is looked up among the known ones only: no request of a crawler reaches osu!track or the names service. Locations
are relative, as a proxy may serve the gateway at another path.
"""

import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from urllib.parse import quote, urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.store.keys import Username

from .player_addresses import KEYWORDS, MODES, PlayerAddress, parse_address

# The ID of the player with this name, None if it is not known.
FindID = Callable[[Username], Awaitable[int | None]]
Endpoint = Callable[[Request], Awaitable[Response]]
# Of the query string: the mode has one canonical place.
MODE_PARAMETERS = {"mode", "m"}
YEAR = re.compile("[0-9]{4}")


class PlayerRedirects:
    """The routes around the player page, which is `page`."""

    def __init__(self, page: Endpoint, find_id: FindID) -> None:
        self._page = page
        self._find_id = find_id

    def routes(self) -> list[Route]:
        """Paths that are no address of a player are unknown, as any other."""
        words = [spell(word) for word in sorted(KEYWORDS) for spell in (str.lower, str.upper, str.title)]
        return [
            *(Route(f"/{word}{end}", _home) for word in words for end in ("", "/")),
            *(Route(f"/{word}/{{id}}{end}", self._player) for word in words for end in ("", "/")),
            *(Route(f"/{word}/{{id}}/{{mode}}{end}", self._player) for word in words for end in ("", "/")),
            *(Route(f"/{word}/{{id}}/{{mode}}/{{year}}{end}", self._year) for word in words for end in ("", "/")),
        ]

    async def _player(self, request: Request) -> Response:
        player, mode = request.path_params["id"], request.path_params.get("mode")
        address = await self._address(request)
        # The page's script shows the error of an invalid address.
        if request.scope["path"].endswith(f"/players/{player}") and player == (address.segment if address else player):
            return await self._page(request)
        if address is None or (mode and mode.lower() not in MODES):
            raise HTTPException(404)
        return _redirect(request, f"players/{quote(address.segment, safe='@')}{_query(request, address)}")

    async def _year(self, request: Request) -> Response:
        """From `/players/2/taiko/2025` to the page of the year, which knows the valid years."""
        mode, year = request.path_params["mode"], request.path_params["year"]
        address = await self._address(request)
        if address is None or mode.lower() not in MODES or not YEAR.fullmatch(year):
            raise HTTPException(404)
        return _redirect(request, f"players/{quote(address.segment, safe='@')}/{year}{_query(request, address)}")

    async def _address(self, request: Request) -> PlayerAddress | None:
        """The player and the mode of the request, by ID if the name is known."""
        parts = (request.path_params["id"], request.path_params.get("mode"))
        path = "/".join(quote(part, safe="") for part in parts if part)
        address = parse_address(f"/players/{path}?{request.url.query}")
        if address is None or address.username is None:
            return address
        known = await self._find_id(Username(address.username))
        return address if known is None else PlayerAddress(id=known, mode=address.mode)


async def _home(request: Request) -> Response:
    return _redirect(request, "")


def _query(request: Request, address: PlayerAddress) -> str:
    others = [(name, value) for name, value in request.query_params.multi_items() if name not in MODE_PARAMETERS]
    mode = [] if address.mode is None else [("mode", address.mode.name.lower())]
    return f"?{urlencode([*mode, *others])}" if mode or others else ""


def _redirect(request: Request, target: str) -> Response:
    """A redirect to a path of the gateway. Never permanent: names change."""
    raw_path, root = request.scope["raw_path"].decode("latin-1"), request.scope.get("root_path", "")
    # Encoded slashes are part of a name for browsers.
    depth = raw_path.count("/") - root.count("/") - 1
    location = "../" * depth + target or "./"
    return Response(status_code=HTTPStatus.FOUND, headers={"Location": location, "Cache-Control": "no-cache"})
