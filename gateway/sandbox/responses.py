"""HTTP responses as Express sends them: headers, weak ETags, 304 and the HTML 404 page."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field, replace
from html import escape

import msgspec
from starlette.types import Scope, Send

HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
JSON = "application/json; charset=utf-8"

_POWERED_BY = {"X-Powered-By": "Express"}
_KEEP_ALIVE = {"Connection": "keep-alive", "Keep-Alive": "timeout=5"}
_NOT_FOUND_PAGE = (
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error</title>\n</head>\n'
    "<body>\n<pre>Cannot {method} {path}</pre>\n</body>\n</html>\n"
)


@dataclass(frozen=True)
class Response:
    """A response with its ETag, computed once: responses are cached and sent many times."""

    status: int
    content_type: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    etag: str | None = None

    def with_headers(self, headers: dict[str, str]) -> Response:
        """A copy with additional headers."""
        return replace(self, headers=self.headers | headers)

    def raw_headers(self) -> list[tuple[bytes, bytes]]:
        """All headers, in ASGI's format and Express's order."""
        content = {"Content-Type": self.content_type, "Content-Length": str(len(self.body))}
        if self.status == 304:
            content = {}
        etag = {"ETag": self.etag} if self.etag else {}
        headers = _POWERED_BY | self.headers | content | etag | _KEEP_ALIVE
        return [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    def matches(self, if_none_match: str | None) -> bool:
        """Whether this `If-None-Match` header allows a 304."""
        if self.status != 200 or self.etag is None or if_none_match is None:
            return False
        tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
        return "*" in tags or self.etag.removeprefix("W/") in tags


def json(value: object, status: int = 200) -> Response:
    return _with_etag(status, JSON, msgspec.json.encode(value))


def html(status: int, content: str) -> Response:
    """A string as Express sends it with `res.send`: always labelled HTML."""
    return _with_etag(status, HTML, content.encode())


def text(status: int, content: str) -> Response:
    return _with_etag(status, TEXT, content.encode())


def not_found(method: str, path: str) -> Response:
    """The page of Express for an unknown path or method."""
    # Python's and Express's escapes of an apostrophe differ.
    page = _NOT_FOUND_PAGE.format(method=method, path=escape(path).replace("&#x27;", "&#39;"))
    security = {"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff"}
    return Response(404, HTML, page.encode(), security)


async def send_response(response: Response, scope: Scope, send: Send) -> None:
    """Send a response: without its body for HEAD, as a 304 if the client's ETag matches."""
    is_read = scope["method"] in {"GET", "HEAD"}
    if is_read and response.matches(_header(scope, b"if-none-match")):
        response = Response(304, "", b"", etag=response.etag)
    await send({"type": "http.response.start", "status": response.status, "headers": response.raw_headers()})
    body = b"" if scope["method"] == "HEAD" else response.body
    await send({"type": "http.response.body", "body": body})


def _with_etag(status: int, content_type: str, body: bytes) -> Response:
    digest = base64.b64encode(hashlib.sha1(body, usedforsecurity=False).digest())[:27].decode()
    return Response(status, content_type, body, etag=f'W/"{len(body):x}-{digest}"')


def _header(scope: Scope, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), None)
