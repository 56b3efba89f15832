"""Synchronous execution: plain queries on cached data get their responses where the response cache is consulted.

The path through Starlette takes several times as long as a small query. It remains for pages, mutations, refusals,
failures, traces, large responses, and operations that have to wait, which the endpoint continues.
"""

from collections.abc import Coroutine, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any, TypeVar

from starlette.datastructures import QueryParams
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from gateway.graph.programs import Run
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.request_context import RequestContext, current_request

from .cache.cache_key import PlainRequest
from .cache.compression import MAX_INLINE_BYTES
from .cross_origin import CORS
from .documents.persisted_documents import PersistedDocuments
from .execution import Executions
from .graphql_request import from_body, from_parameters
from .middleware import identity_headers, request_id
from .responses import MAX_INLINE_VALUES

T = TypeVar("T")

# Larger responses are left to the endpoint, which uses threads: to encode them, or to compress or hash them.
MAX_COMPRESSED_VALUES = 2000
# The origins in cache keys: the allowed ones, if they are listed, and one form for all others.
MAX_ORIGINS = 100


class SynchronousExecution:
    """Executes plain queries that do not have to wait."""

    def __init__(
        self,
        executions: Executions,
        *,
        documents: PersistedDocuments,
        metrics: Metrics,
        cors: Mapping[str, Any],
        max_body_bytes: int,
    ) -> None:
        self._executions = executions
        self._documents = documents
        self._metrics = metrics
        self._cors = CORS(_start, **cors)
        self._max_body_bytes = max_body_bytes
        self._cors_headers = lru_cache(MAX_ORIGINS)(self._find_cors_headers)

    def respond(self, scope: Scope, request: PlainRequest) -> Response | None:
        """The response; None if the application has to make it.

        The application finds an execution that has been started, and its request context, in `scope["state"]`.
        """
        state = scope.setdefault("state", {})
        given = request.headers.get(b"x-request-id")
        context = state["request_context"] = RequestContext(request_id(given.decode("latin-1") if given else None))
        token = current_request.set(context)
        response = None
        with suppress(Exception):
            # The application meets the same exception, and responds to it.
            response = self._execute(scope, request)
        current_request.reset(token)
        if response:
            self._metrics.count_request(context)
            self._add_headers(response, request.key.origin, context.request_id)
        elif "execution" not in state:
            del state["request_context"]
        return response

    def _execute(self, scope: Scope, request: PlainRequest) -> Response | None:
        text, is_get = request.key.text, request.key.method == "GET"
        if b"traceparent" in request.headers or (not is_get and len(text) > self._max_body_bytes):
            return None
        graphql_request = from_parameters(QueryParams(text)) if is_get else from_body(text)
        document = self._documents.peek(graphql_request)
        if document is None or self._executions.has_to_wait(document):
            return None
        state = scope["state"]
        execution = self._executions.begin(graphql_request, document, HTTPConnection(scope), queries_only=True)
        state["execution"] = execution
        result = execution.start()
        needs_only_encoding = request.key.method == "POST" and not request.key.coding
        max_values = MAX_INLINE_VALUES if needs_only_encoding else MAX_COMPRESSED_VALUES
        if isinstance(result, Run) or result.values > max_values:
            return None
        execution.settle()
        response = execution.response(result, request.key.media_type)
        if len(response.body) > MAX_INLINE_BYTES and not needs_only_encoding:
            return None
        del state["execution"]
        state["validity"] = result.validity
        return response

    def _add_headers(self, response: Response, origin: str, identity: str) -> None:
        """Add the headers of the middleware."""
        vary, *others = self._cors_headers(origin)
        headers = [vary if name == vary[0] else (name, value) for name, value in response.raw_headers]
        response.raw_headers = [*headers, *identity_headers(identity), *others]

    def _find_cors_headers(self, origin: str) -> list[tuple[bytes, bytes]]:
        """`Vary`, and the headers that the middleware adds for the origin of a cache key."""
        headers: list[tuple[bytes, bytes]] = []

        async def send(start: Message) -> None:
            headers.extend(start["headers"])

        request_headers = [(b"origin", origin.encode("latin-1"))] if origin else []
        completed(self._cors({"type": "http", "method": "POST", "headers": request_headers}, _receive, send))
        return headers


def completed(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that does not wait."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    coroutine.close()
    raise RuntimeError("the coroutine waits")


async def _start(_: Scope, __: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"vary", b"Accept")]})


async def _receive() -> Message:
    return {"type": "http.disconnect"}
