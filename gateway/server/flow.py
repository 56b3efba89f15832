"""When a connection is read from: not while there are requests from it that wait for their turn."""

import asyncio
from collections.abc import Sized

from uvicorn.protocols.http.flow_control import FlowControl


class Flow(FlowControl):
    """uvicorn's, which reads on after each answer, however many of the requests behind it have been read already.

    Who sent requests without end and took no answers would have them all held here, each in a hundred times its size.
    """

    def __init__(self, transport: asyncio.Transport, waiting: Sized) -> None:
        super().__init__(transport)
        self._waiting = waiting

    def resume_reading(self) -> None:
        """Read on, if nothing waits that has been read."""
        if not self._waiting:
            super().resume_reading()
