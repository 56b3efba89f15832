"""Names in place of IDs in the addresses of players' files, such as `/players/peppy/card.png`.

A name is looked up among the known ones only: no request of a crawler reaches osu!track or the names service.
"""

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.store.keys import Username
from gateway.web.graphql_request import HTTPError
from gateway.web.pages.player_addresses import parse_address
from gateway.web.pages.player_redirects import FindID


def with_known_names(routes: Iterable[Route], find_id: FindID) -> list[Route]:
    """The routes of files, with redirects from known names to IDs."""
    return [Route(route.path, partial(_respond, route.endpoint, find_id)) for route in routes]


async def _respond(endpoint: Callable[..., Awaitable[Any]], find_id: FindID, request: Request) -> Any:
    name = _name(request)
    known = None if name is None else await find_id(Username(name))
    return await endpoint(request) if known is None else _redirect(request, known)


def checked_id(request: Request) -> str:
    """The ID in the path, valid or not; raises `HTTPError` for a name."""
    name, text = _name(request), str(request.path_params["id"])
    if name is None:
        return text
    raise HTTPError(
        "NOT_FOUND",
        f"The player ID of `{name}` is not known here, and the address needs it, as in `/players/2/{_file(request)}`."
        f" The ID is the number in the final address of https://osu.ppy.sh/users/{quote(text, safe='@')}.",
    )


def _name(request: Request) -> str | None:
    address = parse_address(request.path_params["id"])
    return address.username if address else None


def _file(request: Request) -> str:
    return str(request.scope["path"].rpartition("/")[2])


def _redirect(request: Request, player: int) -> Response:
    """A relative redirect, as a proxy may serve the gateway at another path. Never permanent: names change."""
    query = f"?{request.url.query}" if request.url.query else ""
    headers = {"Location": f"../{player}/{_file(request)}{query}", "Cache-Control": "no-cache"}
    return Response(status_code=HTTPStatus.FOUND, headers=headers)
