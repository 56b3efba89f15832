"""Responds to plain requests without the application: from the cache, or by synchronous execution.

It wraps the whole application and does not parse GraphQL.
"""

import asyncio
from collections.abc import Callable, Collection
from functools import partial
from time import perf_counter
from typing import TypeAlias

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.store.lru import LRU
from gateway.telemetry.logs import AccessLogger
from gateway.telemetry.request_context import RequestContext

from .access_log import request_record
from .cache.cache_key import BodyBuffer, PlainRequest, cache_key, key_headers
from .cache.flights import Flight, Flights
from .cache.response_cache import CachedResponse, ResponseCache
from .execution import Execution
from .files.cached_files import file_name, is_graphql
from .synchronous import completed

# Responds at once, or returns None.
Respond: TypeAlias = Callable[[Scope, PlainRequest], Response | None]

# Clients repeat requests byte by byte. 8 MiB at most.
MAX_KNOWN_REQUESTS = 1000
MAX_DATA_BYTES = 2048


class Dispatcher:
    """Sends cached responses, and those of synchronous executions; passes other requests to the application."""

    def __init__(
        self,
        responses: ResponseCache,
        execute: Respond | None,
        *,
        cors_origins: Collection[str] = ("*",),
        log_request: AccessLogger | None = None,
    ) -> None:
        """`execute` responds to requests that are not cached; None: the application has to."""
        self.responses = responses
        self.execute = execute
        self._cors_origins = cors_origins
        self._log_request = log_request
        self._flights = Flights()
        # Requests with cached, synchronous or shared responses, and their scopes, by the bytes that clients have sent.
        self._known_requests: LRU[bytes, tuple[PlainRequest, Scope]] = LRU(MAX_KNOWN_REQUESTS)

    def wrap(self, app: ASGIApp) -> ASGIApp:
        """The application behind this dispatcher."""
        return partial(self._serve, app)

    async def _serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        if not (is_graphql(scope) or file_name(scope)):
            await app(scope, receive, send)
            return
        found = headers, cacheable = key_headers(scope, self._cors_origins)
        body = None
        if cacheable and scope["method"] not in {"GET", "HEAD"}:
            buffer = BodyBuffer(receive)
            receive = buffer.receive
            body = await buffer.read()
        request = self._plain_request(scope, found, body)
        scope.setdefault("state", {})
        # The server may have begun the request.
        response = self._respond(scope, request) if request and not _has_begun(scope) else None
        while request and isinstance(response, Flight):
            await asyncio.shield(response)
            response = self._respond(scope, request)
        if not isinstance(response, CachedResponse):
            await self._call_app(app, scope, receive, _CachingSend(self, scope, send, request, headers))
            return
        all_headers = [*response.headers, *response.added_headers]
        await send({"type": "http.response.start", "status": response.status, "headers": all_headers})
        await send({"type": "http.response.body", "body": _sent_body(scope, response.body)})

    async def _call_app(self, app: ASGIApp, scope: Scope, receive: Receive, send: "_CachingSend") -> None:
        try:
            await app(scope, receive, send)
        finally:
            self.land(scope, send.request)

    def land(self, scope: Scope, request: PlainRequest | None) -> None:
        """Let the requests that wait for this one continue."""
        if request and "flight" in scope["state"]:
            self._flights.land(request.key, scope["state"]["flight"])

    def lookup(self, scope: Scope, body: bytes, data: bytes = b"") -> CachedResponse | Flight | None:
        """The response to a complete request, for a server that sends it without calling the application.

        At the end of a flight, the server calls this again. `data` is the request as it was received, for `repeat`;
        empty if it may depend on the data before it.
        """
        is_file = scope["method"] == "GET" and file_name(scope)
        if not (is_graphql(scope) or is_file) or _has_begun(scope):
            return None
        request = self._plain_request(scope, key_headers(scope, self._cors_origins), body)
        if request is None:
            return None
        response = self._respond(scope, request)
        is_known = isinstance(response, CachedResponse) or "flight" in scope["state"]
        if is_known and 0 < len(data) <= MAX_DATA_BYTES:
            self._known_requests.put(data, (request, {**scope, "state": {}}))
        return response

    def repeat(self, data: bytes, connection: Scope) -> CachedResponse | Flight | None:
        """The response to a request of the same bytes as an earlier one, without parsing them.

        `connection` has the parts of the scope that do not depend on the bytes. At the end of a flight, the server
        calls this again with the same `state`, which without a response must become that of the request.
        """
        known = self._known_requests.peek(data)
        if known is None:
            return None
        request, scope = known
        waiting_since = connection["state"].get("waiting_since")
        return self.responses.find(request, waiting_since) or self._joined({**scope, **connection}, request)

    def _plain_request(
        self, scope: Scope, key_headers: tuple[dict[bytes, bytes], bool], body: bytes | None
    ) -> PlainRequest | None:
        headers, cacheable = key_headers
        key = cache_key(scope, headers, body, self._cors_origins) if cacheable else None
        return PlainRequest(scope["method"], scope["path"], key, headers) if key else None

    def _respond(self, scope: Scope, request: PlainRequest) -> CachedResponse | Flight | None:
        return self.responses.find(request, scope["state"].get("waiting_since")) or self._joined(scope, request)

    def _joined(self, scope: Scope, request: PlainRequest) -> CachedResponse | Flight | None:
        # A request waits once: it must not wait for one failing execution after the other.
        flight = None if "waiting_since" in scope["state"] else self._flights.join(request.key)
        if flight:
            scope["state"]["waiting_since"] = perf_counter()
        return flight or self._executed(scope, request)

    def _executed(self, scope: Scope, request: PlainRequest) -> CachedResponse | None:
        if request.key.path:
            # The application always makes it.
            scope["state"]["flight"] = self._flights.lead(request.key)
            return None
        response = self.execute(scope, request) if self.execute else None
        if response is None:
            execution: Execution | None = scope["state"].get("execution")
            if execution and execution.can_be_shared:
                scope["state"]["flight"] = self._flights.lead(request.key)
            return None
        start: Message = {"status": response.status_code, "headers": response.raw_headers}
        # Large bodies, which threads compress, are left to the application.
        body = completed(
            self.responses.finish(start, bytes(response.body), scope["state"], request.key, request.headers)
        )
        if self._log_request:
            context: RequestContext = scope["state"]["request_context"]
            self._log_request("info", request_record(scope, context, start["status"]))
        return CachedResponse(start["status"], (), tuple(start["headers"]), body)


