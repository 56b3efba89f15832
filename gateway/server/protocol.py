"""uvicorn's HTTP protocol with a shortcut: an answer that is remembered is sent as soon as the request has been read.

A task for each request, which awaits what is there already, costs more than all the rest of such an answer.
"""

import asyncio
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from .flow_control import TimeoutFlowControl
from .timeouts import TimeoutProtocol

# Many clients send headers and body apart. Who is slower than this, or sends more, has the application wait for it.
BODY_S = 0.25
MAX_BODY_BYTES = 16 * 2**10
Headers = tuple[tuple[bytes, bytes], ...]
# From a request's scope and whole body to its answer, None if that is not remembered: status, headers that are sent
# again and again, headers of this time, body.
Lookup = Callable[[Any, bytes], tuple[int, Headers, Headers, bytes] | None]


class Protocol(TimeoutProtocol):
    """Asks the application's `state.lookup` first, and calls the application for what that does not know."""

    def __init__(self, config: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(config, *args, **kwargs)
        self._lookup: Lookup = config.loaded_app.state.lookup
        self._reading = False
        self._called: RequestResponseCycle | None = None
        self._begun: tuple[RequestResponseCycle, Any] | None = None
        self._waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Read from it and write to it as `TimeoutFlowControl` says."""
        super().connection_made(transport)
        self.flow = TimeoutFlowControl(transport, self.pipeline, self.header_timeout_s)

    def data_received(self, data: bytes) -> None:
        """Read it, and then see to the request that has begun in it."""
        self._reading = True
        super().data_received(data)
        self._reading = False
        if self._begun is not None:
            self._dispatch(*self._begun)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is left who could be answered."""
        self._stop_waiting()
        if self._called is not None:
            # uvicorn tells the last of several requests that nobody listens, and not the one that is being answered.
            self._called.disconnected = True
            self._called.message_event.set()
        super().connection_lost(exc)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        # uvicorn starts it when the headers are complete; the body may be in what is being read.
        if self._reading:
            self._begun = cycle, app
        else:
            self._call(cycle, app)

    def _call(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._called = cycle
        super()._start_asgi_task(cycle, app)

    def _dispatch(self, cycle: RequestResponseCycle, app: Any) -> None:
        late = cycle.more_body and len(cycle.body) <= MAX_BODY_BYTES and not cycle.waiting_for_100_continue
        if not late:
            self._begin(cycle, app)
        elif self._waiting is None:
            self._waiting = self.loop.call_later(BODY_S, self._begin, cycle, app)

    def _stop_waiting(self) -> None:
        self._begun = None
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _begin(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._stop_waiting()
        # A connection that is to be closed, or does not take what is sent, is left to uvicorn.
        plain = cycle.keep_alive and not cycle.more_body and not self.flow.write_paused
        answer = self._lookup(cycle.scope, bytes(cycle.body)) if plain else None
        if answer is None:
            self._call(cycle, app)
        else:
            self._send(cycle, *answer)

    def _send(self, cycle: RequestResponseCycle, status: int, headers: Headers, own: Headers, body: bytes) -> None:
        ours = _lines((*self.server_state.default_headers, *own))
        head = b"".join((STATUS_LINE[status], _lines_again(headers), ours, b"\r\n"))
        self.transport.writelines((head, body))
        cycle.response_started = cycle.response_complete = True
        cycle.on_response()


def _lines(headers: Headers) -> bytes:
    return b"".join([b"%b: %b\r\n" % header for header in headers])


_lines_again = lru_cache(maxsize=1024)(_lines)


class ServerConfig(uvicorn.Config):
    """uvicorn's, with this protocol; headers have to be there after `header_timeout_s`. It goes to worker processes."""

    def __init__(self, app: Any, *, header_timeout_s: float, **options: Any) -> None:
        # Which proxies are believed is a setting of ours, and so is who a client is.
        super().__init__(app, http=Protocol, proxy_headers=False, **options)
        self.header_timeout_s = header_timeout_s
