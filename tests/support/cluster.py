"""Several gateways in process, over one sandbox and one Redis: each with a lifespan, as in a server."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx

from gateway.sandbox import create_sandbox
from gateway.settings import Settings
from gateway.web.app import create_app
from tests.conftest import FREE, Clock, Running, SandboxTransport


class Company:
    """Where they all work: a gateway that joins has what the others have."""

    def __init__(self, redis_url: str, clock: Clock) -> None:
        self.redis_url = redis_url
        self.clock = clock
        self.upstream = create_sandbox(now=lambda: datetime.fromtimestamp(clock.now, UTC))
        self.sandbox = self.upstream.state.sandbox

    @asynccontextmanager
    async def joined(self, **settings: Any) -> AsyncIterator[Running]:
        """One more gateway."""
        chosen: dict[str, Any] = {"upstream_url": "http://sandbox", "redis_url": self.redis_url, "replicas": 2}
        app = create_app(
            Settings(**(FREE | chosen | settings)), transport=SandboxTransport(self.upstream), clock=self.clock
        )
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as http,
        ):
            yield Running(http, app, self.sandbox, self.clock)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for it, but not for ever."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.02)
