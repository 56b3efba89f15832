"""GraphQL documents of the gateway's own, executed for HTTP routes other than `/graphql`.

A route is charged, limited, timed, logged and counted like the endpoint.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from gateway.graph.engine import OperationResult
from gateway.graph.response_size import PointsBalance
from gateway.telemetry.tracing import Tracing

from .execution import Executions
from .failures import Failure, Failures, FieldErrors
from .graphql_request import GraphQLRequest


class FixedQueries:
    """Executes fixed documents for a client's request, and responds to failures."""

    def __init__(self, executions: Executions, *, failures: Failures, tracing: Tracing) -> None:
        self._executions = executions
        self._failures = failures
        self._tracing = tracing

    async def respond(
        self,
        request: Request,
        respond: Callable[[], Awaitable[Response]],
        to_response: Callable[[Failure], Response] | None = None,
    ) -> Response:
        """The response of `respond`, which calls `execute`; `to_response` replaces the JSON or text for failures.

        A route calls it once per request, because it counts the request.
        """
        return await self._failures.respond(
            request, respond, to_response or (lambda failure: self._failures.file_error(request, failure))
        )

    async def execute(
        self,
        request: Request,
        document: str,
        variables: Mapping[str, Any],
        *,
        min_cost: int = 0,
        may_update: bool = False,
    ) -> OperationResult:
        """The result of the document's only operation; raises `HTTPError`, `RequestError` or `GatewayError`.

        The result's content has the errors of fields. Its objects may be msgspec Structs instead of dictionaries.
        `min_cost` is charged even if all data is cached. `may_update` permits mutations: the route has checked the
        client's token. The response cache stores the route's response as long as the result is valid, if its path is
        in `cached_files.py`.
        """
        client = self._executions.client(request)
        await self._executions.wait_to_prepare(document, client)
        execution = self._executions.begin(
            GraphQLRequest(document, variables, None, None, {}),
            document,
            request,
            queries_only=not may_update,
            min_cost=min_cost,
        )
        result = await execution.complete(self._tracing, may_update=may_update)
        execution.record(result.content)
        request.state.validity = result.validity
        return result

    def points(self, request: Request) -> PointsBalance:
        """The points of the request's client, which stand for the client in a queue."""
        return self._executions.bucket(request)

    async def data(self, request: Request, document: str, variables: Mapping[str, Any], *, min_cost: int = 0) -> Any:
        """The data of `complete` as dictionaries and lists."""
        result = await self.complete(request, document, variables, min_cost=min_cost)
        return msgspec.to_builtins(result.content["data"])

    async def complete(
        self, request: Request, document: str, variables: Mapping[str, Any], *, min_cost: int = 0
    ) -> OperationResult:
        """The result of `execute`; raises `FieldErrors` if any field failed."""
        result = await self.execute(request, document, variables, min_cost=min_cost)
        if "errors" in result.content:
            raise FieldErrors(result.content["errors"])
        return result
