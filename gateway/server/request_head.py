"""Rules for the head of a request that uvicorn and its parser do not enforce."""

import re
from collections.abc import Sequence

MAX_HEADER_BYTES = 32 * 2**10
VERSIONS = {"1.0", "1.1"}
VERSION_FAULT = "The version of HTTP is not supported. Use HTTP/1.1."
# A registered name, an address or an IPv6 address in brackets, with a port.
HOST = re.compile(rb"(?:[A-Za-z0-9._~!$&'()*+;=%-]+|\[[0-9A-Fa-f:.]+\])(?::\d*)?")


class HeadCheck:
    """Checks the heads of a connection's requests (RFC 9112, section 3.2)."""

    def __init__(self) -> None:
        # That of the last head; 0 for chunks.
        self.content_length = 0
        self._valid_host: bytes | None = None

    def fault(self, version: str, headers: Sequence[tuple[bytes, bytes]]) -> str | None:
        """The reason to refuse the request, if there is one."""
        # Loops are too slow for this place.
        fields = dict(headers)
        if len(fields) < len(headers) and [name for name, _ in headers].count(b"host") > 1:
            return "The `Host` header is repeated."
        if version not in VERSIONS:
            return VERSION_FAULT
        self.content_length = int(fields.get(b"content-length", 0))
        host = fields.get(b"host")
        return None if host is not None and host == self._valid_host else self._host_fault(version, host)

    def _host_fault(self, version: str, host: bytes | None) -> str | None:
        if host is None:
            return "The `Host` header is missing." if version == "1.1" else None
        if not HOST.fullmatch(host):
            return "The `Host` header is invalid."
        self._valid_host = host
        return None


class Trailers:
    """Counts the trailers of a request and discards them: a proxy has not checked them."""

    def __init__(self) -> None:
        self.size = 0

    def append(self, header: tuple[bytes, bytes]) -> None:
        """Count one; raises `ValueError` if all together are larger than headers may be."""
        self.size += len(header[0]) + len(header[1]) + len(b": \r\n")
        if self.size > MAX_HEADER_BYTES:
            raise ValueError("too many trailers")
