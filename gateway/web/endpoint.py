"""`/graphql`: requests in, responses out, with the statuses and media types of GraphQL over HTTP."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from hmac import compare_digest
from math import ceil
from time import perf_counter
from typing import Any, NamedTuple

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

# No browser adds one of these to another site's request without having asked us first; the latter are Apollo's.
PREFLIGHTED = {"graphql-require-preflight", "apollo-require-preflight", "x-apollo-operation-name"}


class Parts(NamedTuple):
    """What the endpoint works with."""

    engine: Engine
    documents: PersistedDocuments
    clients: ClientLimits
    addresses: ClientAddresses
    settings: Settings
    graphiql: Callable[[Request], Awaitable[Response]]
    metrics: Metrics
    tracing: Tracing


class GraphQLEndpoint:
    """One path for queries by GET and POST, for mutations by POST, and for GraphiQL in a browser."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application."""
        request = Request(scope, receive)
        response = await (self._parts.graphiql(request) if is_page_view(request) else self._answer(request))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        accepted = media_type(request.headers.get("accept"))
        strict = accepted == GRAPHQL
        request_id: str = request.state.request_id
        request_context: RequestContext = request.state.request_context
        # Until something better is known.
        request_context.outcome, began = "failed", perf_counter()
        try:
            _check(request, accepted)
            return await self._executed(request, accepted or JSON)
        except HTTPError as no:
            request_context.refuse([no.code])
            return error_response(no.status, [no.error], accepted or JSON, request_id, no.headers)
        except RequestError as no:
            request_context.refuse(_codes(no.errors))
            # A client that asks for plain JSON expects 200 whenever it was understood as GraphQL.
            return error_response(400 if strict else 200, no.errors, accepted or JSON, request_id)
        except GatewayError as exc:
            request_context.refuse([exc.code])
            return error_response(503 if strict else 200, [format_error(exc)], accepted or JSON, request_id)
        finally:
            self._parts.metrics.request(
                request_context.operation_type or "none", request_context.outcome, perf_counter() - began
            )

    async def _executed(self, request: Request, accepted: str) -> Response:
        engine, documents, clients, addresses, settings, *_ = self._parts
        asked = await parse_request(request, settings.max_body_bytes, settings.body_timeout_s)
        priced = engine.prepare(await documents.text(asked), asked.variables, asked.operation_name)
        request_context: RequestContext = request.state.request_context
        request_context.set_operation(priced.operation.name, priced.operation.type, priced.cost)
        if request.method == "GET" and not priced.operation.is_query:
            raise HTTPError("METHOD_NOT_ALLOWED", "Send mutations by POST.", {"Allow": "POST"})
        bucket = clients.bucket(addresses.client(request))
        _pay(bucket, priced.cost)
        request_context.charged = 0
        try:
            result = await self._traced(priced, bucket, may_update=self._may_update(request.headers))
            content = result.content
            request_context.charged = content["extensions"]["cost"]["charged"]
        finally:
            bucket.take(request_context.charged - priced.cost)
        request.state.validity = result.validity
        request_context.outcome, request_context.codes = (
            ("errors", _codes(content["errors"])) if "errors" in content else ("ok", [])
        )
        request_context.stale = any(
            warning["code"] == "STALE_DATA" for warning in content["extensions"].get("warnings", ())
        )
        if "errors" in content:
            content["errors"] = with_request_id(content["errors"], request_context.request_id)
        return graphql_response(200, content, accepted, _rate_headers(bucket))

    async def _traced(self, priced: PricedOperation, bucket: TokenBucket, *, may_update: bool) -> OperationResult:
        operation = priced.operation
        with self._parts.tracing.operation(operation.type, operation.name and operation.name[:MAX_NAME]) as span:
            result = await self._parts.engine.execute(priced, bucket, may_update=may_update)
            if "errors" in result.content:
                span.set_error(_codes(result.content["errors"])[0])
            return result

    def _may_update(self, headers: Mapping[str, str]) -> bool:
        tokens = self._parts.settings.update_tokens
        if not tokens:
            return True
        scheme, _, given = headers.get("authorization", "").partition(" ")
        # All are compared, and each in constant time: nothing is learnt from how long it takes.
        fits = [compare_digest(given.strip().encode(), token.encode()) for token in tokens]
        return scheme.lower() == "bearer" and any(fits)


def _codes(errors: Iterable[Mapping[str, Any]]) -> list[str]:
    return sorted({error["extensions"]["code"] for error in errors})


def _check(request: Request, accepted: str | None) -> None:
    if request.method not in {"GET", "POST"}:
        raise HTTPError("METHOD_NOT_ALLOWED", "Send GET or POST.", {"Allow": "GET, POST"})
    if accepted is None:
        raise HTTPError("NOT_ACCEPTABLE", f"Answers come as {GRAPHQL} or {JSON}: accept one of them.")
    if request.method == "GET" and _is_simple_cross_site(request.headers):
        raise HTTPError(
            "CROSS_SITE_REQUEST",
            "Pages of other sites ask by POST, or send the header `GraphQL-Require-Preflight`.",
        )


def _is_simple_cross_site(headers: Mapping[str, str]) -> bool:
    """Whether a browser sends this for another site's page without having asked us first."""
    site = headers.get("sec-fetch-site", "cross-site" if "origin" in headers else "none")
    return site in {"cross-site", "same-site"} and PREFLIGHTED.isdisjoint(headers)


def _pay(bucket: TokenBucket, cost: int) -> None:
    if bucket.limit and cost > bucket.limit:
        how = "points, of which a client never has more"
        raise RequestError([format_error(LimitExceeded("cost", cost, bucket.limit, how))])
    wait_s = bucket.wait_s(cost)
    if wait_s > 0:
        headers = {"Retry-After": str(ceil(wait_s)), **_rate_headers(bucket)}
        message = (
            f"This operation costs {cost} points and you have {bucket.remaining} of {bucket.limit}"
            f" (counted by address). Try again in {ceil(wait_s)} s."
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
