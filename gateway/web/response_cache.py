"""The response cache: finished GraphQL responses, sent to every client that repeats a request.

It wraps the whole application and does not parse GraphQL.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from hashlib import blake2b
from time import perf_counter
from typing import Any, NamedTuple

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.store.cache import Cache
from gateway.store.lru import LRU
from gateway.store.tags import Generations, Validity
from gateway.telemetry.logs import AccessLogger
from gateway.telemetry.request_context import RequestContext

from .access_log import hit_record, request_record
from .cache_key import BodyBuffer, CacheKey, PlainRequest, cache_key, key_headers
from .compression import MAX_INLINE_BYTES, MIN_BYTES, compress
from .execution import Execution
from .flights import Flight, Flights
from .middleware import request_id
from .negotiation import IDENTITY, coding
from .synchronous import completed

# Headers of one request, which are not cached.
PER_REQUEST_HEADERS = {b"x-request-id", b"ratelimit", b"ratelimit-policy"}
# Headers of a body, which a 304 response does not have.
BODY_HEADERS = {b"content-length", b"content-type", b"content-encoding"}
# The approximate size of an entry without its texts, and of each header and tag.
ENTRY_BYTES, PAIR_BYTES = 1600, 180

# Clients repeat requests byte by byte. 8 MiB at most.
MAX_KNOWN_REQUESTS = 1000
MAX_DATA_BYTES = 2048

Headers = tuple[tuple[bytes, bytes], ...]


class CachedEntry(NamedTuple):
    """A response as it is stored. `operation_fields` are those of the access log."""

    headers: Headers
    body: bytes
    etag: bytes
    stored_at: float
    validity: Validity
    operation_fields: dict[str, Any]


class CachedResponse(NamedTuple):
    """A response from the cache: stored headers, and those added for this request."""

    status: int
    headers: Headers
    added_headers: Headers
    body: bytes


class ResponseCache:
    """Serves valid responses from the cache; compresses and stores new ones."""

    def __init__(
        self,
        cache: Cache,
        generations: Generations,
        *,
        cors_origins: Collection[str] = ("*",),
        monotonic: Callable[[], float] = time.monotonic,
        log_request: AccessLogger | None = None,
        execute: Callable[[Scope, PlainRequest], Response | None] | None = None,
    ) -> None:
        """`execute` responds to requests that are not cached; None: the application has to."""
        self.cache = cache
        self._log_request = log_request
        self.execute = execute
        self._generations = generations
        self._cors_origins = cors_origins
        self._monotonic = monotonic
        self._flights = Flights()
        # Requests with synchronous responses, and their scopes, by the bytes that clients have sent.
        self._known_requests: LRU[bytes, tuple[PlainRequest, Scope]] = LRU(MAX_KNOWN_REQUESTS)
        # Copied into the metrics when they are scraped: incrementing a Prometheus counter takes thirty times as long.
        self.hits = 0

    def wrap(self, app: ASGIApp) -> ASGIApp:
        """The application behind this cache."""
        return partial(self._serve, app)

    async def _serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        if not _is_graphql(scope):
            await app(scope, receive, send)
            return
        found = headers, cacheable = key_headers(scope)
        body = None
        if cacheable and scope["method"] == "POST":
            buffer = BodyBuffer(receive)
            receive = buffer.receive
            body = await buffer.read()
        request = self._plain_request(scope, found, body)
        state = scope.setdefault("state", {})
        # The server may have begun the request.
        response = self._respond(scope, request) if request and "request_context" not in state else None
        while request and isinstance(response, Flight):
            await asyncio.shield(response)
            response = self._respond(scope, request)
        if not isinstance(response, CachedResponse):
            await self._call_app(app, scope, receive, _CachingSend(self, scope, send, request, headers))
            return
        all_headers = [*response.headers, *response.added_headers]
        await send({"type": "http.response.start", "status": response.status, "headers": all_headers})
        await send({"type": "http.response.body", "body": response.body})

    async def _call_app(self, app: ASGIApp, scope: Scope, receive: Receive, send: "_CachingSend") -> None:
        try:
            await app(scope, receive, send)
        finally:
            if send.request and "flight" in scope["state"]:
                self._flights.land(send.request.key, scope["state"]["flight"])

    def lookup(self, scope: Scope, body: bytes, data: bytes = b"") -> CachedResponse | Flight | None:
        """The response to a complete request, for a server that sends it without calling the application.

        At the end of a flight, the server calls this again. `data` is the request as it was received, for `repeat`;
        empty if it may depend on the data before it.
        """
        if not _is_graphql(scope) or "request_context" in scope["state"]:
            return None
        request = self._plain_request(scope, key_headers(scope), body)
        if request is None:
            return None
        response = self._respond(scope, request)
        if response and 0 < len(data) <= MAX_DATA_BYTES:
            self._known_requests.put(data, (request, {**scope, "state": {}}))
        return response

    def repeat(self, data: bytes, connection: Scope) -> CachedResponse | None:
        """The response to a request of the same bytes as an earlier one, without parsing them.

        `connection` has the parts of the scope that do not depend on the bytes. Without a response, its `state` must
        become that of the request.
        """
        known = self._known_requests.peek(data)
        if known is None:
            return None
        request, scope = known
        response = self._find(request)
        if response or request.key in self._flights:
            return response
        return self._executed({**scope, **connection}, request)

    def _plain_request(
        self, scope: Scope, key_headers: tuple[dict[bytes, bytes], bool], body: bytes | None
    ) -> PlainRequest | None:
        headers, cacheable = key_headers
        key = cache_key(scope, headers, body, self._cors_origins) if cacheable else None
        return PlainRequest(scope["path"], key, headers) if key else None

    def _respond(self, scope: Scope, request: PlainRequest) -> CachedResponse | Flight | None:
        state = scope.setdefault("state", {})
        waiting_since = state.get("waiting_since")
        response = self._find(request, waiting_since)
        if response:
            return response
        # A request waits once: it must not wait for one failing execution after the other.
        flight = None if waiting_since else self._flights.join(request.key)
        if flight:
            state["waiting_since"] = perf_counter()
            return flight
        return self._executed(scope, request)

    def _executed(self, scope: Scope, request: PlainRequest) -> CachedResponse | None:
        response = self.execute(scope, request) if self.execute else None
        if response is None:
            execution: Execution | None = scope["state"].get("execution")
            if execution and execution.can_be_shared:
                scope["state"]["flight"] = self._flights.lead(request.key)
            return None
        start: Message = {"status": response.status_code, "headers": response.raw_headers}
        # Large bodies, which threads compress, are left to the application.
        body = completed(self.finish(start, bytes(response.body), scope["state"], request.key, request.headers))
        if self._log_request:
            context: RequestContext = scope["state"]["request_context"]
            self._log_request("info", request_record(scope, context, start["status"]))
        return CachedResponse(start["status"], (), tuple(start["headers"]), body)

    def _find(self, request: PlainRequest, started: float | None = None) -> CachedResponse | None:
        started, headers = started or perf_counter(), request.headers
        entry = self._valid_entry(request.key)
        if entry is None:
            return None
        self.hits += 1
        given = headers.get(b"x-request-id")
        identity = request_id(given.decode("latin-1") if given else None)
        response = self._response(entry, identity, headers)
        if self._log_request:
            record = hit_record(request, identity, response.status, perf_counter() - started, entry.operation_fields)
            self._log_request("info", record)
        return response

    def _valid_entry(self, key: CacheKey) -> CachedEntry | None:
        entry: CachedEntry | None = self.cache.peek(key)
        if entry is None:
            return None
        if not self.has_ended(entry.validity) and self._generations.are_current(entry.validity.generations):
            return entry
        self.cache.discard(key)
        return None

    def _response(self, entry: CachedEntry, identity: str, headers: dict[bytes, bytes]) -> CachedResponse:
        added: Headers = ((b"x-request-id", identity.encode()),)
        if not entry.etag:
            return CachedResponse(200, entry.headers, added, entry.body)
        added = (*added, (b"age", b"%d" % max(0, self._monotonic() - entry.stored_at)))
        if _matches(entry.etag, headers.get(b"if-none-match")):
            return CachedResponse(304, tuple(_without_body_headers(entry.headers)), added, b"")
        return CachedResponse(200, entry.headers, added, entry.body)

    async def finish(
        self,
        start: Message,
        body: bytes,
        state: Mapping[str, Any],
        key: CacheKey | None,
        request_headers: Mapping[bytes, bytes],
    ) -> bytes:
        """The body of a response, compressed. Stores the response if it has a validity, and completes its headers."""
        headers = MutableHeaders(raw=start["headers"])
        validity: Validity | None = state.get("validity")
        etag = b""
        if validity and key and key.method == "GET":
            etag = await asyncio.to_thread(_etag, body) if len(body) > MAX_INLINE_BYTES else _etag(body)
            headers["etag"] = etag.decode()
            headers["cache-control"] = f"public, max-age={self.max_age_s(validity)}"
        body = await _compress(body, headers, request_headers)
        if validity and key and self.cache.max_size and not self.has_ended(validity):
            self.put(key, start, body, etag, state)
        if etag and _matches(etag, request_headers.get(b"if-none-match")):
            start["status"], body = 304, b""
            start["headers"] = _without_body_headers(start["headers"])
        return body

    def put(self, key: CacheKey, start: Message, body: bytes, etag: bytes, state: Mapping[str, Any]) -> None:
        """Store a response; its validity and operation are in the request's `state`."""
        entry = CachedEntry(
            tuple((name, value) for name, value in start["headers"] if name not in PER_REQUEST_HEADERS),
            # A copy: the buffer of msgspec's result can be half as large again.
            bytes(memoryview(body)),
            etag,
            self._monotonic(),
            state["validity"],
            state["request_context"].operation_fields,
        )
        self.cache.put(key, entry, size=_entry_bytes(key, entry))

    def has_ended(self, validity: Validity) -> bool:
        """Whether the validity is over, as that of data which are being refreshed."""
        return validity.until <= self._monotonic()

    def max_age_s(self, validity: Validity) -> int:
        """The remaining lifetime for HTTP caches, in whole seconds."""
        return max(0, int(validity.until - self._monotonic()))


