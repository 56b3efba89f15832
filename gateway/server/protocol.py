"""uvicorn's HTTP protocol with a shortcut: an answer that is remembered is sent as soon as the request has been read.

A task for each request, which awaits what is there already, costs more than all the rest of such an answer.
"""

from collections.abc import Callable, Iterable
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from .headers import PatientProtocol

# From a request's scope and whole body to the status, headers and body of its answer; None if that is not remembered.
Recall = Callable[[Any, bytes], tuple[int, Iterable[tuple[bytes, bytes]], bytes] | None]


class Protocol(PatientProtocol):
    """Asks the application's `state.recall` first, and calls the application for what that does not know."""

    def __init__(self, config: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(config, *args, **kwargs)
        self._recall: Recall = config.loaded_app.state.recall
        self._reading = False
        self._begun: tuple[RequestResponseCycle, Any] | None = None

    def data_received(self, data: bytes) -> None:
        """Read it, and then see to the request that has begun in it."""
        self._reading = True
        super().data_received(data)
        self._reading = False
        if self._begun is not None:
            begun, self._begun = self._begun, None
            self._begin(*begun)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        # uvicorn starts it when the headers are complete; the body may be in what is being read.
        if self._reading:
            self._begun = cycle, app
        else:
            super()._start_asgi_task(cycle, app)

    def _begin(self, cycle: RequestResponseCycle, app: Any) -> None:
        # A connection that is to be closed, or does not take what is sent, is left to uvicorn.
        plain = cycle.keep_alive and not cycle.more_body and not self.flow.write_paused
        answer = self._recall(cycle.scope, bytes(cycle.body)) if plain else None
        if answer is None:
            super()._start_asgi_task(cycle, app)
        else:
            self._send(cycle, *answer)

    def _send(
        self, cycle: RequestResponseCycle, status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes
    ) -> None:
        lines = [STATUS_LINE[status]]
        for name, value in (*self.server_state.default_headers, *headers):
            lines += (name, b": ", value, b"\r\n")
        lines.append(b"\r\n")
        self.transport.writelines((b"".join(lines), body))
        cycle.response_started = cycle.response_complete = True
        cycle.on_response()


class ServerConfig(uvicorn.Config):
    """uvicorn's, with this protocol; headers have to be there after `header_timeout_s`. It goes to worker processes."""

    def __init__(self, app: Any, *, header_timeout_s: float, **options: Any) -> None:
        # Which proxies are believed is a setting of ours, and so is who a client is.
        super().__init__(app, http=Protocol, proxy_headers=False, **options)
        self.header_timeout_s = header_timeout_s
