"""The whole gateway in process, over the sandbox behind httpx's transport, with a clock that tests move."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import httpx
import hypothesis
import pytest
from starlette.applications import Starlette

from gateway.sandbox import Sandbox, create_sandbox
from gateway.settings import Settings
from gateway.web.app import create_app

# The same examples every time, however busy the machine is: a red run is to mean something.
hypothesis.settings.register_profile("steady", deadline=None, derandomize=True)
hypothesis.settings.load_profile("steady")

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Clock:
    """The time, which stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOON.timestamp()

    def __call__(self) -> float:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += seconds


class SandboxTransport(httpx.ASGITransport):
    """The sandbox as httpx's network. A connection that breaks is told as over a socket."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await super().handle_async_request(request)
        except ConnectionError as exc:
            raise httpx.ReadError(str(exc), request=request) from exc


class Running(NamedTuple):
    """A gateway, the sandbox below it, and the clock of both."""

    http: httpx.AsyncClient
    app: Starlette
    sandbox: Sandbox
    clock: Clock

    async def send(self, query: str, operation: str | None = None, **variables: Any) -> Any:
        """The response to an operation, errors and all."""
        body = {"query": query, "variables": variables, "operationName": operation}
        return (await self.http.post("/graphql", json=body)).json()

    async def ask(self, query: str, operation: str | None = None, **variables: Any) -> Any:
        """The data of an operation that must succeed."""
        response = await self.send(query, operation, **variables)
        assert "errors" not in response, response["errors"]
        return response["data"]

    async def error(self, query: str, **variables: Any) -> Any:
        """The only error of an operation that must fail."""
        response = await self.send(query, **variables)
        assert len(response["errors"]) == 1, response
        return response["errors"][0]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings() -> dict[str, Any]:
    """What a test file wants otherwise; limits that would be in the way are off."""
    return {}


# No budget and no client is limited.
FREE = {"client_points": 0, "reads_per_minute": 0, "hiscores_per_minute": 0, "updates_per_minute": 0}


@pytest.fixture
def told() -> list[dict[str, Any]]:
    """The facts of the lines that requests have in the log."""
    return []


@pytest.fixture
async def gateway(clock: Clock, settings: dict[str, Any], told: list[dict[str, Any]]) -> AsyncIterator[Running]:
    upstream = create_sandbox(now=lambda: datetime.fromtimestamp(clock.now, UTC))
    chosen = Settings(upstream_url="http://sandbox", **(FREE | settings))
    tell = lambda level, facts: told.append({"level": level, **facts})  # noqa: E731
    app = create_app(chosen, transport=SandboxTransport(upstream), clock=clock, log_request=tell)
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as http:
        yield Running(http, app, upstream.state.sandbox, clock)
    await app.state.gateway.close()