class _CachingSend:
    """An ASGI `send` that compresses the response, and stores it if it has a validity."""

    def __init__(
        self,
        cache: ResponseCache,
        scope: Scope,
        send: Send,
        request: PlainRequest | None,
        headers: dict[bytes, bytes],
    ) -> None:
        self.request = request
        self._cache = cache
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
                message["body"] = await self._finish(start, message.get("body", b""))
            await self._send(start)
        await self._send(message)

    async def _finish(self, start: Message, body: bytes) -> bytes:
        state, key = self._scope["state"], self.request.key if self.request else None
        if "repetition" in state:
            # The response to equal requests, which are not charged, instead of the present one.
            repetition, validity = state["repetition"]
            headers = [pair for pair in start["headers"] if pair[0] != b"content-length"]
            other_start = {"headers": [*headers, (b"content-length", b"%d" % len(repetition))]}
            await self._cache.finish(other_start, repetition, {**state, "validity": validity}, key, self._headers)
        return await self._cache.finish(start, body, state, key, self._headers)


def _entry_bytes(key: CacheKey, entry: CachedEntry) -> int:
    """The approximate memory of an entry and its key. A response about many players has hundreds of tags."""
    pairs = len(entry.headers) + len(entry.validity.generations)
    headers_bytes = sum(len(name) + len(value) for name, value in entry.headers)
    return ENTRY_BYTES + PAIR_BYTES * pairs + headers_bytes + len(entry.body) + len(key.text) + len(key.origin)


def _is_graphql(scope: Scope) -> bool:
    return bool(scope["type"] == "http" and scope["path"] == scope.get("root_path", "") + "/graphql")


async def _compress(body: bytes, headers: MutableHeaders, request_headers: Mapping[bytes, bytes]) -> bytes:
    if len(body) < MIN_BYTES or "content-encoding" in headers:
        return body
    headers.add_vary_header("Accept-Encoding")
    chosen = coding(request_headers.get(b"accept-encoding", b"").decode("latin-1"))
    if chosen == IDENTITY:
        return body
    body = await compress(body, chosen)
    headers["content-encoding"], headers["content-length"] = chosen, str(len(body))
    return body


def _etag(body: bytes) -> bytes:
    return b'W/"%s"' % blake2b(body, digest_size=12).hexdigest().encode()


def _without_body_headers(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [pair for pair in headers if pair[0] not in BODY_HEADERS]


def _matches(etag: bytes, if_none_match: bytes | None) -> bool:
    given = (part.strip() for part in (if_none_match or b"").split(b","))
    return any(part == b"*" or part.removeprefix(b"W/") == etag.removeprefix(b"W/") for part in given)
