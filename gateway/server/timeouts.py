"""Timeout and size limit of request headers, which uvicorn does not have."""

import asyncio
import json
import re
from collections import deque
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from gateway.errors import CODES, entry

from .delivery_protocol import DeliveryProtocol

MAX_HEADER_BYTES = 32 * 2**10
# httptools parses the body behind an `Upgrade` header as the new protocol. Java's HTTP client, which offers HTTP/2,
# would get no response.
UPGRADE_HEADER = b"\r\nupgrade:"
UPGRADE_NAME = re.compile(rb"(?<=\r\nupgrade)(?=:)", re.IGNORECASE)
# uvicorn adds trailers to the headers. They are discarded: a proxy has not checked them.
DISCARD: Any = deque(maxlen=0)


class TimeoutProtocol(DeliveryProtocol):
    """Closes a connection if a request's headers are late or too large."""

    def __init__(self, config: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(config, *args, **kwargs)
        self.header_timeout_s: float = config.header_timeout_s
        self._timer: asyncio.TimerHandle | None = None
        # The start of incomplete headers, in the loop's time; None during a body.
        self._headers_since: float | None = None
        self._header_bytes = 0
        # The last bytes of incomplete headers, which may be the beginning of an `Upgrade` header.
        self._header_tail = b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Start the timeout of the first request."""
        super().connection_made(transport)
        self._headers_since = self.loop.time()
        self._schedule_check(self.header_timeout_s)

    def data_received(self, data: bytes) -> None:
        """Parse the data, and count it as headers or as a body."""
        if not self._in_body and UPGRADE_HEADER in (self._header_tail + data).lower():
            data = _without_upgrade(self._header_tail, data)
        previous: RequestResponseCycle | None = self.cycle
        previous_length = len(previous.body) if previous is not None else 0
        super().data_received(data)
        is_new = self.cycle is not previous
        parsed_length = 0 if is_new else previous_length
        # Chunk extensions and trailers count as headers.
        if self._has_headers and (not self.cycle.more_body or len(self.cycle.body) > parsed_length):
            # The endpoint limits the body.
            self._headers_since, self._header_tail = None, b""
        else:
            self._header_tail = self._tail(data)
            self._count_headers(len(data), is_new=is_new)

    def on_headers_complete(self) -> None:
        """Ignore later headers."""
        super().on_headers_complete()
        self.headers = DISCARD

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the timeout."""
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Replace uvicorn's plain text by JSON."""
        self._refuse("BAD_REQUEST", msg)

    @property
    def _in_body(self) -> bool:
        """Whether the parser is in a body, that of an already answered request included."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and cycle.more_body and cycle.scope is self.scope

    @property
    def _has_headers(self) -> bool:
        """Whether the latest request has complete headers and no response.

        Data behind a response, such as an empty line or the rest of a refused body, counts as headers of the next
        request, because it has ended uvicorn's keep-alive timeout.
        """
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and cycle.scope is self.scope and not cycle.response_complete

    def _tail(self, data: bytes) -> bytes:
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and cycle.scope is self.scope:
            return b""
        return (self._header_tail + data)[1 - len(UPGRADE_HEADER) :].rpartition(b"\r\n\r\n")[2]

    def _count_headers(self, size: int, *, is_new: bool) -> None:
        if self._headers_since is None or is_new:
            # They begin somewhere in this data, behind another request.
            self._headers_since, self._header_bytes = self.loop.time(), 0
        else:
            self._header_bytes += size
        if self._header_bytes > MAX_HEADER_BYTES:
            self._refuse("HEADERS_TOO_LARGE", f"The headers are larger than {MAX_HEADER_BYTES} bytes.")

    def _schedule_check(self, after_s: float) -> None:
        # One timer per connection: one per request would add a tenth to the cost of a cached response.
        self._timer = self.loop.call_later(after_s, self._check_timeout)

    def _check_timeout(self) -> None:
        cycle: RequestResponseCycle | None = self.cycle
        responding = cycle is not None and not cycle.response_complete
        waited_s = 0.0 if self._headers_since is None or responding else self.loop.time() - self._headers_since
        if waited_s < self.header_timeout_s:
            self._schedule_check(self.header_timeout_s - waited_s)
        else:
            self._refuse("REQUEST_TIMEOUT", f"The headers took longer than {self.header_timeout_s:g} s.")

    def _refuse(self, code: str, message: str) -> None:
        if self.transport.is_closing():
            return
        status = HTTPStatus(CODES[code].status)
        body = json.dumps({"errors": [entry(code, message)]}).encode()
        head = (
            f"HTTP/1.1 {status} {status.phrase}\r\nContent-Type: application/json; charset=utf-8\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()


def _without_upgrade(before: bytes, data: bytes) -> bytes:
    """The data, with the `Upgrade` header renamed. `before` is data already parsed, which may begin the header."""
    head, end, body = (before + data).partition(b"\r\n\r\n")
    return (UPGRADE_NAME.sub(b"-ignored", head) + end + body)[len(before) :]
