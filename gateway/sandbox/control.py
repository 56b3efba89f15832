"""The control endpoint under `/_sandbox/`: players, faults and request counts."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.sandbox.faults import Fault
from gateway.sandbox.state import Sandbox

_FAULTS = msgspec.json.Decoder(Fault | list[Fault])


class Control:
    """The control endpoint of one sandbox. Its requests are not counted."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[Route]:
        return [
            Route("/_sandbox/", self.overview, methods=["GET"]),
            Route("/_sandbox/faults", self.put_faults, methods=["PUT"]),
            Route("/_sandbox/faults", self.clear_faults, methods=["DELETE"]),
            Route("/_sandbox/faults", self.faults, methods=["GET"]),
            Route("/_sandbox/counts", self.counts, methods=["GET"]),
            Route("/_sandbox/counts", self.clear_counts, methods=["DELETE"]),
        ]

    async def overview(self, _: Request) -> Response:
        """All tracked players with their row counts, the active faults, and the request counts."""
        database = self._sandbox.database
        players = [
            {"id": player.id, "username": player.username, "modes": database.row_counts(player.id)}
            for player in database.players.values()
        ]
        return _json({"players": players, "faults": self._sandbox.faults, "counts": self._sandbox.counts()})

    async def faults(self, _: Request) -> Response:
        """The active faults."""
        return _json(self._sandbox.faults)

    async def put_faults(self, request: Request) -> Response:
        """Replace the active faults by the one, or the list, in the body."""
        try:
            faults = _FAULTS.decode(await request.body())
        except msgspec.MsgspecError as exc:
            return _json({"error": str(exc)}, 400)
        self._sandbox.faults = [faults] if isinstance(faults, Fault) else faults
        return _json(self._sandbox.faults)

    async def clear_faults(self, _: Request) -> Response:
        """Remove all faults."""
        self._sandbox.faults = ()
        return Response(status_code=204)

    async def counts(self, _: Request) -> Response:
        """Counts of requests, updates, side effects and body bytes."""
        return _json(self._sandbox.counts())

    async def clear_counts(self, _: Request) -> Response:
        """Reset all counts to zero."""
        self._sandbox.reset_counts()
        return Response(status_code=204)


def _json(value: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")
