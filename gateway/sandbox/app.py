"""The ASGI application of the sandbox: the simulated osu!track and names service, and the control endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.routing import Mount

from gateway.sandbox.control import Control
from gateway.sandbox.names import NamesService
from gateway.sandbox.state import Sandbox, Switches
from gateway.sandbox.upstream import RateLimits, Sleep, Upstream


def _utc_now() -> datetime:
    return datetime.now(UTC)


def create_sandbox(
    *,
    now: Callable[[], datetime] = _utc_now,
    seed: int = 1,
    rate_limits: bool = False,
    hiscores_are_updates: bool = False,
    sleep: Sleep = asyncio.sleep,
) -> Starlette:
    """A simulated osu!track, and a names service under `/_names`; `app.state.sandbox` is its `Sandbox`.

    No generated row is later than `now()`. `rate_limits` and `hiscores_are_updates` are the initial `Switches`.
    """
    sandbox = Sandbox(now=now, seed=seed)
    sandbox.switches = Switches(rate_limits=rate_limits, hiscores_are_updates=hiscores_are_updates)
    upstream = Upstream(sandbox, rate_limits=RateLimits(now=now), sleep=sleep)
    names_service = NamesService(sandbox, sleep=sleep)
    app = Starlette(routes=[*Control(sandbox).routes(), *names_service.routes(), Mount("/", app=upstream)])
    app.state.sandbox = sandbox
    return app
