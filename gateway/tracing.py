"""Where the time of an operation went, as those see it who trace requests through many servers.

Without OpenTelemetry, which is an extra, no spans are made, but a client's trace is passed on to osu!track.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module

from .settings import BadSettings, Settings
from .visits import visiting

EXTRA = "osutrack-gateway[otel]"


class Step:
    """Something under way that may have a span. `headers` tell whoever is asked what it belongs to."""

    def __init__(self, headers: Mapping[str, str] | None = None) -> None:
        self.headers = headers or {}

    def answered(self, status: int) -> None:
        """The server that was asked has answered."""

    def failed(self, code: str) -> None:
        """It came to nothing, or not to everything."""


NO_STEP = nullcontext(Step())


class Tracing:
    """Without spans."""

    def operation(self, operation_type: str, name: str | None) -> AbstractContextManager[Step]:
        """Around the execution of an operation."""
        return NO_STEP

    def request(self, method: str, path: str, *, resent: int = 0) -> AbstractContextManager[Step]:
        """Around a request to osu!track, whose `headers` it has to send."""
        visit = visiting.get()
        return nullcontext(Step(visit.trace.child().headers)) if visit and visit.trace else NO_STEP

    def close(self) -> None:
        """Send what has not been sent yet."""


def tracing(settings: Settings) -> Tracing:
    """What the settings want; the rest is told by OpenTelemetry's own variables, `OTEL_…`."""
    if not settings.open_telemetry:
        return Tracing()
    require(settings)
    from .spans import exported  # noqa: PLC0415 - an extra, which takes a tenth of a second to import

    return exported(settings.upstream_url)


def require(settings: Settings) -> None:
    """Raise `BadSettings` if spans are wanted and what makes them is not installed."""
    try:
        if settings.open_telemetry:
            import_module(".spans", __package__)
    except ImportError as exc:
        raise BadSettings(f"GATEWAY_OPEN_TELEMETRY: needs an extra: pip install '{EXTRA}' ({exc})") from exc
