"""The choice of tracing by the settings. OpenTelemetry's SDK and exporter are an optional extra."""

from importlib import import_module

from gateway.settings import BadSettings, Settings

from .tracing import Tracing

EXTRA = "osutrack-gateway[otel]"


def create_tracing(settings: Settings) -> Tracing:
    """Tracing that exports spans if GATEWAY_OPEN_TELEMETRY is set, configured by the variables `OTEL_…`."""
    if not settings.open_telemetry:
        return Tracing()
    check_extra(settings)
    from .otel import exported_tracing  # noqa: PLC0415 - an extra, which takes a tenth of a second to import

    return exported_tracing(settings.upstream_url)


def check_extra(settings: Settings) -> None:
    """Raise `BadSettings` if spans are enabled and the extra is not installed."""
    try:
        if settings.open_telemetry:
            import_module(".otel", __package__)
    except ImportError as exc:
        raise BadSettings(f"GATEWAY_OPEN_TELEMETRY: needs an extra: pip install '{EXTRA}' ({exc})") from exc
