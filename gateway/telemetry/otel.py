"""The export of spans through OpenTelemetry's SDK. Imported only if GATEWAY_OPEN_TELEMETRY is set."""

from importlib.metadata import version

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from .tracing import NAME, Tracing


def exported_tracing(upstream_url: str) -> Tracing:
    """Tracing exported over HTTP to `OTEL_EXPORTER_OTLP_ENDPOINT`, by default to a collector on this machine."""
    provider = TracerProvider(resource=resource())
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return Tracing(provider, upstream_url, shutdown=provider.shutdown)


def resource() -> Resource:
    """The name and version of this service."""
    defaults = Resource.create({"service.name": NAME, "service.version": version(NAME)})
    # Merged last, so that the environment's service name takes precedence.
    return defaults.merge(OTELResourceDetector().detect())
