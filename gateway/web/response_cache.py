"""Answers as they went out, sent again to whoever asks the same: around the whole application, knowing no GraphQL."""

import time
from collections.abc import Callable, Mapping
from functools import partial
from hashlib import blake2b
from time import perf_counter
from typing import Any, NamedTuple

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.store.cache import Cache, Entry
from gateway.store.tags import Generations, Validity
from gateway.telemetry.logs import AccessLogger

from .access_log import hit_record
from .cache_key import CacheKey, Early, asked
from .compression import IDENTITY, MIN_BYTES, coding, compressed
from .middleware import request_id

# Said to one client only.
PERSONAL = {b"x-request-id", b"ratelimit", b"ratelimit-policy"}
NOT_MODIFIED = {b"content-length", b"content-type", b"content-encoding"}
# Of an answer, about.
HEADERS_BYTES = 1500

Headers = tuple[tuple[bytes, bytes], ...]


class CachedEntry(NamedTuple):
    """An answer with all that is needed to send it again."""

    headers: Headers
    body: bytes
    etag: bytes
    since: float
    validity: Validity
    asked: dict[str, Any]


class CachedResponse(NamedTuple):
    """An answer as this request gets it; its `own` headers are no other's."""

    status: int
    headers: Headers
    own: Headers
    body: bytes


class ResponseCache:
    """Sends finished answers again while they hold, and compresses and keeps those that are made."""

    def __init__(
        self,
        cache: Cache,
        generations: Generations,
        *,
        clock: Callable[[], float] = time.time,
        log_request: AccessLogger | None = None,
    ) -> None:
        self.cache = cache
        self._log_request = log_request
        self._generations = generations
        self._clock = clock
        # Brought into the metrics when those are read: counting there each time takes thirty times as long.
        self.hits = 0

    def wrap(self, app: ASGIApp) -> ASGIApp:
        """The application, with this in front."""
        return partial(self._called, app)

    async def _called(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        if not _is_graphql(scope):
            await app(scope, receive, send)
            return
        early = Early(receive)
        headers, key = asked(scope, early.body)
        again = self._again(scope, headers, key)
        if again is None:
            await app(scope, early.receive, _Answer(self, scope, send, key, headers))
            return
        await send({"type": "http.response.start", "status": again.status, "headers": [*again.headers, *again.own]})
        await send({"type": "http.response.body", "body": again.body})

    def lookup(self, scope: Scope, body: bytes) -> CachedResponse | None:
        """The answer to a request that is here as a whole, if it is remembered: for a server to send by itself."""
        return self._again(scope, *asked(scope, lambda: body)) if _is_graphql(scope) else None

    def _again(self, scope: Scope, headers: dict[bytes, bytes], key: CacheKey | None) -> CachedResponse | None:
        began = perf_counter()
        stored = self._held(key) if key else None
        if stored is None:
            return None
        self.hits += 1
        given = headers.get(b"x-request-id")
        identity = request_id(given.decode("latin-1") if given else None)
        again = self._addressed(stored, identity, headers)
        if self._log_request:
            seconds, traceparent = perf_counter() - began, headers.get(b"traceparent")
            self._log_request("info", hit_record(scope, identity, traceparent, again.status, seconds, stored.asked))
        return again

    def _held(self, key: CacheKey) -> CachedEntry | None:
        held = self.cache.peek(key)
        if held is None:
            return None
        stored: CachedEntry = held.value
        if stored.validity.until > self._clock() and self._generations.are_current(stored.validity.generations):
            return stored
        self.cache.discard(key)
        return None

    def _addressed(self, stored: CachedEntry, identity: str, headers: dict[bytes, bytes]) -> CachedResponse:
        own: Headers = ((b"x-request-id", identity.encode()),)
        if not stored.etag:
            return CachedResponse(200, stored.headers, own, stored.body)
        own = (*own, (b"age", b"%d" % max(0, self._clock() - stored.since)))
        if _matches(stored.etag, headers.get(b"if-none-match")):
            return CachedResponse(304, tuple(pair for pair in stored.headers if pair[0] not in NOT_MODIFIED), own, b"")
        return CachedResponse(200, stored.headers, own, stored.body)

    def put(self, key: CacheKey, start: Message, body: bytes, etag: bytes, state: Mapping[str, Any]) -> None:
        """Remember an answer; the application has left in the request's state for how long, and what was asked."""
        headers = tuple((name, value) for name, value in start["headers"] if name not in PERSONAL)
        stored = CachedEntry(
            headers, body, etag, self._clock(), state["validity"], state["request_context"].operation_fields
        )
        self.cache.put(key, Entry(stored, self._clock()), size=HEADERS_BYTES + len(body) + len(key.text))

    def life_s(self, validity: Validity) -> int:
        """For how many whole seconds others may keep it."""
        return max(0, int(validity.until - self._clock()))


class _Answer:
    """Takes an answer from the application and hands it on: compressed, and remembered if it lasts."""

    def __init__(
        self, cache: ResponseCache, scope: Scope, send: Send, key: CacheKey | None, headers: dict[bytes, bytes]
    ) -> None:
        self._cache = cache
        self._scope = scope
        self._send = send
        self._key = key
        self._headers = headers
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        if self._start is not None:
            start, self._start = self._start, None
            if not message.get("more_body"):
                message = await self._finished(start, message)
            await self._send(start)
        await self._send(message)

    async def _finished(self, start: Message, message: Message) -> Message:
        body: bytes = message.get("body", b"")
        headers = MutableHeaders(raw=start["headers"])
        state = self._scope.get("state", {})
        validity: Validity | None = state.get("validity")
        key, etag = self._key, b""
        if validity and key and key.method == "GET":
            etag = b'W/"%s"' % blake2b(body, digest_size=12).hexdigest().encode()
            headers["etag"] = etag.decode()
            headers["cache-control"] = f"public, max-age={self._cache.life_s(validity)}"
        body = await self._compressed(body, headers)
        if validity and key:
            self._cache.put(key, start, body, etag, state)
        if etag and _matches(etag, self._headers.get(b"if-none-match")):
            start["status"], body = 304, b""
            start["headers"] = [pair for pair in start["headers"] if pair[0] not in NOT_MODIFIED]
        return {**message, "body": body}

    async def _compressed(self, body: bytes, headers: MutableHeaders) -> bytes:
        if len(body) < MIN_BYTES or "content-encoding" in headers:
            return body
        headers.add_vary_header("Accept-Encoding")
        chosen = coding(self._headers.get(b"accept-encoding", b"").decode("latin-1"))
        if chosen == IDENTITY:
            return body
        body = await compressed(body, chosen)
        headers["content-encoding"], headers["content-length"] = chosen, str(len(body))
        return body


def _is_graphql(scope: Scope) -> bool:
    return bool(scope["type"] == "http" and scope["path"] == scope.get("root_path", "") + "/graphql")


def _matches(etag: bytes, if_none_match: bytes | None) -> bool:
    given = (part.strip() for part in (if_none_match or b"").split(b","))
    return any(part == b"*" or part.removeprefix(b"W/") == etag.removeprefix(b"W/") for part in given)
