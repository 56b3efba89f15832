"""Spans by OpenTelemetry's conventions for GraphQL servers and HTTP clients. Imported only if they are wanted.

No extension of Strawberry's: one that looks at fields would turn off that lists are completed as a whole.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from urllib.parse import urlsplit

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import (
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    StatusCode,
    TraceFlags,
    TraceState,
    set_span_in_context,
)

from gateway.errors import GatewayError

from .request_context import current_request
from .trace_context import Trace
from .tracing import Step, Tracing

NAME = "osutrack-gateway"
PORTS = {"http": 80, "https": 443}


def exported(upstream_url: str) -> Tracing:
    """Spans that are sent over HTTP where `OTEL_EXPORTER_OTLP_ENDPOINT` says, else to a collector on this machine."""
    provider = TracerProvider(resource=resource())
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return Spans(provider, upstream_url)


def resource() -> Resource:
    """Who sends the spans."""
    ours = Resource.create({"service.name": NAME, "service.version": version(NAME)})
    # Last, as the environment knows better what we are called here.
    return ours.merge(OTELResourceDetector().detect())


class Spans(Tracing):
    """A span for each operation that is executed, and in it one for each request to osu!track."""

    def __init__(self, provider: TracerProvider, upstream_url: str) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer(NAME, version(NAME))
        url = urlsplit(upstream_url)
        self._base = f"{url.scheme}://{url.netloc.rpartition('@')[2]}{url.path.rstrip('/')}"
        self._server: dict[str, str | int] = {
            "server.address": url.hostname or "",
            "server.port": url.port or PORTS[url.scheme],
        }

    @contextmanager
    def operation(self, operation_type: str, name: str | None) -> Iterator[Step]:
        """Named by its type only: clients choose the names, and could choose a million."""
        attributes = {"graphql.operation.type": operation_type} | ({"graphql.operation.name": name} if name else {})
        request_context = current_request.get()
        # Not in whatever is current here, which is the connection's.
        context = _context(request_context.trace if request_context else None)
        with self._span(operation_type, SpanKind.SERVER, attributes, context) as step:
            if request_context:
                request_context.trace = _trace(step.span)
            yield step

    @contextmanager
    def request(self, method: str, path: str, *, resent: int = 0) -> Iterator[Step]:
        """Without the query string, which has a client's variables."""
        attributes: dict[str, str | int] = self._server | {
            "http.request.method": method,
            "url.full": self._base + path,
            "url.template": path,
        }
        if resent:
            attributes["http.request.resend_count"] = resent
        with self._span(f"{method} {path}", SpanKind.CLIENT, attributes) as step:
            step.headers = _trace(step.span).headers
            yield step

    def close(self) -> None:
        """Send what has not been sent yet."""
        self._provider.shutdown()

    @contextmanager
    def _span(
        self, name: str, kind: SpanKind, attributes: Mapping[str, str | int], context: Context | None = None
    ) -> Iterator["_Spanned"]:
        # Failures are told by their code; what they say may quote a client.
        with self._tracer.start_as_current_span(
            name, context, kind, attributes, record_exception=False, set_status_on_exception=False
        ) as span:
            step = _Spanned(span)
            try:
                yield step
            except BaseException as exc:
                step.failed(exc.code if isinstance(exc, GatewayError) else type(exc).__qualname__)
                raise


class _Spanned(Step):
    def __init__(self, span: Span) -> None:
        super().__init__()
        self.span = span

    def answered(self, status: int) -> None:
        self.span.set_attribute("http.response.status_code", status)
        if status >= 400:
            self.failed(str(status))

    def failed(self, code: str) -> None:
        self.span.set_attribute("error.type", code)
        self.span.set_status(StatusCode.ERROR)


def _context(trace: Trace | None) -> Context:
    if trace is None:
        return Context()
    state = TraceState.from_header([trace.state])
    caller = SpanContext(
        int(trace.trace_id, 16),
        int(trace.span_id, 16),
        is_remote=True,
        trace_flags=TraceFlags(trace.flags),
        trace_state=state,
    )
    return set_span_in_context(NonRecordingSpan(caller), Context())


def _trace(span: Span) -> Trace:
    context = span.get_span_context()
    flags = int(context.trace_flags)
    return Trace(f"{context.trace_id:032x}", f"{context.span_id:016x}", flags, context.trace_state.to_header())
