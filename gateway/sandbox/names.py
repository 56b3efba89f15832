"""The simulated names service, under `/_names`: conversion between names and IDs, read-only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from gateway.sandbox import faults, players
from gateway.sandbox.responses import Response, json, send_response, text
from gateway.sandbox.state import RecordedRequest, Sandbox

PATH = "/_names"

Sleep = Callable[[float], Awaitable[object]]


class NamesService:
    """The names of tracked players, then those of other players of osu!.

    Faults with the path `/_names` affect both endpoints. The requests are recorded and counted like osu!track's.
    """

    def __init__(self, sandbox: Sandbox, *, sleep: Sleep) -> None:
        self._sandbox = sandbox
        self._database = sandbox.database
        self._sleep = sleep

    def routes(self) -> list[Route]:
        """`GET /users/{name}/id?mode=osu` and `GET /users/{id}/username`."""
        return [
            Route(f"{PATH}/users/{{name}}/id", _Endpoint(self, self._user_id)),
            Route(f"{PATH}/users/{{id:int}}/username", _Endpoint(self, self._username)),
        ]

    async def respond(self, respond: Callable[[Request], Response], scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response, or a fault."""
        request = Request(scope)
        self._sandbox.record(RecordedRequest(request.method, request.url.path, dict(request.query_params)))
        for fault in self._sandbox.schedule.due(PATH):
            if fault.kind == "latency":
                await self._sleep(fault.seconds)
            elif fault.kind == "hang":
                return await faults.hang(receive)
            elif fault.kind == "reset":
                return await faults.reset(receive)
            elif fault.kind == "half":
                return await faults.send_half(respond(request), receive, send)
            else:
                return await send_response(faults.fault_response(fault, PATH), scope, send)
        return await send_response(respond(request), scope, send)

    def _user_id(self, request: Request) -> Response:
        if request.query_params.get("mode") != "osu":
            return text(400, "Failed to deserialize query string")
        user = self._find(request.path_params["name"])
        return text(404, "User not found") if user is None else json(user)

    def _username(self, request: Request) -> Response:
        user = request.path_params["id"]
        tracked = self._database.players.get(user)
        name = tracked.username if tracked else players.UNTRACKED_NAMES.get(user)
        return text(404, "User not found") if name is None else json(name)

    def _find(self, name: str) -> int | None:
        """The player by the database's collation; otherwise by osu!'s rule that underscores equal spaces."""
        known = self._database.ids_by_name(name)
        tracked = {player.username: player.id for player in self._database.players.values()}
        users = {_folded(other): user for other, user in (players.NAMES_ON_OSU | tracked).items()}
        return known[0] if known else users.get(_folded(name))


class _Endpoint:
    """One endpoint as an ASGI application. An instance of a class: Starlette passes ASGI arguments to those only."""

    def __init__(self, service: NamesService, respond: Callable[[Request], Response]) -> None:
        self._service = service
        self._respond = respond

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._service.respond(self._respond, scope, receive, send)


def _folded(name: str) -> str:
    return name.strip().lower().replace("_", " ")
