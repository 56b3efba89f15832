"""Timeout and size limit of request headers, which uvicorn does not have."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from .refusals import RefusalProtocol
from .request_head import MAX_HEADER_BYTES, VERSION_FAULT, HeadCheck, Trailers

END_OF_HEAD = b"\r\n\r\n"
# httptools parses the body behind an `Upgrade` header as the new protocol. Java's HTTP client, which offers HTTP/2,
# would get no response.
UPGRADE_HEADER = b"\r\nupgrade:"
# A request by HTTP/0.9.
UNVERSIONED_LINE = re.compile(rb"[A-Z]+ [^ \r\n]+\r?\n")
# Headers for the response to a refused request. The parser holds back each header until the next one begins.
RECEIVED_HEADER = re.compile(rb"^(origin|x-request-id):(.*)\n", re.IGNORECASE | re.MULTILINE)
MAX_SEARCHED_BYTES = 4096
UPGRADE_NAME = re.compile(rb"(?<=\r\nupgrade)(?=:)", re.IGNORECASE)


class TimeoutProtocol(RefusalProtocol):
    """Refuses requests with late, large or invalid headers."""

    def __init__(self, config: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(config, *args, **kwargs)
        self._timer: asyncio.TimerHandle | None = None
        # The start of incomplete headers, in the loop's time; None during a body.
        self._headers_since: float | None = None
        self._header_bytes = 0
        # The last bytes of incomplete headers: the beginning of their end, or of an `Upgrade` header.
        self._header_tail = b""
        # The last data of incomplete headers.
        self._head_part = b""
        # Bytes until the end of a body; 0 for chunks.
        self._body_left = 0
        self._head = HeadCheck()
        self._fault: str | None = None
        self._trailers = Trailers()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Start the timeout of the first request."""
        super().connection_made(transport)
        self._headers_since = self.loop.time()
        self._schedule_check(self.header_timeout_s)

    def data_received(self, data: bytes) -> None:
        """Parse the data in parts. A part belongs to one head or one body, so that each head is measured exactly."""
        start, end = 0, len(data)
        while start < end and not self._is_ending:
            if self._body_left:
                part_end = min(start + self._body_left, end)
                parse = self._parse_body
            else:
                part_end = self._end_of_head(data, start)
                parse = self._parse_chunks if self._in_body else self._parse_head
            parse(data[start:part_end])
            start = part_end
        if start < end:
            self._discard(end - start)

    def on_headers_complete(self) -> None:
        """Check the headers, and ignore later ones."""
        self._fault = self._head.fault(self.parser.get_http_version(), self.headers)
        if self._fault:
            # The parser stops, and uvicorn calls `send_400_response`.
            raise ValueError(self._fault)
        super().on_headers_complete()
        self._in_body = True
        self._trailers.size = 0
        self.headers = self._trailers  # type: ignore[assignment]  # uvicorn adds trailers to the headers

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the timeout."""
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Replace uvicorn's plain text by JSON."""
        if self._trailers.size > MAX_HEADER_BYTES:
            self._refuse_large_headers()
        else:
            self._refuse("BAD_REQUEST", self._fault or msg)

    def _end_of_head(self, data: bytes, start: int) -> int:
        """The end of the part up to an empty line, which also ends chunks and trailers."""
        # The end may be in two pieces of data.
        before = b"" if start else self._header_tail[1 - len(END_OF_HEAD) :]
        index = (before + data).find(END_OF_HEAD) if before else data.find(END_OF_HEAD, start)
        return len(data) if index < 0 else index + len(END_OF_HEAD) - len(before)

    def _parse_head(self, part: bytes) -> None:
        size = self._header_bytes + len(part)
        if size > MAX_HEADER_BYTES:
            # Parsed for the request ID.
            super().data_received(part[: MAX_HEADER_BYTES - size])
            self._refuse_large_headers()
            return
        tail = self._header_tail
        if UPGRADE_HEADER in (tail + part if tail else part).lower():
            part = _without_upgrade(tail, part)
        previous: RequestResponseCycle | None = self.cycle
        self._head_part = part[-MAX_SEARCHED_BYTES:]
        super().data_received(part)
        if self.cycle is previous:
            self._count_headers(part)
            return
        self._end_headers()
        if self._in_body:
            self._body_left = self._head.content_length

    def _parse_body(self, part: bytes) -> None:
        self._body_left -= len(part)
        super().data_received(part)
        if not self._body_left:
            self._end_headers()
        elif self.cycle.response_complete:
            self._count_rest(part)

    def _parse_chunks(self, part: bytes) -> None:
        cycle: RequestResponseCycle = self.cycle
        body_bytes = len(cycle.body)
        super().data_received(part)
        if not self._in_body:
            self._end_headers()
        elif cycle.response_complete:
            self._count_rest(part)
        elif len(cycle.body) <= body_bytes:
            # Chunk extensions and trailers count as headers.
            self._count_headers(part)
        else:
            # The endpoint limits the body.
            self._end_headers()
            self._header_tail = part[1 - len(END_OF_HEAD) :]

    def _count_rest(self, part: bytes) -> None:
        """The rest of a refused body has ended uvicorn's keep-alive timeout, and gets the timeout of headers."""
        if self._headers_since is None:
            self._headers_since = self.loop.time()
        self._header_tail = (self._header_tail + part)[1 - len(END_OF_HEAD) :]
        self._discard(len(part))

    def _end_headers(self) -> None:
        self._headers_since, self._header_bytes, self._header_tail, self._head_part = None, 0, b"", b""

    def _count_headers(self, part: bytes) -> None:
        if self._headers_since is None:
            self._headers_since = self.loop.time()
        is_start = not self._header_bytes and not self._in_body
        self._header_bytes += len(part)
        self._header_tail = (self._header_tail + part)[1 - len(UPGRADE_HEADER) :]
        if self._header_bytes > MAX_HEADER_BYTES:
            self._refuse_large_headers()
        elif is_start and UNVERSIONED_LINE.match(part):
            # Such a client sends no headers.
            self._refuse("BAD_REQUEST", VERSION_FAULT)

    def _known_scope(self) -> Mapping[str, Any]:
        scope = super()._known_scope()
        if scope and not self._in_body:
            known = dict(scope["headers"])
            received = {name.lower(): value.strip() for name, value in RECEIVED_HEADER.findall(self._head_part)}
            scope["headers"].extend((name, value) for name, value in received.items() if name not in known)
        return scope

    def _refuse_large_headers(self) -> None:
        if len(getattr(self, "url", b"")) > MAX_HEADER_BYTES // 2:
            # A client with a query of 100 KB in its URL can read the response.
            self._max_discarded_bytes = 4 * MAX_HEADER_BYTES
            self._refuse("URI_TOO_LONG", f"The URL is too long ({MAX_HEADER_BYTES} bytes with the headers). Use POST.")
        else:
            # The client has sent more than enough.
            self._max_discarded_bytes = 2 * MAX_HEADER_BYTES
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


def _without_upgrade(before: bytes, head: bytes) -> bytes:
    """The head, with the `Upgrade` header renamed. `before` is data already parsed, which may begin the header."""
    return UPGRADE_NAME.sub(b"-ignored", before + head)[len(before) :]
