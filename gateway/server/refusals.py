"""Errors of the server itself: responses to requests that cannot reach the application."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from .draining import DrainingProtocol

# The time for the responses to earlier requests on the connection.
REFUSAL_WAIT_S = 1.0
Headers = tuple[tuple[bytes, bytes], ...]
# From the known part of a request's scope, an error code and a message to a response: status, headers, body.
Refusal = Callable[[Mapping[str, Any], str, str], tuple[int, Headers, bytes]]

# Without uvicorn's warning for each invalid request: the access log has a line for it.
log = logging.getLogger("uvicorn.error.http")
log.setLevel(logging.ERROR)


class RefusalProtocol(DrainingProtocol):
    """Refuses a request with the response of the application's `state.refusal`, then closes the connection."""

    def __init__(self, config: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(config, *args, **kwargs)
        self.logger = log
        self._response: Refusal = config.loaded_app.state.refusal
        # The refused request's scope, an error code and a message, until the earlier requests have their responses.
        self._refused: tuple[Mapping[str, Any], str, str] | None = None
        self._refusal_timer: asyncio.TimerHandle | None = None

    def on_response_complete(self) -> None:
        """Continue with the next request, or with its refusal. Nothing follows the last response."""
        if not self._is_ending or self.pipeline:
            super().on_response_complete()
        elif self._refused is not None and not self._is_draining:
            self._send_refusal()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the timer."""
        self._cancel_refusal_timer()
        super().connection_lost(exc)

    def _refuse(self, code: str, message: str) -> None:
        """Refuse the request that is being received, after the responses to earlier requests."""
        if self._is_ending:
            return
        self._is_ending = True
        if self._in_body and self.cycle.response_started:
            # The rest of an answered request.
            self.transport.close()
            return
        self._refused = self._known_scope(), code, message
        if self._in_body and self.pipeline:
            self.pipeline.popleft()
        elif self._in_body:
            self._abandon()
            self._send_refusal()
            return
        if self._is_answering():
            self.flow.pause_reading()
            self._refusal_timer = self.loop.call_later(REFUSAL_WAIT_S, self._stop_answering)
        else:
            self._send_refusal()

    def _is_answering(self) -> bool:
        """Whether a request before the one that is being received has no complete response."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _known_scope(self) -> Mapping[str, Any]:
        """The scope of the request that is being received; empty between two requests."""
        cycle: RequestResponseCycle | None = self.cycle
        scope: Mapping[str, Any] | None = self.scope
        is_earlier = cycle is not None and cycle.scope is scope and not self._in_body
        return {} if scope is None or is_earlier else scope

    def _stop_answering(self) -> None:
        self.pipeline.clear()
        self._abandon()
        if self._app_cycle is not None and self._app_cycle.response_started:
            self.transport.close()
        else:
            self._send_refusal()

    def _send_refusal(self) -> None:
        self._cancel_refusal_timer()
        if self._refused is None:
            return
        status, headers, body = self._response(*self._refused)
        lines = [b"%b: %b\r\n" % header for header in (*self.server_state.default_headers, *headers)]
        self.transport.write(b"".join((STATUS_LINE[status], *lines, b"connection: close\r\n\r\n", body)))
        self._drain()

    def _cancel_refusal_timer(self) -> None:
        if self._refusal_timer is not None:
            self._refusal_timer.cancel()
