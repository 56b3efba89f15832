"""The middleware for request IDs, `nosniff`, masked exceptions and the access log."""

import re
from itertools import count
from secrets import token_hex

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.graph.prepare.errors import format_error
from gateway.telemetry.logs import AccessLogger
from gateway.telemetry.request_context import RequestContext, current_request
from gateway.telemetry.tracing import remote_span

from .access_log import level, request_record
from .cache.cache_headers import is_public, without_lifetime
from .negotiation import JSON
from .responses import error_response

REQUEST_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")
# The headers of every response.
SAFE_HEADERS = ((b"x-content-type-options", b"nosniff"),)
# Request IDs are unique, not secret: a random part per process, and a number.
_PROCESS_ID = token_hex(8)
_numbers = count(1)


class RequestIDMiddleware:
    """Adds a request ID to each response that shared caches may not store, and handles exceptions of the application.

    A valid `X-Request-ID` of the client is reused. The application reads it from `scope["state"]["request_id"]`, and
    fills in the `scope["state"]["request_context"]` for the access log.
    """

    def __init__(self, app: ASGIApp, log_request: AccessLogger | None = None) -> None:
        self._app = app
        self._log_request = log_request

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_context = _request_context(scope)
        response_start: Message = {}
        is_authorized = any(name == b"authorization" for name, _ in scope["headers"])
        token = current_request.set(request_context)

        async def send_with_headers(message: Message) -> None:
            nonlocal response_start
            if message["type"] == "http.response.start":
                # The same object: the response cache may still change its status to 304.
                response_start = message
                if is_authorized:
                    message["headers"] = without_lifetime(message["headers"])
                added = SAFE_HEADERS if is_public(message["headers"]) else identity_headers(request_context.request_id)
                message["headers"] = [*message["headers"], *added]
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as exc:  # an outer seam: a bug is logged and masked
            response = _failure(exc, request_context)
            if response_start:
                raise
            await response(scope, receive, send_with_headers)
        finally:
            current_request.reset(token)
            status = response_start.get("status", 0)
            if self._log_request and (record := request_record(scope, request_context, status)):
                self._log_request(level(request_context, status), record)


def _failure(exc: Exception, request_context: RequestContext) -> Response:
    error = format_error(exc)
    request_context.outcome, request_context.codes = "failed", [error["extensions"]["code"]]
    return error_response(500, [error], JSON, request_context.request_id)


def identity_headers(request_id: str) -> tuple[tuple[bytes, bytes], ...]:
    """The headers of a response to one request."""
    return (b"x-request-id", request_id.encode()), *SAFE_HEADERS


def _request_context(scope: Scope) -> RequestContext:
    """The context in the scope's state, a new one unless the response cache has begun the request."""
    state = scope.setdefault("state", {})
    context: RequestContext | None = state.get("request_context")
    if context is None:
        headers = Headers(scope=scope)
        span = remote_span(headers.getlist("traceparent"), headers.getlist("tracestate"))
        context = RequestContext(request_id(headers.get("x-request-id")), span)
    state.update(request_id=context.request_id, request_context=context)
    return context


def request_id(header: str | None) -> str:
    """The client's ID, if it is valid, or a new one."""
    return header if header and REQUEST_ID.fullmatch(header) else f"{_PROCESS_ID}{next(_numbers):016x}"
