"""Closing a connection without interrupting a client that is still sending its request."""

import asyncio
from functools import partial
from types import SimpleNamespace
from typing import Any

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from .delivery_protocol import DeliveryProtocol

# Proxies accept bodies of this size by default.
MAX_DISCARDED_BYTES = 2**20
# The time between two looks at the client: if it has sent nothing, it has received the response.
DRAIN_CHECK_S = 2.0


class DrainingProtocol(DeliveryProtocol):
    """Discards the rest of a request, up to a limit, before it closes the connection.

    The kernel answers data for a closed socket with a reset. A client that is still sending then loses the response,
    and a proxy concludes that the server is down.
    """

    def __init__(self, config: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(config, *args, **kwargs)
        self.header_timeout_s: float = config.header_timeout_s
        # Whether the parser is in a body, even in that of an answered request.
        self._in_body = False
        # Whether the connection accepts no more requests.
        self._is_ending = False
        self._app_cycle: RequestResponseCycle | None = None
        self._max_discarded_bytes = MAX_DISCARDED_BYTES
        self._discarded_bytes = 0
        self._drain_timer: asyncio.TimerHandle | None = None
        self._drain_until: float | None = None

    @property
    def _is_draining(self) -> bool:
        return self._drain_until is not None

    def on_message_complete(self) -> None:
        """The parser is between two requests."""
        self._in_body, self._discarded_bytes = False, 0
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the timer, and notify the application."""
        if self._drain_timer is not None:
            self._drain_timer.cancel()
        # uvicorn notifies the last of several pipelined requests, which need not be the one in the application.
        self._abandon()
        super().connection_lost(exc)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._app_cycle = cycle
        if cycle.more_body:
            # The application may respond, and close the connection, before the end of the body.
            close = partial(self._close_after, cycle)
            cycle.transport = SimpleNamespace(  # type: ignore[assignment]  # all methods that a cycle uses
                write=self.transport.write, is_closing=self.transport.is_closing, close=close
            )
        super()._start_asgi_task(cycle, app)

    def _close_after(self, cycle: RequestResponseCycle) -> None:
        if cycle.more_body:
            self._drain()
        else:
            self.transport.close()

    def _abandon(self) -> None:
        """Tell the application that the client does not wait for a response."""
        if self._app_cycle is not None:
            self._app_cycle.disconnected = True
            self._app_cycle.message_event.set()

    def _drain(self) -> None:
        """Close the connection when the client has sent its request, or too much."""
        if self._is_draining or self.transport.is_closing():
            return
        self._is_ending = True
        self._unset_keepalive_if_required()
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._drain_until = self.loop.time() + self.header_timeout_s
        self._schedule_check_of_client()

    def _schedule_check_of_client(self) -> None:
        after_s = min(DRAIN_CHECK_S, self.header_timeout_s)
        self._drain_timer = self.loop.call_later(after_s, self._check_client, self._discarded_bytes)

    def _check_client(self, discarded_bytes: int) -> None:
        is_silent = self._discarded_bytes == discarded_bytes
        if is_silent or self._drain_until is None or self.loop.time() >= self._drain_until:
            self.transport.close()
        else:
            self._schedule_check_of_client()

    def _discard(self, size: int) -> None:
        """Count data that is not used; close the connection if it is too much."""
        self._discarded_bytes += size
        if self._discarded_bytes > self._max_discarded_bytes:
            self._is_ending = True
            self.transport.close()
