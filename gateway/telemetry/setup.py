"""Chooses the tracing that the settings select. OpenTelemetry's SDK is an optional extra."""

from importlib import import_module

from gateway.settings import BadSettings, Settings

from .tracing import Tracing

EXTRA = "osutrack-gateway[otel]"


def tracing(settings: Settings) -> Tracing:
    """What the settings want; the rest is told by OpenTelemetry's own variables, `OTEL_…`."""
    if not settings.open_telemetry:
        return Tracing()
    require(settings)
    from .otel import exported  # noqa: PLC0415 - an extra, which takes a tenth of a second to import

    return exported(settings.upstream_url)


def require(settings: Settings) -> None:
    """Raise `BadSettings` if spans are wanted and what makes them is not installed."""
    try:
        if settings.open_telemetry:
            import_module(".otel", __package__)
    except ImportError as exc:
        raise BadSettings(f"GATEWAY_OPEN_TELEMETRY: needs an extra: pip install '{EXTRA}' ({exc})") from exc
