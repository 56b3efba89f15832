"""What happens to every request: an ID, security headers, a last word when we fail, and a line in the log."""

import re
from itertools import count
from secrets import token_hex
from time import perf_counter

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.graph.prepare.errors import format_error
from gateway.telemetry.logs import AccessLogger
from gateway.telemetry.request_context import RequestContext, current_request
from gateway.telemetry.tracing import remote_span

from .access_log import level, request_record
from .negotiation import JSON
from .responses import error_response

REQUEST_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")
# An ID is to be found in the log, not to be a secret.
_PROCESS = token_hex(8)
_numbers = count(1)


class RequestIDMiddleware:
    """Around the whole application: no request leaves without an ID, and no exception reaches the server.

    A client's own `X-Request-ID` is kept, if it is one; it is in `scope["state"]["request_id"]` for everyone inside,
    who leave in `scope["state"]["request_context"]` what there is to tell.
    """

    def __init__(self, app: ASGIApp, log_request: AccessLogger | None = None) -> None:
        self._app = app
        self._log_request = log_request

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        identity = request_id(headers.get("x-request-id"))
        request_context = RequestContext(
            identity, remote_span(headers.getlist("traceparent"), headers.getlist("tracestate"))
        )
        scope.setdefault("state", {}).update(request_id=identity, request_context=request_context)
        started: Message = {}
        began, entered = perf_counter(), current_request.set(request_context)

        async def send_marked(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                # Whoever is around us may yet make it a 304.
                started = message
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = identity
                headers["X-Content-Type-Options"] = "nosniff"
            await send(message)

        try:
            await self._app(scope, receive, send_marked)
        except Exception as exc:  # the outermost seam: what is not foreseen is logged and masked
            request_context.outcome, error = "failed", format_error(exc)
            request_context.codes = [error["extensions"]["code"]]
            if started:
                raise
            response = error_response(500, [error], JSON, identity)
            await response(scope, receive, send_marked)
        finally:
            current_request.reset(entered)
            status = started.get("status", 0)
            if self._log_request and (facts := request_record(scope, request_context, status, perf_counter() - began)):
                self._log_request(level(request_context, status), facts)


def request_id(given: str | None) -> str:
    """The ID that the client gave, if it is one, or a new one."""
    return given if given and REQUEST_ID.fullmatch(given) else f"{_PROCESS}{next(_numbers):016x}"
