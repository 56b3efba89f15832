"""A gateway in process: the whole application behind httpx's ASGI transport, over a sandbox, with a movable clock."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple

import httpx
from starlette.applications import Starlette

from gateway.sandbox import NAMES_PATH, Sandbox, create_sandbox
from gateway.settings import Settings
from gateway.web.app import create_app
from gateway.web.cache.response_cache import ResponseCache
from gateway.web.parts import Gateway
from tests.support.clock import Clock
from tests.support.upstream_spy import UpstreamSpy

# No budgets and no client limits.
UNLIMITED: Mapping[str, Any] = {
    "client_points": 0,
    "reads_per_minute": 0,
    "hiscores_per_minute": 0,
    "updates_per_minute": 0,
    "names_per_minute": 0,
}
# The settings that enable the names service of the sandbox.
NAMES: Mapping[str, Any] = {"names_url": f"http://sandbox{NAMES_PATH}"}
NO_SETTINGS: Mapping[str, Any] = {}


class ExplicitSettings(Settings):
    """Settings that ignore environment variables, of which the lookup would take most of a gateway's start."""

    @classmethod
    def settings_customise_sources(cls, settings_cls: Any, init_settings: Any, *_: Any, **__: Any) -> tuple[Any, ...]:
        return (init_settings,)


class InProcessGateway(NamedTuple):
    """A running gateway with its HTTP client, its upstream and the clock of both.

    `upstream` records the requests that reach `sandbox`. With another upstream, neither is used.
    """

    http: httpx.AsyncClient
    app: Starlette
    upstream: UpstreamSpy
    sandbox: Sandbox
    clock: Clock

    @property
    def parts(self) -> Gateway:
        """The gateway's components."""
        gateway: Gateway = self.app.state.gateway
        return gateway

    @property
    def responses(self) -> ResponseCache:
        """The response cache."""
        responses: ResponseCache = self.app.state.lookup.__self__.responses
        return responses

    async def post(self, query: str, **headers: str) -> httpx.Response:
        """The HTTP response to a query by POST."""
        return await self.http.post("/graphql", json={"query": query}, headers=headers)

    async def send(self, query: str, operation: str | None = None, **variables: Any) -> Any:
        """The response to an operation, including errors."""
        body = {"query": query, "variables": variables, "operationName": operation}
        return (await self.http.post("/graphql", json=body)).json()

    async def send_from(
        self, address: str, query: str, extensions: Mapping[str, Any] = NO_SETTINGS, **variables: Any
    ) -> Any:
        """The response to an operation of the client with this address, including errors."""
        transport = httpx.ASGITransport(self.app, client=(address, 50_000))
        body = {"query": query, "variables": variables, "extensions": dict(extensions)}
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as http:
            return (await http.post("/graphql", json=body)).json()

    async def ask(self, query: str, operation: str | None = None, **variables: Any) -> Any:
        """The data of an operation. Any error fails the test."""
        response = await self.send(query, operation, **variables)
        assert "errors" not in response, response["errors"]
        return response["data"]

    async def error(self, query: str, **variables: Any) -> Any:
        """The only error of an operation. Any other number of errors fails the test."""
        response = await self.send(query, **variables)
        assert len(response["errors"]) == 1, response
        return response["errors"][0]

    def upstream_queries(self, path: str) -> list[dict[str, str]]:
        """The query parameters of the requests that osu!track received on this path."""
        return [request.query for request in self.sandbox.requests if request.path == path]

    def lookups(self) -> list[str]:
        """The paths of the requests that the names service received."""
        return [request.path for request in self.sandbox.requests if request.path.startswith(NAMES_PATH)]

    async def finish_refreshes(self) -> None:
        """Wait for the background refreshes, and for those that they start."""
        while tasks := [task for resource in self.parts.tracker.resources for task in resource._refreshes]:  # noqa: SLF001
            await asyncio.gather(*tasks, return_exceptions=True)

    async def finish_loads(self) -> None:
        """Wait for the loads that rankings have started."""
        while tasks := [*self.parts.tracker.history_loads._running.values()]:  # noqa: SLF001
            await asyncio.gather(*tasks)


def create_upstream(clock: Clock) -> Starlette:
    """A sandbox with the time of this clock."""
    return create_sandbox(now=lambda: datetime.fromtimestamp(clock.now, UTC))


@asynccontextmanager
async def start_gateway(
    settings: Mapping[str, Any] = NO_SETTINGS,
    *,
    clock: Clock | None = None,
    sandbox: Starlette | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    **parts: Any,
) -> AsyncIterator[InProcessGateway]:
    """A gateway without limits, unless `settings` has some.

    Its upstream is a sandbox in process: a new one, or `sandbox`. `upstream_url` in `settings` replaces it by an
    upstream behind a socket, `transport` by any other. `parts` are passed to `create_app`.
    """
    clock = clock or Clock()
    sandbox = sandbox or create_upstream(clock)
    spy = UpstreamSpy(sandbox)
    if "upstream_url" not in settings:
        transport = transport or spy
    chosen = ExplicitSettings(**{"upstream_url": "http://sandbox", **UNLIMITED, **settings})
    app = create_app(chosen, transport=transport, clock=clock, monotonic=clock.monotonic, **parts)
    # The lifespan is needed for Redis only; without it a gateway starts much faster.
    running = app.router.lifespan_context(app) if chosen.redis_url else _closing(app)
    async with (
        running,
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as http,
    ):
        yield InProcessGateway(http, app, spy, sandbox.state.sandbox, clock)


@asynccontextmanager
async def _closing(app: Starlette) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await app.state.gateway.close()
