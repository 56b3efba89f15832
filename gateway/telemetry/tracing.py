"""Where the time of an operation went, as those see it who trace requests through many servers.

Without OpenTelemetry, which is an extra, no spans are made, but a client's trace is passed on to osu!track.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext

from .request_context import current_request


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
        request_context = current_request.get()
        return (
            nullcontext(Step(request_context.trace.child().headers))
            if request_context and request_context.trace
            else NO_STEP
        )

    def close(self) -> None:
        """Send what has not been sent yet."""
