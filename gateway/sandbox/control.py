"""The control endpoint under `/_sandbox/`: players, faults, switches, background jobs and request counts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.sandbox.background import BackgroundJob
from gateway.sandbox.faults import Fault
from gateway.sandbox.state import Sandbox, Switches

_FAULTS = msgspec.json.Decoder(Fault | list[Fault])
_SWITCHES = msgspec.json.Decoder(Switches)
_BACKGROUND = msgspec.json.Decoder(BackgroundJob | list[BackgroundJob])

Endpoint = Callable[[Request], Awaitable[Response]]


class Control:
    """The control endpoint of one sandbox. Its requests are not counted."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._endpoints: dict[tuple[str, str], Endpoint] = {
            ("GET", "/_sandbox/"): self.overview,
            ("GET", "/_sandbox/faults"): self.faults,
            ("PUT", "/_sandbox/faults"): self.put_faults,
            ("DELETE", "/_sandbox/faults"): self.clear_faults,
            ("GET", "/_sandbox/switches"): self.switches,
            ("PUT", "/_sandbox/switches"): self.put_switches,
            ("GET", "/_sandbox/background"): self.background,
            ("PUT", "/_sandbox/background"): self.put_background,
            ("DELETE", "/_sandbox/background"): self.clear_background,
            ("GET", "/_sandbox/counts"): self.counts,
            ("DELETE", "/_sandbox/counts"): self.clear_counts,
            ("GET", "/_sandbox/backend_calls"): self.backend_calls,
        }

    def routes(self) -> list[Route]:
        return [Route(path, endpoint, methods=[method]) for (method, path), endpoint in self._endpoints.items()]

    async def overview(self, _: Request) -> Response:
        """Players with row counts, the state, the endpoints, and the schemas of their bodies."""
        database = self._sandbox.database
        players = [
            {"id": player.id, "username": player.username, "modes": database.row_counts(player.id)}
            for player in database.players.values()
        ]
        return _json(
            {
                "players": players,
                "faults": self._sandbox.faults,
                "switches": self._sandbox.switches,
                "background": self._sandbox.background,
                "counts": self._sandbox.counts(),
                "endpoints": {f"{method} {path}": _summary(call) for (method, path), call in self._endpoints.items()},
                "schemas": _SCHEMAS,
            }
        )

    async def faults(self, _: Request) -> Response:
        """The active faults."""
        return _json(self._sandbox.faults)

    async def put_faults(self, request: Request) -> Response:
        """Replace the active faults by the one, or the list, in the body."""
        try:
            faults = _FAULTS.decode(await request.body())
        except msgspec.MsgspecError as exc:
            return _error(exc)
        self._sandbox.faults = [faults] if isinstance(faults, Fault) else faults
        return _json(self._sandbox.faults)

    async def clear_faults(self, _: Request) -> Response:
        """Remove all faults."""
        self._sandbox.faults = ()
        return Response(status_code=204)

    async def switches(self, _: Request) -> Response:
        """The switches."""
        return _json(self._sandbox.switches)

    async def put_switches(self, request: Request) -> Response:
        """Set all switches; those missing from the body get their defaults."""
        try:
            self._sandbox.switches = _SWITCHES.decode(await request.body())
        except msgspec.MsgspecError as exc:
            return _error(exc)
        return _json(self._sandbox.switches)

    async def background(self, _: Request) -> Response:
        """The background jobs."""
        return _json(self._sandbox.background)

    async def put_background(self, request: Request) -> Response:
        """Replace the background jobs by the one, or the list, in the body."""
        try:
            jobs = _BACKGROUND.decode(await request.body())
        except msgspec.MsgspecError as exc:
            return _error(exc)
        self._sandbox.background = [jobs] if isinstance(jobs, BackgroundJob) else jobs
        return _json(self._sandbox.background)

    async def clear_background(self, _: Request) -> Response:
        """Remove all background jobs."""
        self._sandbox.background = ()
        return Response(status_code=204)

    async def counts(self, _: Request) -> Response:
        """Counts of requests, updates, side effects (also by ID and by name) and body bytes."""
        return _json(self._sandbox.counts())

    async def clear_counts(self, _: Request) -> Response:
        """Reset all counts to zero, and clear the list of potential updates."""
        self._sandbox.reset_counts()
        return Response(status_code=204)

    async def backend_calls(self, _: Request) -> Response:
        """All potential updates in order: time, path, player, name and mode."""
        return _json([call._asdict() for call in self._sandbox.backend_calls])


_SCHEMAS = {
    "faults": msgspec.json.schema(Fault),
    "switches": msgspec.json.schema(Switches),
    "background": msgspec.json.schema(BackgroundJob),
}


def _summary(endpoint: Endpoint) -> str:
    return endpoint.__doc__ or ""


def _error(exc: msgspec.MsgspecError) -> Response:
    return _json({"error": str(exc)}, 400)


def _json(value: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")
