"""Applications on real sockets, served by a thread of the test process."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp

from gateway.sandbox import create_sandbox
from gateway.settings import Settings
from gateway.web.app import create_app
from tests.support import expectations
from tests.support.clock import NOON, Clock
from tests.support.gateway import UNLIMITED

ServerConfig = Callable[..., uvicorn.Config]


class SandboxClient:
    """A client of a sandbox's REST endpoints, with a cache of its responses."""

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

    def set_faults(self, *faults: dict[str, Any]) -> None:
        """Replace all faults."""
        httpx.put(f"{self.url}/_sandbox/faults", json=faults, timeout=60).raise_for_status()

    def ago(self, days: int) -> str:
        """The instant this many days before the sandbox's time."""
        return (NOON - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


class ServedGateway(NamedTuple):
    """A gateway's application and its address."""

    app: Starlette
    url: str


@contextmanager
def serve(app: ASGIApp, config: ServerConfig = uvicorn.Config) -> Iterator[str]:
    """The address of this application."""
    # uvicorn's websockets module emits deprecation warnings.
    server = uvicorn.Server(config(app, host="127.0.0.1", port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@contextmanager
def serve_sandbox() -> Iterator[SandboxClient]:
    """A sandbox. Its time stands still at `NOON`."""
    with serve(create_sandbox(now=lambda: NOON)) as url:
        yield SandboxClient(url)


@contextmanager
def serve_gateway(config: ServerConfig = uvicorn.Config, **settings: Any) -> Iterator[ServedGateway]:
    """A gateway without limits, except those in `settings`, over a sandbox. Its time stands still at `NOON`."""
    with serve_sandbox() as osutrack:
        chosen = Settings(_env_file=None, **{"upstream_url": osutrack.url, **UNLIMITED, **settings})
        clock = Clock()
        app = create_app(chosen, clock=clock, monotonic=clock.monotonic)
        with serve(app, config) as url:
            yield ServedGateway(app, url)
