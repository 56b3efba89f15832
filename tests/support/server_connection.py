"""A connection to the server without sockets: the bytes are passed to the protocol in chosen pieces."""

import asyncio
import re
from types import SimpleNamespace
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from gateway.error_codes import CODES
from gateway.server.deliveries import Deliveries
from gateway.server.protocol import GatewayProtocol
from gateway.telemetry.metrics import Metrics


class RecordingTransport(asyncio.Transport):
    """A transport that records the sent bytes."""

    def __init__(self):
        super().__init__()
        self.sent = b""
        self.is_closed = self.has_ended = False

    def set_write_buffer_limits(self, high=None, low=None):
        pass

    def write(self, data):
        assert not self.has_ended
        self.sent += data

    def can_write_eof(self):
        return True

    def write_eof(self):
        self.has_ended = True

    def close(self):
        self.is_closed = True

    def is_closing(self):
        return self.is_closed

    def get_write_buffer_size(self):
        return 0

    def pause_reading(self):
        pass

    def resume_reading(self):
        pass


async def respond(scope: Any, receive: Any, send: Any) -> None:
    """An application that reads the body, and responds with 200."""
    while (message := await receive()).get("more_body"):
        pass
    if message["type"] == "http.request":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body"})


def refusal(scope: Any, code: str, message: str) -> Any:
    """The response to a refused request, with its code."""
    return CODES[code].status, ((b"code", code.encode()), (b"content-length", b"0")), b""


class ServerConnection:
    """One connection, with an application that responds to each complete request."""

    def __init__(
        self,
        app: Any = respond,
        *,
        lookup: Any = lambda scope, body, data: None,
        repeat: Any = lambda data, scope: None,
    ) -> None:
        self.transport = RecordingTransport()
        self._server = ServerState()
        application = SimpleNamespace(
            state=SimpleNamespace(lookup=lookup, repeat=repeat, client_of=str, refusal=refusal)
        )
        config: Any = uvicorn.Config(app, ws="none", lifespan="off", log_config=None, proxy_headers=False)
        config.header_timeout_s, config.send_timeout_s = 10.0, 10.0
        config.deliveries = Deliveries(2**20, 2**20, Metrics())
        config.load()
        config.loaded_app.state = application.state
        self.protocol = GatewayProtocol(config, self._server, {}, asyncio.get_running_loop())
        self.protocol.connection_made(self.transport)

    async def feed(self, *pieces: bytes) -> list[int]:
        """The statuses of all responses so far."""
        for piece in pieces:
            self.protocol.data_received(piece)
            await asyncio.sleep(0)
        while self._server.tasks:
            await asyncio.gather(*self._server.tasks)
        return [int(status) for status in re.findall(rb"HTTP/1.1 (\d+)", self.transport.sent)]

    def close(self) -> None:
        """The client closes the connection."""
        self.protocol.connection_lost(None)
