"""Trace context and spans, by the API of OpenTelemetry, which does nothing without its SDK.

Spans follow OpenTelemetry's conventions for GraphQL servers and HTTP clients. No extension of Strawberry
makes them: one that sees every field would disable compiled operations.
"""

from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from opentelemetry.context import Context, attach, detach
from opentelemetry.trace import (
    NonRecordingSpan,
    NoOpTracerProvider,
    Span,
    SpanContext,
    SpanKind,
    StatusCode,
    TracerProvider,
    get_current_span,
    set_span_in_context,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from gateway.errors import GatewayError

from .request_context import current_request

NAME = "osutrack-gateway"
# W3C Trace Context guarantees the forwarding of this many characters; OpenTelemetry allows more.
MAX_TRACESTATE = 512
PORTS = {"http": 80, "https": 443}

# W3C Trace Context only: OTEL_PROPAGATORS could name a propagator that is not installed.
_propagator = TraceContextTextMapPropagator()


def remote_span(traceparents: Sequence[str], tracestates: Sequence[str] = ()) -> SpanContext | None:
    """The client's span according to these headers; None without exactly one valid `traceparent`."""
    if len(traceparents) != 1:
        return None
    state = ",".join(tracestates)
    headers = {"traceparent": traceparents[0], "tracestate": state if len(state) <= MAX_TRACESTATE else ""}
    span = get_current_span(_propagator.extract(headers, Context())).get_span_context()
    return span if span.is_valid else None


class ActiveSpan:
    """A started span, current within the `with` block. An exception sets its error and is raised."""

    def __init__(self, span: Span) -> None:
        self.context = span.get_span_context()
        self._span = span

    def __enter__(self) -> Self:
        self._token = attach(set_span_in_context(self._span))
        return self

    def __exit__(self, _: type[BaseException] | None, exc: BaseException | None, __: TracebackType | None) -> None:
        if exc is not None:
            # Never the message, which may quote a client.
            self.set_error(exc.code if isinstance(exc, GatewayError) else type(exc).__qualname__)
        self._span.end()
        detach(self._token)

    @property
    def headers(self) -> dict[str, str]:
        """The headers that make this span the parent of the server's; empty without a trace."""
        headers: dict[str, str] = {}
        _propagator.inject(headers, set_span_in_context(self._span))
        return headers

    def set_http_status(self, status: int) -> None:
        """Record the status of the HTTP response; 400 and above are errors."""
        self._span.set_attribute("http.response.status_code", status)
        if status >= 400:
            self.set_error(str(status))

    def set_error(self, code: str) -> None:
        """Record the error code of a failed or partly failed operation or request."""
        self._span.set_attribute("error.type", code)
        self._span.set_status(StatusCode.ERROR)


class Tracing:
    """Starts a span for each executed operation, and one inside it for each request to osu!track.

    Without a `provider` nothing is recorded, and the client's `traceparent` is forwarded unchanged.
    """

    def __init__(
        self,
        provider: TracerProvider | None = None,
        upstream_url: str = "",
        *,
        shutdown: Callable[[], None] = lambda: None,
    ) -> None:
        """`shutdown` exports the remaining spans."""
        self.has_provider = provider is not None
        self._tracer = (provider or NoOpTracerProvider()).get_tracer(NAME, version(NAME))
        url = urlsplit(upstream_url)
        self._base = f"{url.scheme}://{url.netloc.rpartition('@')[2]}{url.path.rstrip('/')}"
        self._server: dict[str, str | int] = {
            "server.address": url.hostname or "",
            "server.port": url.port or PORTS.get(url.scheme, 0),
        }
        self.close = shutdown

    def operation(self, operation_type: str, name: str | None) -> ActiveSpan:
        """A span around the execution of an operation, in the client's trace if the request names one."""
        attributes = {"graphql.operation.type": operation_type} | ({"graphql.operation.name": name} if name else {})
        request_context = current_request.get()
        caller = request_context.span if request_context else None
        # The connection's own context is not the parent.
        parent = set_span_in_context(NonRecordingSpan(caller), Context()) if caller else Context()
        # Named by the type only: names are chosen by clients and unbounded in number.
        span = self._start(operation_type, SpanKind.SERVER, attributes, parent)
        if request_context and span.context.is_valid:
            request_context.span = span.context
        return span

    def request(self, method: str, path: str, *, resent: int = 0) -> ActiveSpan:
        """A span around a request to osu!track, without its query string; send `headers` along."""
        attributes: dict[str, str | int] = self._server | {
            "http.request.method": method,
            "url.full": self._base + path,
            "url.template": path,
        }
        if resent:
            attributes["http.request.resend_count"] = resent
        return self._start(f"{method} {path}", SpanKind.CLIENT, attributes)

    def _start(
        self, name: str, kind: SpanKind, attributes: Mapping[str, str | int], parent: Context | None = None
    ) -> ActiveSpan:
        return ActiveSpan(self._tracer.start_span(name, parent, kind, attributes))
