"""Answers as the real one's web server, Express, sends them: headers, ETags, 304 and its HTML 404."""

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

_ALWAYS = {"X-Powered-By": "Express"}
_KEEP_ALIVE = {"Connection": "keep-alive", "Keep-Alive": "timeout=5"}
_PAGE = (
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error</title>\n</head>\n'
    "<body>\n<pre>Cannot {method} {path}</pre>\n</body>\n</html>\n"
)

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Response:
    """An answer before it is sent. A body that is remembered keeps its ETag with it."""

    status: int
    content_type: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    etag: str | None = None

    def with_headers(self, headers: dict[str, str]) -> Response:
        """The same answer with more headers."""
        return replace(self, headers=self.headers | headers)

    def raw_headers(self) -> Headers:
        """All headers, ready to send."""
        own = {"Content-Type": self.content_type, "Content-Length": str(len(self.body))}
        if self.status == 304:
            own = {}
        tag = {"ETag": self.etag} if self.etag else {}
        every = _ALWAYS | self.headers | own | tag | _KEEP_ALIVE
        return [(name.lower().encode(), value.encode()) for name, value in every.items()]

    def matches(self, if_none_match: str | None) -> bool:
        """Whether the client holds just this, so that a 304 will do."""
        if self.status != 200 or self.etag is None or if_none_match is None:
            return False
        known = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
        return "*" in known or self.etag.removeprefix("W/") in known


def tagged(status: int, content_type: str, body: bytes) -> Response:
    """An answer with the weak ETag that Express gives it."""
    digest = base64.b64encode(hashlib.sha1(body, usedforsecurity=False).digest())[:27].decode()
    return Response(status, content_type, body, etag=f'W/"{len(body):x}-{digest}"')


def json(value: object, status: int = 200) -> Response:
    """The value as JSON."""
    return tagged(status, JSON, msgspec.json.encode(value))


def html(status: int, text: str) -> Response:
    """Text that Express calls HTML, as it does with every plain `res.send`."""
    return tagged(status, HTML, text.encode())


def text(status: int, content: str) -> Response:
    """Text that is called text."""
    return tagged(status, TEXT, content.encode())


def not_found(method: str, path: str) -> Response:
    """The page for a path or method that Express does not know."""
    page = _PAGE.format(method=method, path=escape(path))
    guarded = {"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff"}
    return Response(404, HTML, page.encode(), guarded)


async def send_response(response: Response, scope: Scope, send: Send) -> None:
    """Send the answer; only its headers to HEAD, a 304 to those who hold it."""
    reads = scope["method"] in {"GET", "HEAD"}
    if reads and response.matches(_header(scope, b"if-none-match")):
        response = Response(304, "", b"", etag=response.etag)
    await send({"type": "http.response.start", "status": response.status, "headers": response.raw_headers()})
    body = b"" if scope["method"] == "HEAD" else response.body
    await send({"type": "http.response.body", "body": body})


def _header(scope: Scope, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), None)
