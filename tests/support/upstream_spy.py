"""A gateway of which is heard what it sends to osu!track, header by header."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import httpx
from starlette.applications import Starlette

from gateway.sandbox import Sandbox, create_sandbox
from gateway.settings import Settings
from gateway.web.app import create_app
from tests.conftest import NOON, Clock, SandboxTransport

# The example of the W3C's recommendation.
TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
TRACEPARENT = f"00-{TRACE}-{SPAN}-01"


class Overheard(SandboxTransport):
    """The sandbox behind httpx's transport, and the headers of what it was asked."""

    def __init__(self, app: Starlette) -> None:
        super().__init__(app)
        self.headers: list[httpx.Headers] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.headers.append(request.headers.copy())
        return await super().handle_async_request(request)


class Listening(NamedTuple):
    """A gateway, whom it asks, and the clock."""

    app: Starlette
    upstream: Overheard
    sandbox: Sandbox
    clock: Clock

    async def ask(self, query: str, **headers: str) -> Any:
        """The response to a query."""
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as http:
            return (await http.post("/graphql", json={"query": query}, headers=headers)).json()

    @property
    def sent(self) -> list[str | None]:
        """The `traceparent` of each request to osu!track."""
        return [headers.get("traceparent") for headers in self.upstream.headers]


@asynccontextmanager
async def listening(**parts: Any) -> AsyncIterator[Listening]:
    """Made of these parts, see `create_app`."""
    clock = Clock()
    sandbox = create_sandbox(now=lambda: NOON)
    upstream = Overheard(sandbox)
    app = create_app(
        Settings(upstream_url="http://sandbox", client_points=0, _env_file=None),
        transport=upstream,
        clock=clock,
        **parts,
    )
    yield Listening(app, upstream, sandbox.state.sandbox, clock)
    await app.state.gateway.close()
