"""The HTTP server of the simulated osu!track: routing as in Express, rate limits, and fault injection."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import NamedTuple

from starlette.types import Message, Receive, Scope, Send

from gateway.sandbox import faults
from gateway.sandbox.endpoints import Endpoints, NoResponse
from gateway.sandbox.query import Query
from gateway.sandbox.responses import Response, html, not_found, send_response
from gateway.sandbox.state import RecordedRequest, Sandbox
from gateway.sandbox.validation import BadRequest, DatabaseError

Sleep = Callable[[float], Awaitable[object]]

RATE_LIMIT_WINDOW_S = 60
READS_PER_WINDOW = 600
UPDATES_PER_WINDOW = 5


class RateLimits:
    """The documented rate limits per IP address, in fixed windows that start with a client's first request.

    Reads and updates are counted separately.
    """

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._now = now
        self._windows: dict[tuple[str, bool], tuple[float, int]] = {}

    def retry_after_s(self, client: str, *, update: bool) -> int:
        """Count a request: 0 if it is allowed, otherwise whole seconds until the next window."""
        now = self._now().timestamp()
        start, count = self._windows.get((client, update), (now, 0))
        if now - start >= RATE_LIMIT_WINDOW_S:
            start, count = now, 0
        self._windows[client, update] = start, count + 1
        if count < (UPDATES_PER_WINDOW if update else READS_PER_WINDOW):
            return 0
        return max(1, round(start + RATE_LIMIT_WINDOW_S - now))


class _Route(NamedTuple):
    method: str
    endpoint: Callable[[Query], Response]

    @property
    def allow(self) -> str:
        """The `Allow` header of Express."""
        return "GET,HEAD" if self.method == "GET" else self.method


class Upstream:
    """The simulated osu!track as an ASGI application."""

    def __init__(self, sandbox: Sandbox, *, rate_limits: RateLimits, sleep: Sleep) -> None:
        endpoints = Endpoints(sandbox)
        self._sandbox = sandbox
        self._rate_limits = rate_limits
        self._sleep = sleep
        self._routes = {
            "/stats_history": _Route("GET", endpoints.stats_history),
            "/hiscores": _Route("GET", endpoints.hiscores),
            "/peak": _Route("GET", endpoints.peak),
            "/bestplays": _Route("GET", endpoints.best_plays),
            "/update": _Route("POST", endpoints.update),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        query = Query(scope["query_string"].decode("latin-1"))
        path = _normalized(scope["raw_path"].decode("latin-1"))
        self._sandbox.run_background_jobs()
        self._sandbox.record(RecordedRequest(scope["method"], path, query.as_dict()))
        try:
            await self._dispatch(path, query, scope, receive, self._counting(send))
        except NoResponse:
            await faults.hang(receive)

    async def _dispatch(self, path: str, query: Query, scope: Scope, receive: Receive, send: Send) -> None:
        due = self._sandbox.schedule.due(path)
        processed = any(fault.processed for fault in due)
        response = self._response(path, query, scope) if processed else None
        for fault in due:
            if fault.kind == "latency":
                await self._sleep(fault.seconds)
            elif fault.kind == "hang":
                return await faults.hang(receive)
            elif fault.kind == "reset":
                return await faults.reset(receive)
            elif fault.kind == "half":
                return await faults.send_half(response or self._response(path, query, scope), receive, send)
            else:
                return await send_response(faults.fault_response(fault, path), scope, send)
        return await send_response(response or self._response(path, query, scope), scope, send)

    def _response(self, path: str, query: Query, scope: Scope) -> Response:
        """The response without faults."""
        return self._rate_limited(path, scope) or self._route(path, query, scope)

    def _rate_limited(self, path: str, scope: Scope) -> Response | None:
        switches = self._sandbox.switches
        if not switches.rate_limits:
            return None
        host, _ = scope.get("client") or ("", 0)
        is_update = path == "/update" or (path == "/hiscores" and switches.hiscores_are_updates)
        retry_after_s = self._rate_limits.retry_after_s(host, update=is_update)
        if not retry_after_s:
            return None
        return html(429, faults.TOO_MANY_REQUESTS).with_headers({"Retry-After": str(retry_after_s)})

    def _route(self, path: str, query: Query, scope: Scope) -> Response:
        method, route = scope["method"], self._routes.get(path)
        if route is None or method not in {*route.allow.split(","), "OPTIONS"}:
            return not_found(method, scope["raw_path"].decode("latin-1"))
        if method == "OPTIONS":
            return html(200, route.allow).with_headers({"Allow": route.allow})
        try:
            return route.endpoint(query)
        except BadRequest as exc:
            return html(400, str(exc))
        except DatabaseError:
            return faults.error_response(500, path)

    def _counting(self, send: Send) -> Send:
        async def counting_send(message: Message) -> None:
            self._sandbox.bytes_sent += len(message.get("body", b""))
            await send(message)

        return counting_send


def _normalized(raw_path: str) -> str:
    """The path as Express matches it: without case and one trailing slash, but with its percent encoding."""
    return raw_path.lower().removesuffix("/") or "/"
