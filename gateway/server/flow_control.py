"""Flow control of a connection: bounds on buffered requests and on the time to send a response."""

import asyncio
from collections.abc import Sized

from uvicorn.protocols.http.flow_control import FlowControl


class TimeoutFlowControl(FlowControl):
    """Pauses reading while requests are queued, and aborts the connection if the client stops reading.

    uvicorn resumes reading after each response, however many pipelined requests are queued. A client that pipelines
    without end could then fill the memory with queued requests, each of a hundred times its size on the wire.
    """

    def __init__(self, transport: asyncio.Transport, queue: Sized, timeout_s: float) -> None:
        super().__init__(transport)
        self._queue = queue
        self._timeout_s = timeout_s
        self._timer: asyncio.TimerHandle | None = None

    def resume_reading(self) -> None:
        """Resume reading once no request is queued."""
        if not self._queue:
            super().resume_reading()

    def pause_writing(self) -> None:
        """The write buffer is full: start the timeout."""
        super().pause_writing()
        if self._timer is None:
            self._start_timer()

    def resume_writing(self) -> None:
        """The write buffer has room, or the client has disconnected."""
        super().resume_writing()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _start_timer(self) -> None:
        unsent_bytes = self._transport.get_write_buffer_size()
        self._timer = asyncio.get_running_loop().call_later(self._timeout_s, self._check_timeout, unsent_bytes)

    def _check_timeout(self, unsent_bytes: int) -> None:
        if self._transport.get_write_buffer_size() < unsent_bytes:
            self._start_timer()
        else:
            self._transport.abort()
