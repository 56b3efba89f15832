"""The ASGI application of the sandbox: the simulated osu!track and its control endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.routing import Mount

from gateway.sandbox.control import Control
from gateway.sandbox.state import Sandbox
from gateway.sandbox.upstream import RateLimits, Sleep, Upstream


def _utc_now() -> datetime:
    return datetime.now(UTC)


def create_sandbox(
    *,
    now: Callable[[], datetime] = _utc_now,
    seed: int = 1,
    rate_limits: bool = False,
    sleep: Sleep = asyncio.sleep,
) -> Starlette:
    """A simulated osu!track; `app.state.sandbox` is its `Sandbox`.

    No generated row is later than `now()`. `rate_limits` enables 600 reads and 5 updates per minute and client.
    """
    sandbox = Sandbox(now=now, seed=seed)
    upstream = Upstream(sandbox, rate_limits=RateLimits(now=now) if rate_limits else None, sleep=sleep)
    app = Starlette(routes=[*Control(sandbox).routes(), Mount("/", app=upstream)])
    app.state.sandbox = sandbox
    return app
