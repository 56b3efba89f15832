"""What happens to every request, whatever it asks for: an ID, security headers, and a last word when we fail."""

import logging
import re
from itertools import count
from secrets import token_hex

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.graph.failures import failure

from .requests import JSON
from .responses import refusal_response

log = logging.getLogger(__name__)

REQUEST_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")
# An ID is to be found in the log, not to be a secret.
_PROCESS = token_hex(8)
_numbers = count(1)


class Envelope:
    """Around the whole application: no request leaves without an ID, and no exception reaches the server.

    A client's own `X-Request-ID` is kept, if it is one; it is in `scope["state"]["request_id"]` for everyone inside.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        identity = request_id(Headers(scope=scope).get("x-request-id"))
        scope.setdefault("state", {})["request_id"] = identity
        started = False

        async def send_marked(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = identity
                headers["X-Content-Type-Options"] = "nosniff"
            await send(message)

        try:
            await self._app(scope, receive, send_marked)
        except Exception as exc:  # the outermost seam: what is not foreseen is logged and masked
            if started:
                raise
            response = refusal_response(500, [failure(exc)], JSON, identity)
            await response(scope, receive, send_marked)


def request_id(given: str | None) -> str:
    """The ID that the client gave, if it is one, or a new one."""
    return given if given and REQUEST_ID.fullmatch(given) else f"{_PROCESS}{next(_numbers):016x}"