class _CachingSend:
    """An ASGI `send` that compresses the response, and stores it if it has a validity."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        scope: Scope,
        send: Send,
        request: PlainRequest | None,
        headers: dict[bytes, bytes],
    ) -> None:
        self.request = request
        self._dispatcher = dispatcher
        self._scope = scope
        self._send = send
        self._headers = headers
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        if self._start is not None:
            start, self._start = self._start, None
            if not message.get("more_body"):
                body = await self._finish(start, message.get("body", b""))
                message["body"] = _sent_body(self._scope, body)
            await self._send(start)
        await self._send(message)

    async def _finish(self, start: Message, body: bytes) -> bytes:
        responses, state, key = (
            self._dispatcher.responses,
            self._scope["state"],
            self.request.key if self.request else None,
        )
        if "repetition" in state:
            # The response to equal requests, which are not charged, instead of the present one.
            # Removed: the state lives until the client has read the response.
            repetition, validity = state.pop("repetition")
            headers = [pair for pair in start["headers"] if pair[0] != b"content-length"]
            other_start = {"headers": [*headers, (b"content-length", b"%d" % len(repetition))]}
            await responses.finish(other_start, repetition, {**state, "validity": validity}, key, self._headers)
        body = await responses.finish(start, body, state, key, self._headers)
        # The client may take long to read it.
        self._dispatcher.land(self._scope, self.request)
        return body


def _has_begun(scope: Scope) -> bool:
    """Whether `repeat` has executed the request as far as it could."""
    return "request_context" in scope["state"] or "flight" in scope["state"]


def _sent_body(scope: Scope, body: bytes) -> bytes:
    return b"" if scope["method"] == "HEAD" else body
