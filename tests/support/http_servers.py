"""HTTP as it is: the sandbox and the gateway's upstream side on real sockets."""

import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from functools import lru_cache
from typing import Any

import httpx
import uvicorn
from starlette.types import ASGIApp

from gateway.sandbox import create_sandbox
from gateway.settings import Settings
from gateway.web.app import create_app
from tests.conftest import NOON, Clock, Running
from tests.support import expectations


class Rest:
    """The sandbox's REST endpoints; what they have answered once is not asked for again."""

    def __init__(self, url: str) -> None:
        self.url = url

    @lru_cache(maxsize=256)  # noqa: B019 - it lives as long as the tests
    def get(self, path: str, **params: Any) -> Any:
        return httpx.get(self.url + path, params={"mode": 0} | params).raise_for_status().json()

    def history(self, user: int, mode: int = 0) -> Any:
        return expectations.history(self.get("/stats_history", user=user, mode=mode))

    def plays(self, user: int, mode: int = 0) -> Any:
        return expectations.ranked(self.get("/hiscores", user=user, mode=mode))

    def peak(self, user: int, mode: int = 0) -> Any:
        return self.get("/peak", user=user, mode=mode)[0]

    def update(self, user: int) -> Any:
        response = httpx.post(f"{self.url}/update", params={"user": user, "mode": 0})
        return response.raise_for_status().json()

    def ago(self, days: int) -> str:
        return (NOON - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


@contextmanager
def sandbox_over_http() -> Iterator[Rest]:
    """A sandbox of its own. It is always noon there."""
    with served(create_sandbox(now=lambda: NOON)) as url:
        yield Rest(url)


@contextmanager
def noon_over_http() -> Iterator[str]:
    """The address of a gateway, over a sandbox, where it is always noon."""
    with sandbox_over_http() as rest:
        settings = Settings(upstream_url=rest.url, client_points=0, _env_file=None)
        with served(create_app(settings, clock=Clock())) as url:
            yield url


@contextmanager
def served(app: ASGIApp, config: Callable[..., uvicorn.Config] = uvicorn.Config) -> Iterator[str]:
    """The address at which the application is served by a thread of this process."""
    # uvicorn's websockets warn about themselves, and nobody here wants them.
    server = uvicorn.Server(config(app, host="127.0.0.1", port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@asynccontextmanager
async def gateway_over_http(url: str, **settings: Any) -> AsyncIterator[Running]:
    """A gateway in process whose upstream is behind a socket."""
    clock = Clock()
    free = {"client_points": 0, "reads_per_minute": 0, "hiscores_per_minute": 0, "updates_per_minute": 0}
    app = create_app(Settings(upstream_url=url, **(free | settings)), clock=clock)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as http:
        yield Running(http, app, None, clock)  # type: ignore[arg-type]  # the sandbox is asked over HTTP
    await app.state.gateway.close()
