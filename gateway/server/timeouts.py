"""An end to uvicorn's deadline with headers: by itself it waits for ever for the rest of one."""

import asyncio
import json
import re
from collections import deque
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from gateway.errors import CODES, entry

MAX_HEADER_BYTES = 32 * 2**10
# Nobody here speaks anything but HTTP/1.1, and httptools takes the body for the other protocol's:
# Java's clients, which offer HTTP/2, would never be heard.
OFFER = b"\r\nupgrade:"
UPGRADE = re.compile(rb"(?<=\r\nupgrade)(?=:)", re.IGNORECASE)
# Where trailers go. They are not to be taken for headers, which a proxy may have seen to; uvicorn puts them there.
DISCARD: Any = deque(maxlen=0)
REASONS = {400: "Bad Request", 408: "Request Timeout", 431: "Request Header Fields Too Large"}


class TimeoutProtocol(HttpToolsProtocol):
    """Closes a connection on which a request's headers are not complete in time, or grow too large."""

    def __init__(self, config: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(config, *args, **kwargs)
        self.header_timeout_s: float = config.header_timeout_s
        self._timer: asyncio.TimerHandle | None = None
        self._since: float | None = None
        self._header_bytes = 0
        # Of headers that are not complete, what may be the beginning of an offer.
        self._end = b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Wait for the first request, but not for ever."""
        super().connection_made(transport)
        self._since = self.loop.time()
        self._schedule_check(self.header_timeout_s)

    def data_received(self, data: bytes) -> None:
        """As uvicorn does, while headers come in time and in bounds."""
        if not self._in_body and OFFER in (self._end + data).lower():
            data = _without_upgrade(self._end, data)
        before: RequestResponseCycle | None = self.cycle
        held = len(before.body) if before is not None else 0
        super().data_received(data)
        behind = self.cycle is not before
        # What stands between the parts of a body, or behind them, counts as headers do.
        if self._has_headers and (not self.cycle.more_body or len(self.cycle.body) > (0 if behind else held)):
            # The body is the endpoint's affair.
            self._since, self._end = None, b""
        else:
            self._end = self._end_of_headers(data)
            self._more_headers(len(data), behind=behind)

    def on_headers_complete(self) -> None:
        """As uvicorn does; the headers are those that have come by now."""
        super().on_headers_complete()
        self.headers = DISCARD

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing more to wait for."""
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """As JSON, like every other refusal."""
        self._refuse("BAD_REQUEST", msg)

    @property
    def _in_body(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        # Of one that was answered already, too: were it changed, its end would be taken for the next request.
        return cycle is not None and cycle.more_body and cycle.scope is self.scope

    @property
    def _has_headers(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        # What comes behind an answer, be it an empty line or the rest of a body that was refused, is no request yet:
        # it has ended the wait of a connection that is kept alive, and begins the wait for headers.
        return cycle is not None and cycle.scope is self.scope and not cycle.response_complete

    def _end_of_headers(self, data: bytes) -> bytes:
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and cycle.scope is self.scope:
            return b""
        return (self._end + data)[1 - len(OFFER) :].rpartition(b"\r\n\r\n")[2]

    def _more_headers(self, size: int, *, behind: bool) -> None:
        if self._since is None or behind:
            # They begin somewhere in what has come, behind another request.
            self._since, self._header_bytes = self.loop.time(), 0
        else:
            self._header_bytes += size
        if self._header_bytes > MAX_HEADER_BYTES:
            self._refuse("HEADERS_TOO_LARGE", f"The headers are larger than {MAX_HEADER_BYTES} bytes.")

    def _schedule_check(self, after_s: float) -> None:
        # One timer for the connection: one for each request would cost a tenth of a remembered answer.
        self._timer = self.loop.call_later(after_s, self._check_timeout)

    def _check_timeout(self) -> None:
        cycle: RequestResponseCycle | None = self.cycle
        answering = cycle is not None and not cycle.response_complete
        waited_s = 0.0 if self._since is None or answering else self.loop.time() - self._since
        if waited_s < self.header_timeout_s:
            self._schedule_check(self.header_timeout_s - waited_s)
        else:
            self._refuse("REQUEST_TIMEOUT", f"The headers took longer than {self.header_timeout_s:g} s.")

    def _refuse(self, code: str, message: str) -> None:
        if self.transport.is_closing():
            return
        status = CODES[code].status
        body = json.dumps({"errors": [entry(code, message)]}).encode()
        head = (
            f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Type: application/json; charset=utf-8\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()


def _without_upgrade(before: bytes, data: bytes) -> bytes:
    """The data, with an offer to change the protocol under a name that is nobody's; the body is left alone."""
    head, end, body = (before + data).partition(b"\r\n\r\n")
    return (UPGRADE.sub(b"-ignored", head) + end + body)[len(before) :]
