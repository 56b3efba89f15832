"""The execution of an operation for a client: its points, its outcome, and its response."""

from math import ceil
from typing import Any

from starlette.requests import HTTPConnection
from starlette.responses import Response

from gateway.errors import LimitExceeded
from gateway.graph.engine import Engine, OperationResult, PricedOperation
from gateway.graph.prepare.errors import RequestError, format_error
from gateway.graph.programs import Run
from gateway.telemetry.request_context import RequestContext
from gateway.telemetry.tracing import Tracing

from .client_limits import ClientAddresses, ClientLimits, TokenBucket
from .failures import error_codes
from .graphql_request import GraphQLRequest, HTTPError
from .responses import encode, encode_inline, graphql_response, with_request_id
from .statuses import Statuses

# Fields with values of the client or the moment. They may not be selected where their names appear in a document.
UNCACHEABLE = ("rateLimit", "status")
# The price of the registration of a persisted document.
REGISTRATION = 1


class Execution:
    """An operation whose maximum cost has been taken from a client's points; `settle` must refund the rest."""

    def __init__(
        self,
        engine: Engine,
        priced: PricedOperation,
        bucket: TokenBucket,
        request_context: RequestContext,
        *,
        statuses: Statuses,
        min_cost: int = 0,
    ) -> None:
        """Raises `HTTPError` or `RequestError` if the client has too few points. `min_cost` is not refunded."""
        self._min_cost = min_cost
        self._unsettled = max(priced.cost, min_cost)
        _charge(bucket, self._unsettled)
        request_context.charged = 0
        self._engine = engine
        self._priced = priced
        self._bucket = bucket
        self._request_context = request_context
        self._statuses = statuses
        self._started: OperationResult | Run | None = None

    @property
    def can_be_shared(self) -> bool:
        """Whether equal requests should wait for the response."""
        return self._started is not None and not any(name in self._priced.operation.text for name in UNCACHEABLE)

    def start(self, *, may_update: bool = False) -> OperationResult | Run:
        """The result, if the operation does not have to wait; else a run for `finish`."""
        started = self._started or self._engine.start(self._priced, self._bucket, may_update=may_update)
        self._started = started
        return started if isinstance(started, Run) else self._completed(started)

    async def finish(self, *, may_update: bool) -> OperationResult:
        """The result of the operation, which may have been started."""
        started = self.start(may_update=may_update)
        if not isinstance(started, Run):
            return started
        try:
            return self._completed(await self._engine.finish(started))
        except BaseException:
            # Requests that were sent are not free if the operation fails or is cancelled afterwards.
            self._request_context.charged = started.context.request_points
            raise

    async def complete(self, tracing: Tracing, *, may_update: bool) -> OperationResult:
        """The result of `finish`, traced and settled."""
        request_context = self._request_context
        try:
            with tracing.operation(str(request_context.operation_type), request_context.operation) as span:
                result = await self.finish(may_update=may_update)
                if "errors" in result.content:
                    span.set_error(error_codes(result.content["errors"])[0])
        finally:
            self.settle()
        return result

    def settle(self) -> None:
        """Refund the points that the operation has not used."""
        charged = self._request_context.charged = max(self._request_context.charged or 0, self._min_cost)
        self._bucket.take(charged - self._unsettled)
        self._unsettled = charged

    def response(self, result: OperationResult, media_type: str) -> Response:
        """The response with this result, whose outcome is recorded."""
        self.record(result.content)
        return self._response(result, encode_inline(result.content, result.values), media_type)

    async def large_response(self, result: OperationResult, media_type: str) -> Response:
        """The same for a result with any number of values, without blocking the event loop."""
        self.record(result.content)
        return self._response(result, await encode(result.content, result.values), media_type)

    def _response(self, result: OperationResult, body: bytes, media_type: str) -> Response:
        return graphql_response(self._statuses.result(result.content), body, media_type, _rate_headers(self._bucket))

    def record(self, content: dict[str, Any]) -> None:
        """Record the outcome, and add the request's ID to the errors."""
        context = self._request_context
        context.outcome = "ok"
        if "errors" in content:
            context.outcome, context.codes = "errors", error_codes(content["errors"])
            content["errors"] = with_request_id(content["errors"], context.request_id)
        warnings = content["extensions"].get("warnings", ())
        context.stale = any(warning["code"] == "STALE_DATA" for warning in warnings)

    def _completed(self, result: OperationResult) -> OperationResult:
        self._request_context.charged = result.content["extensions"]["cost"]["charged"]
        return result


class Executions:
    """Prepares operations and charges clients for them."""

    def __init__(
        self, engine: Engine, *, client_limits: ClientLimits, client_addresses: ClientAddresses, statuses: Statuses
    ) -> None:
        self._engine = engine
        self._client_limits = client_limits
        self._client_addresses = client_addresses
        self._statuses = statuses

    def begin(
        self,
        request: GraphQLRequest,
        document: str,
        connection: HTTPConnection,
        *,
        queries_only: bool,
        min_cost: int = 0,
    ) -> Execution:
        """The execution of a request; raises `HTTPError` or `RequestError` if it is refused."""
        priced = self._engine.prepare(document, request.variables, request.operation_name)
        request_context: RequestContext = connection.state.request_context
        bucket = self.bucket(connection)
        request_context.set_operation(priced.operation.name, priced.operation.type, priced.cost)
        if queries_only and not priced.operation.is_query:
            raise HTTPError("METHOD_NOT_ALLOWED", "Mutations must be sent by POST.", {"Allow": "POST"})
        return Execution(self._engine, priced, bucket, request_context, statuses=self._statuses, min_cost=min_cost)

    def has_to_wait(self, document: str) -> bool:
        """Whether `wait_to_prepare` has to be called before `begin`."""
        return self._engine.has_to_wait(document)

    async def wait_to_prepare(self, document: str, client: str) -> None:
        """Wait for the client's turn, if the document takes long to prepare."""
        await self._engine.wait_to_prepare(document, self._client_limits.bucket(client))

    def client(self, connection: HTTPConnection) -> str:
        """The name of the request's client."""
        request_context: RequestContext = connection.state.request_context
        request_context.client = request_context.client or self._client_addresses.client(connection)
        return request_context.client

    def bucket(self, connection: HTTPConnection) -> TokenBucket:
        """The points of the request's client."""
        return self._client_limits.bucket(self.client(connection))

    def charge_registration(self, client: str) -> None:
        """Take the price of a persisted document; raises `HTTPError` if the client has too few points."""
        _charge(self._client_limits.bucket(client), REGISTRATION, "registration of a document")


def _charge(bucket: TokenBucket, cost: int, subject: str = "operation") -> None:
    """Take the points in advance; the rest is refunded after the execution of an operation."""
    if bucket.limit and cost > bucket.limit:
        rule = "points of the operation; no client has more than the maximum"
        raise RequestError([format_error(LimitExceeded("cost", cost, bucket.limit, rule))])
    wait_s = bucket.wait_s(cost)
    if wait_s > 0:
        headers = {"Retry-After": str(ceil(wait_s)), **_rate_headers(bucket)}
        price = "1 point" if cost == 1 else f"{cost} points"
        message = (
            f"The {subject} costs {price}, but only {bucket.remaining} of {bucket.limit} are left"
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
