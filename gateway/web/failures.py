"""Requests that fail: their outcome for the log and the metrics, and their response, for all routes."""

from asyncio import CancelledError
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from gateway.errors import GatewayError
from gateway.graph.prepare.errors import RequestError, format_error
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.request_context import RequestContext

from .graphql_request import HTTPError
from .negotiation import GRAPHQL, JSON, header_list, prefers_text
from .responses import error_response
from .statuses import Statuses


class FieldErrors(RequestError):
    """An operation was executed, and its result has errors: the route has no use for the rest of the data."""


class Failure(NamedTuple):
    """The errors of a request as entries of `errors`, and the exception if HTTP is the cause."""

    errors: list[dict[str, Any]]
    http_error: HTTPError | None = None

    @property
    def codes(self) -> list[str]:
        """The codes of the errors, each once."""
        return error_codes(self.errors)

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the response: those of the exception, and `Retry-After` if the time is known."""
        waits = [error["extensions"].get("retryAfterSeconds", 0) for error in self.errors]
        retry_after = {"Retry-After": str(max(waits))} if any(waits) else {}
        return {**retry_after, **(self.http_error.headers if self.http_error else {})}


def failure_of(error: HTTPError | RequestError | GatewayError) -> Failure:
    """The failure that an exception of the gateway stands for."""
    if isinstance(error, HTTPError):
        return Failure([error.to_entry()], error)
    return Failure(error.errors if isinstance(error, RequestError) else [format_error(error)])


def error_codes(errors: Iterable[Mapping[str, Any]]) -> list[str]:
    """The codes of the errors, each once."""
    return sorted({error["extensions"]["code"] for error in errors})


class Failures:
    """Responds to requests that fail, and counts all requests."""

    def __init__(self, *, statuses: Statuses, metrics: Metrics) -> None:
        self.statuses = statuses
        self._metrics = metrics

    async def respond(
        self, request: Request, respond: Callable[[], Awaitable[Response]], to_response: Callable[[Failure], Response]
    ) -> Response:
        """The response of `respond`, or of `to_response` if it raises an exception of the gateway."""
        request_context: RequestContext = request.state.request_context
        # The outcome of an unhandled exception.
        request_context.outcome = "failed"
        try:
            return await respond()
        except (HTTPError, RequestError, GatewayError) as error:
            failure = failure_of(error)
            if isinstance(error, FieldErrors):
                request_context.outcome, request_context.codes = "errors", failure.codes
            else:
                request_context.refuse(failure.codes)
            return to_response(failure)
        except CancelledError:
            # Such as a client's disconnection, or the end of the process: no failure of the gateway.
            request_context.refuse([])
            raise
        finally:
            self._metrics.count_request(request_context)

    def file_error(self, request: Request, failure: Failure) -> Response:
        """The response of a route for files: JSON, or text for clients that prefer it, with the code's status."""
        if failure.http_error:
            status, _ = self.statuses.http_error(failure.http_error, JSON)
        else:
            status, _ = self.statuses.request_error(failure.codes[0], GRAPHQL)
        if not prefers_text(header_list(request.headers, "accept")):
            # Their places in the document are of no use to a client that has not written it.
            errors = [{name: error[name] for name in ("message", "extensions")} for error in failure.errors]
            return error_response(status, errors, JSON, request.state.request_id, failure.headers)
        headers = {"Cache-Control": "no-store", "Vary": "Accept", **failure.headers}
        lines = [f"{error['message']} ({error['extensions']['code']})\n" for error in failure.errors]
        return PlainTextResponse("".join(lines), status, headers)
