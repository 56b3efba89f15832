"""How each fault is acted out, over a real connection and in process."""

from __future__ import annotations

from http.client import responses
from typing import Any, Protocol

from starlette.types import Receive, Send

from gateway.sandbox.faults import Fault
from gateway.sandbox.responses import Response, html, json, text

TOO_MANY = "Too many requests, please try again later."
UPDATE_FAILED = "Internal error when updating user"

_GARBAGE = "<html><body><h1>We will be back soon</h1></body></html>"
_PROXY_PAGE = "<html>\n<head><title>{0}</title></head>\n<body>\n<h1>{0}</h1>\n</body>\n</html>\n"
_OF_UPDATES = {500: html(500, UPDATE_FAILED), 404: json({"error": "User not found"}, 404)}


class Transport(Protocol):
    """What we need of a connection."""

    def close(self) -> None: ...
    def abort(self) -> None: ...


def fault_response(fault: Fault, path: str) -> Response:
    """The answer of `status`, `rate_limit` and `garbage` in place of the right one."""
    usual = _usual(fault, path)
    body = usual.body if fault.body is None else fault.body.encode()
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    return Response(usual.status, fault.content_type or usual.content_type, body, headers)


def _usual(fault: Fault, path: str) -> Response:
    if fault.kind == "garbage":
        return html(200, _GARBAGE)
    if fault.kind == "rate_limit":
        return html(429, TOO_MANY)
    return failure(fault.status, path)


def failure(status: int, path: str) -> Response:
    """The body that comes with a status: osu!track's own, or above 500 that of a proxy before it."""
    phrase = responses.get(status, "Unknown")
    if status > 500:
        return html(status, _PROXY_PAGE.format(f"{status} {phrase}"))
    if path == "/update" and status in _OF_UPDATES:
        return _OF_UPDATES[status]
    return text(status, phrase)


async def hang(receive: Receive) -> None:
    """Nothing, until the client goes away."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def reset(receive: Receive) -> None:
    """Cut the connection at once."""
    transport = _transport(receive)
    transport.abort()
    await hang(receive)


async def send_half(response: Response, receive: Receive, send: Send) -> None:
    """Send the headers and the first half of the body, then cut the connection."""
    await send({"type": "http.response.start", "status": response.status, "headers": response.raw_headers()})
    half = response.body[: len(response.body) // 2]
    await send({"type": "http.response.body", "body": half, "more_body": True})
    transport = _transport(receive)
    transport.close()
    await hang(receive)


def _transport(receive: Receive) -> Transport:
    """The connection below this request. ASGI hides it; uvicorn's `receive` is a method of who holds it.

    In process there is none, and the exception stands for the cut.
    """
    cycle: Any = getattr(receive, "__self__", None)
    transport: Transport | None = getattr(cycle, "transport", None)
    if transport is None:
        raise ConnectionResetError("the sandbox cut the connection")
    return transport
