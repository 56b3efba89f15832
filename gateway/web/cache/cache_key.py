"""The response cache's key: the text of a request as bytes, and the headers on which its response depends.

The document is not parsed. A request that the application may refuse has no key.
"""

import asyncio
from collections import deque
from collections.abc import Collection
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

from starlette.types import Message, Receive, Scope

from gateway.web.cross_origin import is_cross_site
from gateway.web.files.cached_files import CROSS_SITE_FILES, file_name
from gateway.web.negotiation import IDENTITY, coding, is_json_in_utf_8, is_plain, media_type, prefers_html

# A response depends on the text and on these headers. No cached response depends on the client's identity.
KEY_HEADERS = {
    b"accept",
    b"accept-encoding",
    b"content-encoding",
    b"content-type",
    b"if-none-match",
    b"origin",
    b"sec-fetch-site",
}
LOGGED_HEADERS = {b"traceparent", b"x-request-id"}
READ_HEADERS = KEY_HEADERS | LOGGED_HEADERS | {b"authorization"}
# Longer requests are rarely repeated.
MAX_TEXT_BYTES = 16 * 2**10
# Many clients send headers and body in separate packets.
BODY_TIMEOUT_S = 0.25
# Lines of the same name are one list (RFC 9110, section 5.3).
LIST_HEADERS = {b"accept", b"accept-encoding", b"if-none-match"}
# Longer headers are parsed each time: 128 of 32 KiB would take 8 MB.
MAX_FORM_BYTES = 1000
# The response has the same CORS headers for all other origins, and for requests without one.
OTHER_ORIGIN = ""


class CacheKey(NamedTuple):
    """The request and the form of its response. `text` is the body, of a GET the query string.

    `origin` is a listed origin, or empty for all others: clients choose its header, and would fill the cache. `path`
    is that of a player's file, whose response has one media type; empty for `/graphql`.
    """

    method: str
    text: bytes
    media_type: str
    coding: str
    origin: str
    path: str = ""


class PlainRequest(NamedTuple):
    """A request that the application would accept without looking at its text, and its headers in `READ_HEADERS`."""

    method: str
    path: str
    key: CacheKey
    headers: dict[bytes, bytes]


def key_headers(scope: Scope, cors_origins: Collection[str]) -> tuple[dict[bytes, bytes], bool]:
    """The headers in `READ_HEADERS`, and whether the request can have a cached response."""
    pairs = [pair for pair in scope["headers"] if pair[0] in READ_HEADERS]
    headers = dict(pairs)
    if len(headers) == len(pairs):
        return headers, _is_cacheable(scope, headers, cors_origins)
    repeated = {name for name in headers if [each for each, _ in pairs].count(name) > 1}
    headers |= {name: b", ".join([value for each, value in pairs if each == name]) for name in repeated & LIST_HEADERS}
    # The application decides which of two other headers with the same name counts.
    return headers, repeated <= LIST_HEADERS and _is_cacheable(scope, headers, cors_origins)


def cache_key(
    scope: Scope, headers: dict[bytes, bytes], body: bytes | None, cors_origins: Collection[str]
) -> CacheKey | None:
    """The key of a cacheable request; None if its text is missing or long, or its response is not JSON."""
    text = scope["query_string"] if scope["method"] in {"GET", "HEAD"} else body
    if text is None or len(text) > MAX_TEXT_BYTES:
        return None
    if file := file_name(scope):
        origin = _origin_form(headers.get(b"origin"), cors_origins)
        # A PNG file is the same in each coding.
        accepted = IDENTITY if file.endswith(".png") else coding(headers.get(b"accept-encoding", b"").decode("latin-1"))
        return CacheKey("GET", text, "", accepted, origin, scope["path"])
    form = _form(headers.get(b"accept", b""), headers.get(b"accept-encoding", b""))
    if form is None:
        return None
    return CacheKey(scope["method"], text, *form, _origin_form(headers.get(b"origin"), cors_origins))


def _is_cacheable(scope: Scope, headers: dict[bytes, bytes], cors_origins: Collection[str]) -> bool:
    """Whether the application would accept the request without looking at its text.

    HTTP caches may store the response, except that to a POST, but not if the request has credentials.
    """
    if scope["method"] != "POST" and b"authorization" in headers:
        return False
    file = file_name(scope)
    if file in CROSS_SITE_FILES:
        return scope["method"] in {"GET", "HEAD"}
    if scope["method"] == "GET" or (file and scope["method"] == "HEAD"):
        site, origin = _text(headers.get(b"sec-fetch-site")), _text(headers.get(b"origin"))
        return not is_cross_site(site, origin, cors_origins)
    return not file and scope["method"] in {"POST", "QUERY"} and _has_json(headers)


def _has_json(headers: dict[bytes, bytes]) -> bool:
    content_type, content_encoding = headers.get(b"content-type", b""), headers.get(b"content-encoding", b"")
    is_short = len(content_type) + len(content_encoding) <= MAX_FORM_BYTES
    return (_is_json if is_short else _is_json.__wrapped__)(content_type, content_encoding)


@lru_cache(maxsize=128)
def _is_json(content_type: bytes, content_encoding: bytes) -> bool:
    return is_json_in_utf_8(content_type.decode("latin-1")) and is_plain(content_encoding.decode("latin-1"))


def _origin_form(origin: bytes | None, cors_origins: Collection[str]) -> str:
    text = _text(origin) or ""
    return text if text in cors_origins and "*" not in cors_origins else OTHER_ORIGIN


def _text(header: bytes | None) -> str | None:
    return None if header is None else header.decode("latin-1")


def _form(accept: bytes, accept_encoding: bytes) -> tuple[str, str] | None:
    is_short = len(accept) + len(accept_encoding) <= MAX_FORM_BYTES
    return (_known_form if is_short else _known_form.__wrapped__)(accept, accept_encoding)


# Clients use a few dozen combinations.
@lru_cache(maxsize=128)
def _known_form(accept: bytes, accept_encoding: bytes) -> tuple[str, str] | None:
    """The media type and coding of the response; None for a page or an unsupported type."""
    accepts = accept.decode("latin-1") or None
    accepted = media_type(accepts)
    if accepted is None or prefers_html(accepts):
        return None
    return accepted, coding(accept_encoding.decode("latin-1"))


class BodyBuffer:
    """A request's body, read before the application is called; `receive` replays it to the application."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._messages: deque[Message] = deque()

    async def read(self, *, timeout_s: float = BODY_TIMEOUT_S) -> bytes | None:
        """The whole body; None if it is long, not complete in time, or the client disconnects."""
        body = b""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while len(body) <= MAX_TEXT_BYTES:
                    message = await self._receive()
                    self._messages.append(message)
                    body += message.get("body", b"")
                    if not message.get("more_body"):
                        return body if message["type"] == "http.request" else None
        return None

    async def receive(self) -> Message:
        """The ASGI callable for the application."""
        return self._messages.popleft() if self._messages else await self._receive()
