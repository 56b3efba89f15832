"""uvicorn's HTTP protocol, extended by synchronous responses from the application's response cache.

uvicorn creates a task for each request. For a cached response, the task costs more than all other steps together.
"""

import asyncio
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from .bounded_send import Headers, respond_with
from .deliveries import LARGE_BYTES
from .shutdown import GracefulProtocol

# Many clients send headers and body in separate packets. The application waits for later or longer bodies.
BODY_TIMEOUT_S = 0.25
MAX_BODY_BYTES = 16 * 2**10
# From a request's scope and body to its cached response: status, cached headers, headers of this request, body.
Response = tuple[int, Headers, Headers, bytes]
# The same, with the request as it was received, or nothing. A future: not yet.
Lookup = Callable[[Any, bytes, bytes], Response | asyncio.Future[None] | None]
# From the bytes of a request, and its connection, to the same, if equal bytes have been looked up before.
Repeat = Callable[[bytes, dict[str, Any]], Response | asyncio.Future[None] | None]


class GatewayProtocol(GracefulProtocol):
    """Sends the response of the application's `state.lookup`; calls the application only if there is none."""

    def __init__(self, config: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(config, *args, **kwargs)
        self._lookup: Lookup = config.loaded_app.state.lookup
        self._repeat: Repeat = config.loaded_app.state.repeat
        # The data that is being parsed, if it began between two requests; the response to it, and its state.
        self._data = b""
        self._ready: Response | None = None
        self._state: dict[str, Any] = {}
        self._parsing = False
        # A request that waits for the response to equal bytes.
        self._held = b""
        self._pending: tuple[RequestResponseCycle, Any] | None = None
        self._body_timer: asyncio.TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        """Parse the data, then dispatch the request if its headers are complete."""
        if self._held:
            held, self._held = self._held, b""
            self._parse(held + data)
        elif self._is_between_requests:
            self._respond_unparsed(data, self.app_state.copy())
        else:
            self._parse(data)

    def _respond_unparsed(self, data: bytes, state: dict[str, Any]) -> None:
        response = self._repeat(data, {"client": self.client, "server": self.server, "state": state})
        if isinstance(response, asyncio.Future):
            self._held = data
            self._end_headers()
            self._unset_keepalive_if_required()
            response.add_done_callback(lambda _: self._release(data, state))
        elif response and len(response[-1]) <= LARGE_BYTES:
            self._end_headers()
            self._write(*response)
            self.on_response_complete()
        else:
            self._data, self._ready, self._state = data, response, state
            self._parse(data)
            self._data, self._ready, self._state = b"", None, {}

    def _release(self, data: bytes, state: dict[str, Any]) -> None:
        if self._held is not data:
            # It was parsed with later data, or the connection is lost.
            return
        self._held = b""
        if self._is_between_requests:
            self._respond_unparsed(data, state)
        else:
            self._parse(data)

    def _parse(self, data: bytes) -> None:
        self._parsing = True
        super().data_received(data)
        self._parsing = False
        if self._pending is not None:
            self._pending[0].scope["state"].update(self._state)
            self._dispatch(*self._pending)

    @property
    def _is_between_requests(self) -> bool:
        """Whether the parser is at the start of a request, and its response could be sent at once."""
        if self._shutting_down or self._is_ending or self.flow.write_paused or not self._is_idle:
            return False
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or (cycle.keep_alive and not cycle.more_body)

    @property
    def _is_idle(self) -> bool:
        return not self._held and super()._is_idle

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the timer of a late body, and discard a request that waits."""
        self._clear_pending()
        self._held = b""
        super().connection_lost(exc)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        # Called by uvicorn when the headers are complete. The body may be in the data that is being parsed.
        if self._parsing:
            self._pending = cycle, app
        else:
            super()._start_asgi_task(cycle, app)

    def _dispatch(self, cycle: RequestResponseCycle, app: Any) -> None:
        is_ready = not cycle.more_body or len(cycle.body) > MAX_BODY_BYTES or cycle.waiting_for_100_continue
        if is_ready:
            self._respond(cycle, app)
        elif self._body_timer is None:
            self._body_timer = self.loop.call_later(BODY_TIMEOUT_S, self._respond, cycle, app)

    def _abandon(self) -> None:
        if self._pending is None:
            super()._abandon()
        else:
            self._clear_pending()

    def _clear_pending(self) -> None:
        self._pending = None
        if self._body_timer is not None:
            self._body_timer.cancel()
            self._body_timer = None

    def _respond(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._clear_pending()
        if cycle.disconnected:
            return
        # uvicorn handles connections to be closed and clients that read slowly.
        simple = cycle.keep_alive and not cycle.more_body and not self.flow.write_paused
        # Without the start of another request.
        data = b"" if self.pipeline or cycle.scope is not self.scope else self._data
        response = self._ready or (self._lookup(cycle.scope, bytes(cycle.body), data) if simple else None)
        if isinstance(response, asyncio.Future):
            self._app_cycle = cycle
            response.add_done_callback(lambda _: self._respond(cycle, app))
        elif response is None:
            super()._start_asgi_task(cycle, app)
        elif len(response[-1]) > LARGE_BYTES:
            super()._start_asgi_task(cycle, respond_with(*response))
        else:
            self._write(*response)
            cycle.response_started = cycle.response_complete = True
            cycle.on_response()

    def _write(self, status: int, headers: Headers, added: Headers, body: bytes) -> None:
        added_lines = _lines((*self.server_state.default_headers, *added))
        head = b"".join((STATUS_LINE[status], _cached_lines(headers), added_lines, b"\r\n"))
        self.transport.writelines((head, body))


def _lines(headers: Headers) -> bytes:
    return b"".join([b"%b: %b\r\n" % header for header in headers])


_cached_lines = lru_cache(maxsize=1024)(_lines)
