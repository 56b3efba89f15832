"""ASGI's `send` with bounded memory: large responses are sent as fast as the client reads, or refused."""

import json
from collections import deque
from collections.abc import Awaitable, Callable
from secrets import token_hex
from typing import Any

from gateway.error_codes import CODES
from gateway.errors import entry

from .deliveries import LARGE_BYTES, Cause, Deliveries, Delivery
from .flow_control import TimeoutFlowControl

Message = dict[str, Any]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Any, Any, Send], Awaitable[None]]
Headers = tuple[tuple[bytes, bytes], ...]

CODE = "UNREAD_RESPONSES"
RETRY_AFTER_S = 5
MESSAGES = {
    Cause.CLIENT_LIMIT: "This client has not read its earlier responses yet. Read them. Try again later.",
    Cause.TOTAL_LIMIT: "Clients have not read too many other responses yet. Request less data. Try again later.",
}
# Headers of a response that its refusal has too.
KEPT_HEADERS = {
    b"access-control-allow-origin",
    b"access-control-expose-headers",
    b"vary",
    b"x-content-type-options",
}


class BoundedSend:
    """The `send` of one request. Responses in several messages are sent unchanged."""

    def __init__(self, send: Send, client: Callable[[], str], deliveries: Deliveries, flow: TimeoutFlowControl) -> None:
        self._send = send
        self._client = client
        self._deliveries = deliveries
        self._flow = flow
        self._start: Message | None = None
        self._large: tuple[Message, bytes] | None = None

    async def __call__(self, message: Message) -> None:
        """Send a message; the start of a response is sent together with its body."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        start, self._start = self._start, None
        if start is None:
            await self._send(message)
        elif len(message.get("body", b"")) <= LARGE_BYTES or message.get("more_body"):
            await self._send(start)
            await self._send(message)
        else:
            self._large = start, message["body"]

    async def finish(self) -> None:
        """Send a large response, after the end of the application, which would keep the body in memory."""
        if self._large is None:
            return
        start, body = self._large
        # Responses that HTTP caches may store have no ID.
        request_id = dict(start["headers"]).get(b"x-request-id", b"").decode("latin-1") or token_hex(16)
        delivery = Delivery(self._client(), body, self._flow, request_id)
        self._large = None
        del body
        cause = await self._deliveries.admit(delivery)
        if cause:
            await self._refuse(start, cause, request_id)
            return
        try:
            await self._send(start)
            for piece in delivery.pieces():
                more_body = delivery.passed_bytes < delivery.length
                await self._send({"type": "http.response.body", "body": piece, "more_body": more_body})
        finally:
            self._deliveries.remove(delivery)

    async def _refuse(self, start: Message, cause: Cause, request_id: str) -> None:
        error = entry(CODE, MESSAGES[cause], retry_after_s=RETRY_AFTER_S, requestId=request_id)
        body = json.dumps({"errors": [error]}).encode()
        media_type = dict(start["headers"]).get(b"content-type", b"")
        headers = [
            *((name, value) for name, value in start["headers"] if name in KEPT_HEADERS),
            (b"content-type", media_type if b"json" in media_type else b"application/json; charset=utf-8"),
            (b"content-length", b"%d" % len(body)),
            (b"cache-control", b"no-store"),
            (b"x-request-id", request_id.encode("latin-1")),
            (b"retry-after", b"%d" % RETRY_AFTER_S),
        ]
        await self._send({"type": "http.response.start", "status": CODES[CODE].status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})


def respond_with(status: int, headers: Headers, added: Headers, body: bytes) -> App:
    """An application that sends this response, once."""
    messages = deque[Message](
        (
            {"type": "http.response.start", "status": status, "headers": [*headers, *added]},
            {"type": "http.response.body", "body": body},
        )
    )

    async def respond(_: Any, __: Any, send: Send) -> None:
        # Not kept here: the body may be compressed while the client reads it.
        while messages:
            await send(messages.popleft())

    return respond
