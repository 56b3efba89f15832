"""Graceful shutdown of a connection: a request that was received is answered, even if it has not been read yet."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from .timeouts import TimeoutProtocol

# The time to read requests that wait in the socket's buffer.
LINGER_S = 0.1


class GracefulProtocol(TimeoutProtocol):
    """Closes an idle connection after a last look at its buffer. uvicorn closes it at once, and discards requests."""

    def __init__(self, config: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(config, *args, **kwargs)
        self._shutting_down = False
        self._linger_timer: asyncio.TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        """Parse the data. During the shutdown, the last request in it ends the connection."""
        super().data_received(data)
        if self._shutting_down:
            self._end_after_response()

    def shutdown(self) -> None:
        """Called by uvicorn at the beginning of the shutdown."""
        self._shutting_down = True
        if self._is_idle:
            self._linger()
        elif not self.pipeline:
            self._end_after_response()

    def on_response_complete(self) -> None:
        """During the shutdown, close the connection after the last of several pipelined requests."""
        super().on_response_complete()
        if self._shutting_down and self._is_idle:
            self._linger()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the timer."""
        if self._linger_timer is not None:
            self._linger_timer.cancel()
        super().connection_lost(exc)

    @property
    def _is_idle(self) -> bool:
        """Whether no request is in progress, and no part of another one was read."""
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None:
            return self.scope is None
        return cycle.response_complete and cycle.scope is self.scope

    def _end_after_response(self) -> None:
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None:
            cycle.keep_alive = False

    def _linger(self) -> None:
        # Timers run before reads if the event loop is late: between two timers, the buffer is read in any case.
        self._linger_timer = self.loop.call_later(LINGER_S, self._linger_again)

    def _linger_again(self) -> None:
        self._linger_timer = self.loop.call_later(0.001, self._close_if_idle)

    def _close_if_idle(self) -> None:
        if self._is_idle:
            self.transport.close()
