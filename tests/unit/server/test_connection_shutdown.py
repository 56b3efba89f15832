"""Shutdown of a connection: requests that were received before it are answered, over real sockets."""

import asyncio
import re
import socket
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from gateway.server.deliveries import Deliveries
from gateway.server.protocol import GatewayProtocol
from gateway.telemetry.metrics import Metrics
from tests.support.waiting import eventually

TIMEOUT_S = 10
HOST = b" HTTP/1.1\r\nHost: gateway\r\n"


def request(path):
    return b"GET " + path + HOST + b"\r\n"


class Application:
    """Responds with the path. `/cached` is in the response cache, and `/slow` waits for an event."""

    def __init__(self):
        self.state = SimpleNamespace(lookup=self.lookup, repeat=lambda *_: None, client_of=str, refusal=None)
        self.finish = asyncio.Event()

    def lookup(self, scope, _, __):
        return (200, ((b"content-length", b"7"),), (), b"/cached") if scope["path"] == "/cached" else None

    async def __call__(self, scope, receive, send):
        if scope["path"] == "/slow":
            await self.finish.wait()
        headers = [(b"content-length", b"%d" % len(scope["path"]))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": scope["path"].encode()})


class Connection:
    """A client's connection to a server in the same event loop, which reads nothing before the next await."""

    def __init__(self, client, state, app):
        self.client = client
        self.state = state
        self.app = app

    def send(self, content):
        assert self.client.send(content) == len(content)

    async def received(self, end=b""):
        """The paths of the responses until one of them is `end`, or until the server closes the connection."""
        content = b""
        while piece := await asyncio.get_running_loop().sock_recv(self.client, 2**16):
            content += piece
            if end and content.endswith(end):
                break
        return re.findall(rb"\r\n\r\n(/[a-z0-9]+)", content)

    def shut_down(self):
        [protocol] = self.state.connections
        protocol.shutdown()


@pytest.fixture
async def connection():
    loop, state, app = asyncio.get_running_loop(), ServerState(), Application()
    config: Any = uvicorn.Config(app, ws="none", lifespan="off", log_config=None, proxy_headers=False)
    config.header_timeout_s = config.send_timeout_s = 10.0
    config.deliveries = Deliveries(0, 0, Metrics())
    config.load()
    server = await loop.create_server(lambda: GatewayProtocol(config, state, {}, loop), "127.0.0.1", 0)
    with socket.socket() as client:
        client.settimeout(0)
        await loop.sock_connect(client, server.sockets[0].getsockname())
        async with asyncio.timeout(TIMEOUT_S):
            yield Connection(client, state, app)
    server.close()


@pytest.fixture
async def idle(connection):
    """A connection with one answered request."""
    connection.send(request(b"/first"))
    assert await connection.received(b"/first") == [b"/first"]
    return connection


async def test_idle_connection_is_closed(idle):
    idle.shut_down()
    assert await idle.received() == []


async def test_new_connection_is_closed(connection):
    await eventually(lambda: bool(connection.state.connections))
    connection.shut_down()
    assert await connection.received() == []


@pytest.mark.parametrize("paths", [[b"/second"], [b"/cached"], [b"/second", b"/cached", b"/last"]])
async def test_requests_in_the_buffer_are_answered(idle, paths):
    idle.send(b"".join(map(request, paths)))
    idle.shut_down()
    assert await idle.received() == paths


async def test_request_with_partial_headers_is_answered(idle):
    idle.send(b"GET /second" + HOST)
    await asyncio.sleep(0.01)
    idle.shut_down()
    await asyncio.sleep(0.2)
    idle.send(b"\r\n")
    assert await idle.received() == [b"/second"]


async def test_requests_behind_a_slow_one_are_answered(idle):
    idle.send(request(b"/slow") + request(b"/second"))
    await asyncio.sleep(0.01)
    idle.send(request(b"/third"))
    idle.shut_down()
    await asyncio.sleep(0.2)
    idle.app.finish.set()
    assert await idle.received() == [b"/slow", b"/second", b"/third"]


async def test_connection_is_closed_after_pipelined_requests(idle):
    idle.send(request(b"/slow") + request(b"/second"))
    await asyncio.sleep(0.01)
    idle.shut_down()
    idle.app.finish.set()
    assert await idle.received() == [b"/slow", b"/second"]


async def test_later_request_ends_the_connection(idle):
    idle.shut_down()
    idle.send(request(b"/second"))
    assert await idle.received() == [b"/second"]
