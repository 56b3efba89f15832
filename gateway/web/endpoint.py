"""The `/graphql` endpoint: GraphQL over HTTP, and GraphiQL for browsers."""

from collections.abc import Awaitable, Callable, Collection

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateway.errors import Unauthenticated
from gateway.graph.engine import OperationResult
from gateway.settings import Settings
from gateway.telemetry.tracing import Tracing

from .cross_origin import check_cross_site
from .documents.persisted_documents import PersistedDocuments
from .execution import Execution, Executions
from .failures import Failure, Failures, error_codes
from .graphql_request import ACCEPT_QUERY, HTTPError, parse_request
from .negotiation import GRAPHQL, JSON, header_list, is_page_view, media_type
from .responses import encode, error_response, without_points
from .update_tokens import UpdateTokens

METHODS = ("GET", "POST", "QUERY")


class GraphQLEndpoint:
    """An ASGI application for one path: queries by GET, QUERY and POST, mutations by POST, GraphiQL for page views."""

    def __init__(
        self,
        executions: Executions,
        *,
        documents: PersistedDocuments,
        settings: Settings,
        graphiql: Callable[[Request], Awaitable[Response]],
        failures: Failures,
        update_tokens: UpdateTokens,
        tracing: Tracing,
    ) -> None:
        self._executions = executions
        self._documents = documents
        self._settings = settings
        self._graphiql = graphiql
        self._failures = failures
        self._update_tokens = update_tokens
        self._tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        request = Request(scope, receive)
        response = await (self._graphiql(request) if is_page_view(request) else self._respond(request))
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        accepted = media_type(header_list(request.headers, "accept"))
        statuses = self._failures.statuses

        async def respond() -> Response:
            _check(request, accepted, self._settings.cors_origins)
            return await self._execute(request, accepted or JSON)

        def to_response(failure: Failure) -> Response:
            errors, request_id = failure.errors, request.state.request_id
            if failure.http_error:
                status, kind = statuses.http_error(failure.http_error, accepted)
                return error_response(status, errors, kind, request_id, failure.http_error.headers)
            status, kind = statuses.request_error(failure.codes[0], accepted or JSON)
            return error_response(status, errors, kind, request_id)

        return await self._failures.respond(request, respond, to_response)

    async def _execute(self, request: Request, accepted: str) -> Response:
        # The response cache may have begun the execution.
        # Its result must not live until the client has read the response, as the state does.
        execution: Execution = request.scope["state"].pop("execution", None) or await self._begin(request)
        may_update = self._update_tokens.allow(request.headers)
        request.state.request_context.token = self._update_tokens.place(request.headers)
        result = await execution.complete(self._tracing, may_update=may_update)
        if Unauthenticated.code in error_codes(result.content.get("errors", ())):
            self._update_tokens.report_refusal(request.headers)
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
    if request.method == "GET":
        check_cross_site(request.headers, cors_origins)
