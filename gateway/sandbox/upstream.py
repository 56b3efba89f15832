"""The web server of the sandbox: finds the endpoint as Express does, and lets faults interfere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NamedTuple
from urllib.parse import parse_qsl

from starlette.types import Message, Receive, Scope, Send

from gateway.sandbox import mishaps
from gateway.sandbox.endpoints import Endpoints, NoResponse
from gateway.sandbox.limits import RateLimits
from gateway.sandbox.responses import Response, html, not_found, send_response
from gateway.sandbox.state import RecordedRequest, Sandbox
from gateway.sandbox.validation import BadRequest, Query

Sleep = Callable[[float], Awaitable[object]]


class _Route(NamedTuple):
    method: str
    answer: Callable[[Query], Response]

    @property
    def allowed(self) -> str:
        return "GET,HEAD" if self.method == "GET" else self.method


class Upstream:
    """osu!track as an ASGI application."""

    def __init__(self, sandbox: Sandbox, *, limits: RateLimits | None, sleep: Sleep) -> None:
        endpoints = Endpoints(sandbox)
        self._sandbox = sandbox
        self._limits = limits
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
        query = Query(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        path = scope["path"].lower().rstrip("/") or "/"
        self._sandbox.note(RecordedRequest(scope["method"], path, query.as_dict()))
        try:
            await self._answer(path, query, scope, receive, self._counting(send))
        except NoResponse:
            await mishaps.hang(receive)

    async def _answer(self, path: str, query: Query, scope: Scope, receive: Receive, send: Send) -> None:
        for fault in self._sandbox.schedule.due(path):
            if fault.kind == "latency":
                await self._sleep(fault.seconds)
            elif fault.kind == "hang":
                return await mishaps.hang(receive)
            elif fault.kind == "reset":
                return await mishaps.reset(receive)
            elif fault.kind == "half":
                return await mishaps.send_half(self._response(path, query, scope), receive, send)
            else:
                return await send_response(mishaps.fault_response(fault, path), scope, send)
        return await send_response(self._response(path, query, scope), scope, send)

    def _response(self, path: str, query: Query, scope: Scope) -> Response:
        """The right answer, when nothing interferes."""
        return self._limited(scope, path) or self._routed(path, query, scope)

    def _routed(self, path: str, query: Query, scope: Scope) -> Response:
        method, route = scope["method"], self._routes.get(path)
        if route is None or method not in {*route.allowed.split(","), "OPTIONS"}:
            return not_found(method, scope["raw_path"].decode("latin-1"))
        if method == "OPTIONS":
            return html(200, route.allowed).with_headers({"Allow": route.allowed})
        try:
            return route.answer(query)
        except BadRequest as refused:
            return html(400, str(refused))

    def _limited(self, scope: Scope, path: str) -> Response | None:
        if self._limits is None:
            return None
        host, _ = scope.get("client") or ("", 0)
        wait_s = self._limits.wait_s(host, update=path == "/update")
        return html(429, mishaps.TOO_MANY).with_headers({"Retry-After": str(wait_s)}) if wait_s else None

    def _counting(self, send: Send) -> Send:
        async def counted(message: Message) -> None:
            self._sandbox.bytes_sent += len(message.get("body", b""))
            await send(message)

        return counted
