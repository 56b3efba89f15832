"""The control endpoint: who lives here, what was asked, and the switch for faults."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.sandbox.faults import Fault
from gateway.sandbox.state import Sandbox

_FAULTS = msgspec.json.Decoder(Fault | list[Fault])


class Control:
    """Answers under `/_sandbox/`, about one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[Route]:
        """What can be asked."""
        return [
            Route("/_sandbox/", self.overview, methods=["GET"]),
            Route("/_sandbox/faults", self.put_faults, methods=["PUT"]),
            Route("/_sandbox/faults", self.clear_faults, methods=["DELETE"]),
            Route("/_sandbox/faults", self.faults, methods=["GET"]),
            Route("/_sandbox/counts", self.counts, methods=["GET"]),
            Route("/_sandbox/counts", self.clear_counts, methods=["DELETE"]),
        ]

    async def overview(self, _: Request) -> Response:
        """Everybody with the rows they have now, the faults that are on, and the counts."""
        players = [
            {"id": player.id, "username": player.username, "modes": self._sandbox.database.row_counts(player.id)}
            for player in self._sandbox.database.players.values()
        ]
        return _json({"players": players, "faults": self._sandbox.faults, "counts": self._sandbox.counts()})

    async def faults(self, _: Request) -> Response:
        """The faults that are on."""
        return _json(self._sandbox.faults)

    async def put_faults(self, request: Request) -> Response:
        """Replace the faults that are on by one or by a list."""
        try:
            faults = _FAULTS.decode(await request.body())
        except msgspec.MsgspecError as exc:
            return _json({"error": str(exc)}, 400)
        self._sandbox.faults = [faults] if isinstance(faults, Fault) else faults
        return _json(self._sandbox.faults)

    async def clear_faults(self, _: Request) -> Response:
        """Be well again."""
        self._sandbox.faults = ()
        return Response(status_code=204)

    async def counts(self, _: Request) -> Response:
        """How many requests, updates, side effects and bytes there were."""
        return _json(self._sandbox.counts())

    async def clear_counts(self, _: Request) -> Response:
        """Begin to count anew."""
        self._sandbox.reset_counts()
        return Response(status_code=204)


def _json(value: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")
