"""The `/graphql` endpoint: GraphQL over HTTP, and GraphiQL for browsers."""

from asyncio import CancelledError
from collections.abc import Awaitable, Callable, Collection, Mapping
from hmac import compare_digest

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateway.errors import GatewayError
from gateway.graph.engine import OperationResult
from gateway.graph.prepare.errors import RequestError, format_error
from gateway.settings import Settings
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.request_context import RequestContext
from gateway.telemetry.tracing import Tracing

from .cross_origin import is_cross_site
from .execution import Execution, Executions, error_codes
from .graphql_request import ACCEPT_QUERY, HTTPError, parse_request
from .negotiation import GRAPHQL, JSON, header_list, is_page_view, media_type
from .persisted_documents import PersistedDocuments
from .responses import encode, error_response, without_points
from .statuses import Statuses

METHODS = ("GET", "POST", "QUERY")
# Browsers send these headers to another site only after a CORS preflight. The last two are Apollo's.
PREFLIGHTED = {"graphql-require-preflight", "apollo-require-preflight", "x-apollo-operation-name"}


class GraphQLEndpoint:
    """An ASGI application for one path: queries by GET, QUERY and POST, mutations by POST, GraphiQL for page views."""

    def __init__(
        self,
        executions: Executions,
        *,
        documents: PersistedDocuments,
        settings: Settings,
        graphiql: Callable[[Request], Awaitable[Response]],
        metrics: Metrics,
        tracing: Tracing,
    ) -> None:
        self._executions = executions
        self._documents = documents
        self._settings = settings
        self._statuses = Statuses(settings.http_statuses)
        self._graphiql = graphiql
        self._metrics = metrics
        self._tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        request = Request(scope, receive)
        response = await (self._graphiql(request) if is_page_view(request) else self._respond(request))
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        accepted = media_type(header_list(request.headers, "accept"))
        request_id: str = request.state.request_id
        request_context: RequestContext = request.state.request_context
        # The outcome of an unhandled exception.
        request_context.outcome = "failed"
        try:
            _check(request, accepted, self._settings.cors_origins)
            return await self._execute(request, accepted or JSON)
        except HTTPError as error:
            request_context.refuse([error.code])
            status, kind = self._statuses.http_error(error, accepted)
            return error_response(status, [error.to_entry()], kind, request_id, error.headers)
        except (RequestError, GatewayError) as error:
            errors = error.errors if isinstance(error, RequestError) else [format_error(error)]
            codes = error_codes(errors)
            request_context.refuse(codes)
            status, kind = self._statuses.request_error(codes[0], accepted or JSON)
            return error_response(status, errors, kind, request_id)
        except CancelledError:
            # Such as a client's disconnection, or the end of the process: no failure of the gateway.
            request_context.refuse([])
            raise
        finally:
            self._metrics.count_request(request_context)

    async def _execute(self, request: Request, accepted: str) -> Response:
        # The response cache may have begun the execution.
        # Its result must not live until the client has read the response, as the state does.
        execution: Execution = request.scope["state"].pop("execution", None) or await self._begin(request)
        request_context: RequestContext = request.state.request_context
        try:
            with self._tracing.operation(str(request_context.operation_type), request_context.operation) as span:
                result = await execution.finish(may_update=self._may_update(request.headers))
                if "errors" in result.content:
                    span.set_error(error_codes(result.content["errors"])[0])
        finally:
            execution.settle()
        await _allow_caching(request, result)
        return await execution.large_response(result, accepted)

    async def _begin(self, request: Request) -> Execution:
        settings = self._settings
        graphql_request = await parse_request(request, settings.max_body_bytes, settings.body_timeout_s)
        client = self._executions.client(request)
        document = await self._documents.text(
            graphql_request, client, lambda: self._executions.charge_registration(client)
        )
        await self._executions.wait_to_prepare(document, client)
        return self._executions.begin(graphql_request, document, request, queries_only=request.method != "POST")

    def _may_update(self, headers: Mapping[str, str]) -> bool:
        tokens = [token.get_secret_value() for token in self._settings.update_tokens]
        if not tokens:
            return True
        scheme, _, credentials = headers.get("authorization", "").partition(" ")
        # Every token is compared in constant time: timing must not reveal a part of one.
        matches = [compare_digest(credentials.strip().encode(), token.encode()) for token in tokens]
        return scheme.lower() == "bearer" and any(matches)


async def _allow_caching(request: Request, result: OperationResult) -> None:
    """Let the response cache store the response, or the one to an equal request, which costs fewer points."""
    charged = result.content["extensions"]["cost"]["charged"]
    if not charged:
        request.state.validity = result.validity
        return
    flight = getattr(request.state, "flight", None)
    if result.validity and (not result.request_points or (flight and flight.followers)):
        body = await encode(without_points(result.content), result.values)
        request.state.repetition = body, result.validity


def _check(request: Request, accepted: str | None, cors_origins: Collection[str]) -> None:
    if request.method not in METHODS:
        headers = {"Allow": ", ".join(METHODS), "Accept-Query": ACCEPT_QUERY}
        raise HTTPError("METHOD_NOT_ALLOWED", "Only GET, POST and QUERY are allowed.", headers)
    if accepted is None:
        raise HTTPError("NOT_ACCEPTABLE", f"The `Accept` header must allow {GRAPHQL} or {JSON}.")
    if request.method == "GET" and _is_simple_cross_site(request.headers, cors_origins):
        raise HTTPError(
            "CROSS_SITE_REQUEST",
            "Cross-site GET requests need an allowed `Origin` or the header `GraphQL-Require-Preflight`."
            " Alternatively, use POST.",
        )


def _is_simple_cross_site(headers: Mapping[str, str], cors_origins: Collection[str]) -> bool:
    """Whether a browser sends this for a page of another site without a CORS preflight."""
    cross_site = is_cross_site(headers.get("sec-fetch-site"), headers.get("origin"), cors_origins)
    return cross_site and PREFLIGHTED.isdisjoint(headers)
