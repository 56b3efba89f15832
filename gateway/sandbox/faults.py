"""Injectable faults: their definition, their schedule, and their effect on a request."""

from __future__ import annotations

from collections.abc import Iterable
from http.client import responses
from typing import Annotated, Any, Literal, Protocol

import msgspec
from msgspec import Meta
from starlette.types import Receive, Send

from gateway.sandbox.responses import Response, html, json, text

TOO_MANY_REQUESTS = "Too many requests, please try again later."
UPDATE_FAILED = "Internal error when updating user"

_GARBAGE_PAGE = "<html><body><h1>We will be back soon</h1></body></html>"
_PROXY_PAGE = "<html>\n<head><title>{0}</title></head>\n<body>\n<h1>{0}</h1>\n</body>\n</html>\n"
_UPDATE_ERRORS = {500: html(500, UPDATE_FAILED), 404: json({"error": "User not found"}, 404)}

Kind = Literal["latency", "status", "rate_limit", "garbage", "hang", "reset", "half"]


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A failure to inject into requests.

    Kinds:
    - `latency` delays the response by `seconds`.
    - `status` responds with the error `status`.
    - `rate_limit` responds with 429.
    - `garbage` responds with 200 and `body`, by default an HTML page.
    - `hang` never responds.
    - `reset` aborts the connection before the first byte.
    - `half` sends half of the correct body, then closes the connection.

    Examples with `processed`: the 500 after a PHP warning is
    `{"kind": "status", "status": 500, "path": "/update", "processed": true}`; an update with the answer `[]` is
    `{"kind": "garbage", "body": "[]", "content_type": "application/json", "path": "/update", "processed": true}`.
    """

    kind: Kind
    path: Annotated[str | None, Meta(description="Restricts the fault to one path.")] = None
    share: Annotated[
        float, Meta(gt=0, le=1, description="Fraction of requests, evenly spaced: 0.5 is every second.")
    ] = 1.0
    times: Annotated[int, Meta(ge=1, description="Number of affected requests. Unlimited by default.")] | None = None
    seconds: Annotated[float, Meta(ge=0, description="Delay of `latency`.")] = 1.0
    status: Annotated[int, Meta(ge=400, le=599, description="Status of `status`.")] = 503
    retry_after: Annotated[str | int | None, Meta(description="`Retry-After`, as seconds or as a date.")] = None
    body: Annotated[str | None, Meta(description="Overrides the body of `status`, `rate_limit` and `garbage`.")] = None
    content_type: Annotated[str | None, Meta(description="Overrides their content type.")] = None
    processed: Annotated[
        bool, Meta(description="Process the request first: an update is made, but its response is lost.")
    ] = False


class FaultSchedule:
    """The active faults, with the number of requests that each has matched and affected."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        self._matched = [0] * len(self.faults)
        self._injected = [0] * len(self.faults)

    def due(self, path: str) -> list[Fault]:
        """The faults to inject into the next request for this path, in their given order."""
        return [fault for index, fault in enumerate(self.faults) if self._is_due(index, fault, path)]

    def _is_due(self, index: int, fault: Fault, path: str) -> bool:
        if fault.path not in {None, path} or self._injected[index] == fault.times:
            return False
        self._matched[index] += 1
        matched = self._matched[index]
        due = int(matched * fault.share) > int((matched - 1) * fault.share)
        self._injected[index] += due
        return due


def fault_response(fault: Fault, path: str) -> Response:
    """The response of a `status`, `rate_limit` or `garbage` fault."""
    default = _default_response(fault, path)
    body = default.body if fault.body is None else fault.body.encode()
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    return Response(default.status, fault.content_type or default.content_type, body, headers)


def _default_response(fault: Fault, path: str) -> Response:
    if fault.kind == "garbage":
        return html(200, _GARBAGE_PAGE)
    if fault.kind == "rate_limit":
        return html(429, TOO_MANY_REQUESTS)
    return error_response(fault.status, path)


def error_response(status: int, path: str) -> Response:
    """The response with this error status: osu!track's own up to 500, a reverse proxy's page above."""
    phrase = responses.get(status, "Unknown")
    if status > 500:
        return html(status, _PROXY_PAGE.format(f"{status} {phrase}"))
    if path == "/update" and status in _UPDATE_ERRORS:
        return _UPDATE_ERRORS[status]
    return text(status, phrase)


async def hang(receive: Receive) -> None:
    """Send nothing and wait until the client disconnects."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def reset(receive: Receive) -> None:
    """Abort the connection before the first byte."""
    _transport(receive).abort()
    await hang(receive)


async def send_half(response: Response, receive: Receive, send: Send) -> None:
    """Send the headers and half of the body, then close the connection."""
    await send({"type": "http.response.start", "status": response.status, "headers": response.raw_headers()})
    half = response.body[: len(response.body) // 2]
    await send({"type": "http.response.body", "body": half, "more_body": True})
    _transport(receive).close()
    await hang(receive)


class _Transport(Protocol):
    """The methods of `asyncio.Transport` that end a connection."""

    def close(self) -> None: ...
    def abort(self) -> None: ...


def _transport(receive: Receive) -> _Transport:
    """The transport of the request's connection.

    ASGI does not expose it, but uvicorn's `receive` is a bound method of an object that has it. In process there is no
    transport, and `ConnectionResetError` represents the lost connection.
    """
    cycle: Any = getattr(receive, "__self__", None)
    transport: _Transport | None = getattr(cycle, "transport", None)
    if transport is None:
        raise ConnectionResetError("The sandbox closed the connection.")
    return transport
