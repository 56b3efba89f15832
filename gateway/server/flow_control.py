"""Flow control of a connection: bounds on buffered requests and on the time to send a response."""

import asyncio
import socket
from collections.abc import Callable, Sized
from contextlib import suppress

from uvicorn.protocols.http.flow_control import FlowControl

# Bytes in the kernel that it has not sent yet. By default it buffers up to 4 MB for a client that reads slowly.
KERNEL_BYTES = 128 * 2**10


class TimeoutFlowControl(FlowControl):
    """Pauses reading while requests are queued, and reports a client that stops reading.

    uvicorn resumes reading after each response, however many pipelined requests are queued. A client that pipelines
    without end could then fill the memory with queued requests, each of a hundred times its size on the wire.
    """

    def __init__(
        self,
        transport: asyncio.Transport,
        queue: Sized,
        timeout_s: float,
        on_timeout: Callable[["TimeoutFlowControl"], None],
    ) -> None:
        """`on_timeout` is called each time that the client has read nothing for the timeout."""
        super().__init__(transport)
        self._queue = queue
        self._timeout_s = timeout_s
        self._on_timeout = on_timeout
        self._timer: asyncio.TimerHandle | None = None

    @property
    def unsent_bytes(self) -> int:
        """Bytes of responses that the transport holds."""
        return self._transport.get_write_buffer_size()

    def abort(self) -> None:
        """Close the connection without sending the rest."""
        self._transport.abort()

    def resume_reading(self) -> None:
        """Resume reading once no request is queued."""
        if not self._queue:
            super().resume_reading()

    def pause_writing(self) -> None:
        """The client does not keep up: start the timeout."""
        super().pause_writing()
        if self._timer is None:
            self._start_timer()

    def resume_writing(self) -> None:
        """The kernel has taken all bytes, or the client has disconnected."""
        super().resume_writing()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _start_timer(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._timeout_s, self._check_timeout, self.unsent_bytes)

    def _check_timeout(self, unsent_bytes: int) -> None:
        if self.unsent_bytes >= unsent_bytes:
            self._on_timeout(self)
        if not self._transport.is_closing():
            self._start_timer()


def limit_buffers(transport: asyncio.Transport) -> None:
    """Keep few unsent bytes in the kernel, and pause writing as soon as it accepts no more."""
    transport.set_write_buffer_limits(high=0)
    connection = transport.get_extra_info("socket")
    # Neither every system nor every kind of socket has the option.
    with suppress(AttributeError, OSError):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, KERNEL_BYTES)
