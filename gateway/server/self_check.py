"""The self-check of the gateway's HTTP protocol, which uses undocumented names of uvicorn."""

import asyncio
import re
from types import SimpleNamespace
from typing import Any

import uvicorn

from gateway.error_codes import CODES
from gateway.telemetry.metrics import Metrics

from .deliveries import Deliveries

HEAD = b" HTTP/1.1\r\nHost: gateway\r\n"


def supported_protocol() -> type[asyncio.Protocol] | None:
    """The gateway's protocol, or None if it does not work with the installed uvicorn."""
    try:
        from .protocol import GatewayProtocol  # noqa: PLC0415 - fails if a name of uvicorn is missing
    except ImportError:
        return None
    return GatewayProtocol if is_supported(GatewayProtocol) else None


def is_supported(protocol: type[Any]) -> bool:
    """Whether a connection gets a cached response, the application's response and a timeout, in this order."""
    try:
        sent = asyncio.run(_connection(protocol))
    except (AttributeError, TypeError, ValueError, LookupError):
        return False
    return re.findall(rb"HTTP/1.1 (\d+)", sent) == [b"200", b"204", b"408"] and b"x-cache: hit\r\n\r\nbody" in sent


async def _connection(protocol_class: type[Any]) -> bytes:
    """All bytes that the protocol sends on one connection."""
    config: Any = uvicorn.Config(_Application(), ws="none", lifespan="off", log_config=None, proxy_headers=False)
    config.header_timeout_s, config.send_timeout_s = 0.0, 1.0
    config.deliveries = Deliveries(0, 0, Metrics())
    config.load()
    state, transport = uvicorn.server.ServerState(), _Transport()
    protocol = protocol_class(config, state, {}, asyncio.get_running_loop())
    protocol.connection_made(transport)
    protocol.data_received(b"GET /cached" + HEAD + b"\r\n")
    protocol.data_received(b"GET /other" + HEAD + b"\r\n")
    await asyncio.gather(*state.tasks)
    protocol.pause_writing()
    protocol.resume_writing()
    protocol.data_received(b"GET /incomplete" + HEAD)
    for _ in range(3):
        await asyncio.sleep(0)
    protocol.connection_lost(None)
    return bytes(transport.sent)


class _Application:
    """An ASGI application with one cached response."""

    def __init__(self) -> None:
        self.state = SimpleNamespace(lookup=self._lookup, repeat=lambda *_: None, client_of=str, refusal=self._refusal)

    def _lookup(self, scope: Any, _: bytes, __: bytes) -> Any:
        headers = (b"content-length", b"4"), (b"x-cache", b"hit")
        return (200, headers[:1], headers[1:], b"body") if scope["path"] == "/cached" else None

    def _refusal(self, _: Any, code: str, __: str) -> Any:
        return CODES[code].status, (), b""

    async def __call__(self, _: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})


class _Transport(asyncio.Transport):
    """A transport that records the sent bytes."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = bytearray()
        self._closing = False

    def write(self, data: Any) -> None:
        self.sent += data

    def can_write_eof(self) -> bool:
        return False

    def close(self) -> None:
        self._closing = True

    def is_closing(self) -> bool:
        return self._closing

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass
