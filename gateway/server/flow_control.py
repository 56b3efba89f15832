"""How a connection is read from and written to, where uvicorn would go on without end."""

import asyncio
from collections.abc import Sized

from uvicorn.protocols.http.flow_control import FlowControl


class TimeoutFlowControl(FlowControl):
    """Does not read on while requests wait for their turn, and gives up on who takes nothing of an answer.

    uvicorn reads on after each answer, however many of the requests behind it have been read already: who sent
    requests without end and took no answers would have them all held here, each in a hundred times its size.
    """

    def __init__(self, transport: asyncio.Transport, waiting: Sized, timeout_s: float) -> None:
        super().__init__(transport)
        self._waiting = waiting
        self._timeout_s = timeout_s
        self._timer: asyncio.TimerHandle | None = None

    def resume_reading(self) -> None:
        """Read on, if nothing waits that has been read."""
        if not self._waiting:
            super().resume_reading()

    def pause_writing(self) -> None:
        """There is more to be sent than the client takes at once."""
        super().pause_writing()
        if self._timer is None:
            self._wait()

    def resume_writing(self) -> None:
        """The client has taken it, or has left."""
        super().resume_writing()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait(self) -> None:
        unsent = self._transport.get_write_buffer_size()
        self._timer = asyncio.get_running_loop().call_later(self._timeout_s, self._check_timeout, unsent)

    def _check_timeout(self, unsent: int) -> None:
        if self._transport.get_write_buffer_size() < unsent:
            self._wait()
        else:
            self._transport.abort()
