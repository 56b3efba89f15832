"""The `/graphql` endpoint: GraphQL over HTTP, and GraphiQL for browsers."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from hmac import compare_digest
from math import ceil
from time import perf_counter
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateway.errors import GatewayError, LimitExceeded
from gateway.graph.engine import Engine, OperationResult, PricedOperation
from gateway.graph.prepare.errors import RequestError, format_error
from gateway.settings import Settings
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.request_context import MAX_NAME, RequestContext
from gateway.telemetry.tracing import Tracing

from .client_limits import ClientAddresses, ClientLimits, TokenBucket
from .graphql_request import HTTPError, parse_request
from .negotiation import GRAPHQL, JSON, is_page_view, media_type
from .persisted_documents import PersistedDocuments
from .responses import error_response, graphql_response, with_request_id

# Browsers send these headers to another site only after a CORS preflight. The last two are Apollo's.
PREFLIGHTED = {"graphql-require-preflight", "apollo-require-preflight", "x-apollo-operation-name"}


class GraphQLEndpoint:
    """An ASGI application for one path: queries by GET and POST, mutations by POST, GraphiQL for page views."""

    def __init__(
        self,
        engine: Engine,
        *,
        documents: PersistedDocuments,
        client_limits: ClientLimits,
        client_addresses: ClientAddresses,
        settings: Settings,
        graphiql: Callable[[Request], Awaitable[Response]],
        metrics: Metrics,
        tracing: Tracing,
    ) -> None:
        self._engine = engine
        self._documents = documents
        self._client_limits = client_limits
        self._client_addresses = client_addresses
        self._settings = settings
        self._graphiql = graphiql
        self._metrics = metrics
        self._tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        request = Request(scope, receive)
        response = await (self._graphiql(request) if is_page_view(request) else self._respond(request))
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        accepted = media_type(request.headers.get("accept"))
        strict = accepted == GRAPHQL
        request_id: str = request.state.request_id
        request_context: RequestContext = request.state.request_context
        # The outcome of an unhandled exception.
        request_context.outcome, started = "failed", perf_counter()
        try:
            _check(request, accepted)
            return await self._execute(request, accepted or JSON)
        except HTTPError as error:
            request_context.refuse([error.code])
            return error_response(error.status, [error.to_entry()], accepted or JSON, request_id, error.headers)
        except RequestError as error:
            request_context.refuse(_codes(error.errors))
            # By GraphQL over HTTP, `application/json` has the status 200 for every well-formed GraphQL request.
            return error_response(400 if strict else 200, error.errors, accepted or JSON, request_id)
        except GatewayError as error:
            request_context.refuse([error.code])
            return error_response(503 if strict else 200, [format_error(error)], accepted or JSON, request_id)
        finally:
            self._metrics.count_request(
                request_context.operation_type or "none", request_context.outcome, perf_counter() - started
            )

    async def _execute(self, request: Request, accepted: str) -> Response:
        settings, request_context = self._settings, request.state.request_context
        graphql_request = await parse_request(request, settings.max_body_bytes, settings.body_timeout_s)
        document = await self._documents.text(graphql_request)
        priced = self._engine.prepare(document, graphql_request.variables, graphql_request.operation_name)
        request_context.set_operation(priced.operation.name, priced.operation.type, priced.cost)
        if request.method == "GET" and not priced.operation.is_query:
            raise HTTPError("METHOD_NOT_ALLOWED", "Mutations must be sent by POST.", {"Allow": "POST"})
        request_context.client = self._client_addresses.client(request)
        bucket = self._client_limits.bucket(request_context.client)
        _charge(bucket, priced.cost)
        request_context.charged = 0
        try:
            result = await self._execute_in_span(priced, bucket, may_update=self._may_update(request.headers))
            content = result.content
            request_context.charged = content["extensions"]["cost"]["charged"]
        finally:
            bucket.take(request_context.charged - priced.cost)
        request.state.validity = result.validity
        _set_outcome(request_context, content)
        if "errors" in content:
            content["errors"] = with_request_id(content["errors"], request_context.request_id)
        return graphql_response(200, content, accepted, _rate_headers(bucket))

    async def _execute_in_span(
        self, priced: PricedOperation, bucket: TokenBucket, *, may_update: bool
    ) -> OperationResult:
        operation = priced.operation
        with self._tracing.operation(operation.type, operation.name and operation.name[:MAX_NAME]) as span:
            result = await self._engine.execute(priced, bucket, may_update=may_update)
            if "errors" in result.content:
                span.set_error(_codes(result.content["errors"])[0])
            return result

    def _may_update(self, headers: Mapping[str, str]) -> bool:
        tokens = self._settings.update_tokens
        if not tokens:
            return True
        scheme, _, credentials = headers.get("authorization", "").partition(" ")
        # Every token is compared in constant time: timing must not reveal a part of one.
        matches = [compare_digest(credentials.strip().encode(), token.encode()) for token in tokens]
        return scheme.lower() == "bearer" and any(matches)


def _set_outcome(request_context: RequestContext, content: Mapping[str, Any]) -> None:
    request_context.outcome, request_context.codes = (
        ("errors", _codes(content["errors"])) if "errors" in content else ("ok", [])
    )
    warnings = content["extensions"].get("warnings", ())
    request_context.stale = any(warning["code"] == "STALE_DATA" for warning in warnings)


def _codes(errors: Iterable[Mapping[str, Any]]) -> list[str]:
    return sorted({error["extensions"]["code"] for error in errors})


def _check(request: Request, accepted: str | None) -> None:
    if request.method not in {"GET", "POST"}:
        raise HTTPError("METHOD_NOT_ALLOWED", "Only GET and POST are allowed.", {"Allow": "GET, POST"})
    if accepted is None:
        raise HTTPError("NOT_ACCEPTABLE", f"The `Accept` header must allow {GRAPHQL} or {JSON}.")
    if request.method == "GET" and _is_simple_cross_site(request.headers):
        raise HTTPError(
            "CROSS_SITE_REQUEST",
            "Cross-site GET requests need the header `GraphQL-Require-Preflight`. Alternatively, use POST.",
        )


def _is_simple_cross_site(headers: Mapping[str, str]) -> bool:
    """Whether a browser sends this for another site's page without a CORS preflight."""
    site = headers.get("sec-fetch-site", "cross-site" if "origin" in headers else "none")
    return site in {"cross-site", "same-site"} and PREFLIGHTED.isdisjoint(headers)


def _charge(bucket: TokenBucket, cost: int) -> None:
    """Take the operation's points in advance; the rest is refunded after its execution."""
    if bucket.limit and cost > bucket.limit:
        rule = "points of the operation; no client has more than the maximum"
        raise RequestError([format_error(LimitExceeded("cost", cost, bucket.limit, rule))])
    wait_s = bucket.wait_s(cost)
    if wait_s > 0:
        headers = {"Retry-After": str(ceil(wait_s)), **_rate_headers(bucket)}
        message = (
            f"The operation costs {cost} points, but only {bucket.remaining} of {bucket.limit} are left"
            f" for this client's address. Retry in {ceil(wait_s)} s."
        )
        raise HTTPError("RATE_LIMITED", message, headers)
    bucket.take(cost)


def _rate_headers(bucket: TokenBucket) -> dict[str, str]:
    if not bucket.limit:
        return {}
    window = ceil(bucket.fill_s)
    return {
        "RateLimit-Policy": f'"points";q={bucket.limit};w={window}',
        "RateLimit": f'"points";r={bucket.remaining};t={ceil(bucket.wait_s(bucket.limit))}',
    }
