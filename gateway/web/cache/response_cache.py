"""The response cache: finished GraphQL responses, sent to every client that repeats a request."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from http import HTTPStatus
from time import perf_counter
from typing import Any, NamedTuple

from starlette.datastructures import MutableHeaders
from starlette.types import Message

from gateway.store.cache import Cache
from gateway.store.tags import Generations, Validity
from gateway.telemetry.logs import AccessLogger
from gateway.web.access_log import hit_record
from gateway.web.middleware import request_id
from gateway.web.negotiation import IDENTITY, coding, matches

from .cache_headers import PER_REQUEST_HEADERS, CacheHeaders, is_public, without_client, without_lifetime
from .cache_key import CacheKey, PlainRequest
from .compression import MAX_INLINE_BYTES, MIN_BYTES, compress

# Methods with responses that HTTP caches may store.
SAFE_METHODS = {"GET", "QUERY"}
# Media types that are compressed already.
COMPRESSED_TYPES = {"image/png"}
# Headers of a body, which a 304 response does not have.
BODY_HEADERS = {b"content-length", b"content-type", b"content-encoding"}
# The approximate size of an entry without its texts, and of each header and tag.
ENTRY_BYTES, PAIR_BYTES = 1600, 180

Headers = tuple[tuple[bytes, bytes], ...]


class CachedEntry(NamedTuple):
    """A response as it is stored; with an ETag, HTTP caches may store it. `operation_fields` are for the access log."""

    headers: Headers
    body: bytes
    etag: bytes
    validity: Validity
    operation_fields: dict[str, Any]


class CachedResponse(NamedTuple):
    """A complete response: stored headers, and those added for this request."""

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
        cache_headers: CacheHeaders,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        log_request: AccessLogger | None = None,
    ) -> None:
        self.cache = cache
        self._log_request = log_request
        self._generations = generations
        self._cache_headers = cache_headers
        self._monotonic = monotonic
        # Copied into the metrics when they are scraped: incrementing a Prometheus counter takes thirty times as long.
        self.hits = 0

    def find(self, request: PlainRequest, started: float | None = None) -> CachedResponse | None:
        """The response to this request, which started now or at this time; None if there is no valid one."""
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
        if not entry.etag:
            return CachedResponse(200, entry.headers, ((b"x-request-id", identity.encode()),), entry.body)
        lifetime = ((b"cache-control", self._cache_headers.lifetime(entry.validity.until).encode()),)
        if matches(entry.etag, headers.get(b"if-none-match", b"")):
            return CachedResponse(304, tuple(_without_body_headers(entry.headers)), lifetime, b"")
        return CachedResponse(200, entry.headers, lifetime, entry.body)

    async def finish(
        self,
        start: Message,
        body: bytes,
        state: Mapping[str, Any],
        key: CacheKey | None,
        request_headers: Mapping[bytes, bytes],
    ) -> bytes:
        """The body of a response, compressed. Stores the response if it has a validity, and completes its headers."""
        validity = self._validity(start, state)
        etag = b""
        if validity and key and key.method in SAFE_METHODS:
            etag = await asyncio.to_thread(_etag, body) if len(body) > MAX_INLINE_BYTES else _etag(body)
            start["headers"] = self._public_headers(start["headers"], validity, etag)
        elif is_public(start["headers"]) and state.get("validity"):
            # A file with a lifetime of its own, and outdated data.
            start["headers"] = without_lifetime(start["headers"])
        headers = MutableHeaders(raw=start["headers"])
        body = await _compress(body, headers, request_headers)
        if validity and key and self.cache.max_size and not self.has_ended(validity):
            self.put(key, start, body, etag, state)
        if etag and matches(etag, request_headers.get(b"if-none-match", b"")):
            start["status"], body = 304, b""
            start["headers"] = _without_body_headers(start["headers"])
        return body

    def _validity(self, start: Message, state: Mapping[str, Any]) -> Validity | None:
        """The validity of the response; None if it must not be stored."""
        validity: Validity | None = state.get("validity")
        # A file may fail after its query has succeeded.
        if validity is None or start.get("status", 200) != HTTPStatus.OK:
            return None
        # An update during the operation: an edge cache would store outdated data after it has been purged.
        return validity if self._generations.are_current(validity.generations) else None

    def _public_headers(
        self, headers: Iterable[tuple[bytes, bytes]], validity: Validity, etag: bytes
    ) -> list[tuple[bytes, bytes]]:
        public = MutableHeaders(raw=without_client(headers))
        public.update({"etag": etag.decode(), **self._cache_headers.of(validity)})
        return public.raw

    def put(self, key: CacheKey, start: Message, body: bytes, etag: bytes, state: Mapping[str, Any]) -> None:
        """Store a response; its validity and operation are in the request's `state`."""
        added = {*PER_REQUEST_HEADERS, b"cache-control"} if etag else PER_REQUEST_HEADERS
        entry = CachedEntry(
            tuple(pair for pair in start["headers"] if pair[0] not in added),
            # A copy: the buffer of msgspec's result can be half as large again.
            bytes(memoryview(body)),
            etag,
            state["validity"],
            state["request_context"].operation_fields,
        )
        self.cache.put(key, entry, size=_entry_bytes(key, entry))

    def has_ended(self, validity: Validity) -> bool:
        """Whether the validity is over, as that of data which are being refreshed."""
        return validity.until <= self._monotonic()


def _entry_bytes(key: CacheKey, entry: CachedEntry) -> int:
    """The approximate memory of an entry and its key. A response about many players has hundreds of tags."""
    pairs = len(entry.headers) + len(entry.validity.generations)
    headers_bytes = sum(len(name) + len(value) for name, value in entry.headers)
    return (
        ENTRY_BYTES
        + PAIR_BYTES * pairs
        + headers_bytes
        + len(entry.body)
        + len(key.text)
        + len(key.origin)
        + len(key.path)
    )


async def _compress(body: bytes, headers: MutableHeaders, request_headers: Mapping[bytes, bytes]) -> bytes:
    if len(body) < MIN_BYTES or "content-encoding" in headers or headers.get("content-type") in COMPRESSED_TYPES:
        return body
    if "Accept-Encoding" not in headers.get("vary", ""):
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
