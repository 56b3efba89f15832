"""The `/mcp` endpoint: the Streamable HTTP transport of the Model Context Protocol, without sessions and streams."""

from collections.abc import Collection, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gateway.error_codes import CODES
from gateway.errors import Unauthenticated
from gateway.mcp.messages import INVALID_REQUEST, RequestID, RPCError, encode_error, encode_result, parse
from gateway.mcp.results import invalid_arguments, tool_result
from gateway.mcp.revisions import WITH_HANDSHAKE, revision
from gateway.mcp.server import MCPServer, ToolCall
from gateway.settings import Settings
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.request_context import RequestContext

from .cross_origin import allows
from .failures import Failure
from .fixed_queries import FixedQueries
from .graphql_request import HTTPError, read_body
from .negotiation import JSON, header_list, media_type
from .responses import with_request_id
from .update_tokens import UpdateTokens

UNAUTHENTICATED = (
    "Updates need a bearer token in the header `Authorization`, which is missing or invalid. Do not retry: the user has"
    " to configure the token in the client."
)


class MCPEndpoint:
    """The endpoint of one path for POST: each request has one message."""

    def __init__(
        self,
        server: MCPServer,
        queries: FixedQueries,
        *,
        update_tokens: UpdateTokens,
        settings: Settings,
        metrics: Metrics,
    ) -> None:
        self.server = server
        self.queries = queries
        self.update_tokens = update_tokens
        self.settings = settings
        self.metrics = metrics

    async def response(self, request: Request) -> Response:
        """The response to one request."""
        return await _Exchange(self, request).respond()


class _Exchange:
    """One message and its response."""

    def __init__(self, endpoint: MCPEndpoint, request: Request) -> None:
        self._endpoint = endpoint
        self._request = request
        self._context: RequestContext = request.state.request_context
        # Unknown until the message has been read.
        self._id: RequestID | None = None
        self._revision = ""
        self._call: ToolCall | None = None

    async def respond(self) -> Response:
        """The response, also to a message that is refused or that fails."""
        try:
            return await self._endpoint.queries.respond(self._request, self._handle, self._failed)
        finally:
            if self._call:
                self._endpoint.metrics.count_tool_call(self._call.tool.name, self._context.outcome)

    async def _handle(self) -> Response:
        settings = self._endpoint.settings
        _check(self._request, settings.cors_origins)
        body = await read_body(self._request, settings.max_body_bytes, settings.body_timeout_s)
        try:
            message = parse(body)
            self._id = message.id
            self._revision = revision(message, self._request.headers.getlist)
            if message.id is None:
                self._context.outcome = "ok"
                return Response(status_code=202)
            outcome = self._endpoint.server.handle(message, self._revision)
        except RPCError as error:
            self._context.refuse(["BAD_REQUEST"])
            return self._error(error, 200 if self._revision in WITH_HANDSHAKE else error.status)
        if isinstance(outcome, ToolCall):
            self._call = outcome
            return self._result(tool_result(await self._execute(outcome)))
        self._context.outcome = "ok"
        return self._result(outcome)

    async def _execute(self, call: ToolCall) -> Mapping[str, Any]:
        """The GraphQL response of a tool's document."""
        if reasons := call.tool.violations(call.arguments):
            self._context.refuse(["BAD_USER_INPUT"])
            return invalid_arguments(reasons)
        endpoint, request = self._endpoint, self._request
        if call.tool.is_update and not endpoint.update_tokens.has_token(request.headers):
            endpoint.update_tokens.report_refusal(request.headers)
            raise Unauthenticated(UNAUTHENTICATED)
        self._context.token = endpoint.update_tokens.place(request.headers)
        result = await endpoint.queries.execute(
            request, call.tool.document, call.arguments, may_update=call.tool.is_update
        )
        return result.content

    def _failed(self, failure: Failure) -> Response:
        """Models read the results of tools only, so the failure of a call is one."""
        errors = with_request_id(failure.errors, self._request.state.request_id)
        if self._call:
            return self._result(tool_result({"errors": errors}), failure.headers)
        code = failure.codes[0]
        error = RPCError(INVALID_REQUEST, failure.errors[0]["message"], {"code": code})
        return self._error(error, CODES[code].status, failure.headers)

    def _result(self, content: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
        completed = self._endpoint.server.complete(content, self._revision)
        return _response(200, encode_result(self._id, completed), headers)

    def _error(self, error: RPCError, status: int, headers: Mapping[str, str] | None = None) -> Response:
        return _response(status, encode_error(self._id, error, self._request.state.request_id), headers)


def _response(status: int, body: bytes, headers: Mapping[str, str] | None) -> Response:
    return Response(body, status, {"Cache-Control": "no-store", **(headers or {})}, JSON)


def _check(request: Request, cors_origins: Collection[str]) -> None:
    """Refuse requests of pages that the setting does not allow, also those that reach the gateway by DNS rebinding."""
    if not all(allows(cors_origins, origin) for origin in request.headers.getlist("origin")):
        raise HTTPError("CROSS_SITE_REQUEST", "The `Origin` is not allowed: see `GATEWAY_CORS_ORIGINS`.")
    if media_type(header_list(request.headers, "accept")) is None:
        raise HTTPError("NOT_ACCEPTABLE", f"The `Accept` header must allow {JSON}.")
