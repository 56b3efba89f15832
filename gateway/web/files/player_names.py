"""Names in place of IDs in the addresses of players' files, such as `/players/peppy/card.png?compare=mrekk`.

A name is looked up among the known ones only: no request of a crawler reaches osu!track or the names service.
"""

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.errors import BadUserInput
from gateway.store.keys import Username
from gateway.web.graphql_request import HTTPError
from gateway.web.pages.player_addresses import parse_address
from gateway.web.pages.player_redirects import FindID

from .compared_players import COMPARE, check_distinct, parse_compared


def with_known_names(routes: Iterable[Route], find_id: FindID) -> list[Route]:
    """The routes of files, with redirects from known names to IDs."""
    return [Route(route.path, partial(_respond, route.endpoint, find_id)) for route in routes]


async def _respond(endpoint: Callable[..., Awaitable[Any]], find_id: FindID, request: Request) -> Any:
    name, query = _name(request), await _known_query(request, find_id)
    known = None if name is None else await find_id(Username(name))
    if known is None and query == request.url.query:
        return await endpoint(request)
    return _redirect(request, request.path_params["id"] if known is None else str(known), query)


async def _known_query(request: Request, find_id: FindID) -> str:
    """The query string with IDs in place of the known names in `compare`; an invalid one is not changed."""
    given = dict(request.query_params)
    try:
        compared = parse_compared(given[COMPARE]) if len(request.query_params.getlist(COMPARE)) == 1 else []
    except BadUserInput:
        compared = []
    ids = [await find_id(Username(each.username)) if each.username else each.id for each in compared]
    if all(known in {None, each.id} for known, each in zip(ids, compared, strict=True)):
        return request.url.query
    players = [each.segment if known is None else str(known) for each, known in zip(compared, ids, strict=True)]
    return urlencode(given | {COMPARE: ",".join(players)}, safe=",@")


def checked_id(request: Request) -> str:
    """The ID in the path, valid or not; raises `HTTPError` for a name."""
    name, text = _name(request), str(request.path_params["id"])
    if name is None:
        return text
    raise _unknown_name(name, text, f"/players/2/{_file(request)}")


def checked_ids(compared: str, player: int) -> list[int]:
    """The IDs of the player and of a list of compared ones; raises `BadUserInput`, and `HTTPError` for a name."""
    ids = [player]
    for address in parse_compared(compared):
        if address.id is None:
            raise _unknown_name(str(address.username), address.segment, f"{COMPARE}=2")
        ids.append(address.id)
    check_distinct(ids)
    return ids


def _unknown_name(name: str, segment: str, example: str) -> HTTPError:
    return HTTPError(
        "NOT_FOUND",
        f"The player ID of `{name}` is not known here, and the address needs it, as in `{example}`."
        f" The ID is the number in the final address of https://osu.ppy.sh/users/{quote(segment, safe='@')}.",
    )


def _name(request: Request) -> str | None:
    address = parse_address(request.path_params["id"])
    return address.username if address else None


def _file(request: Request) -> str:
    return str(request.scope["path"].rpartition("/")[2])


def _redirect(request: Request, player: str, query: str) -> Response:
    """A relative redirect, as a proxy may serve the gateway at another path. Never permanent: names change."""
    location = f"../{quote(player, safe='@')}/{_file(request)}{f'?{query}' if query else ''}"
    headers = {"Location": location, "Cache-Control": "no-cache"}
    return Response(status_code=HTTPStatus.FOUND, headers=headers)
