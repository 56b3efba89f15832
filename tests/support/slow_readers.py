"""Clients that read a large response at a chosen rate, over raw connections."""

import json
import socket
import time
from contextlib import suppress
from pathlib import Path
from resource import getpagesize

import httpx

from tests.support.sockets import connect

# About 17 MB for the sandbox's player 2. A comment makes each document a different one.
LARGE_QUERY = (
    '{ user(id: "2") { stats { snapshots { '
    + " ".join(f"{'a' * 90}{number}: at" for number in range(28))
    + " } } } } # "
)


class SlowReader:
    """A client with an address of its own, which has sent one request."""

    def __init__(self, url: str, address: str, document: str) -> None:
        body = json.dumps({"query": document}).encode()
        self._connection = connect(url)
        self._connection.sendall(
            b"POST /graphql HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\nAccept-Encoding: identity\r\n"
            b"X-Forwarded-For: %b\r\nContent-Length: %d\r\n\r\n%b" % (address.encode(), len(body), body)
        )
        self.read_bytes = 0

    def read(self, size: int) -> None:
        """Read so many bytes; raises `ConnectionError` if the connection was closed."""
        while size:
            piece = self._connection.recv(size)
            if not piece:
                raise ConnectionError
            self.read_bytes += len(piece)
            size -= len(piece)

    def read_steadily(self, seconds: float, bytes_per_s: int) -> None:
        """Read at this rate."""
        for _ in range(int(seconds)):
            self.read(bytes_per_s)
            time.sleep(1)

    @property
    def status(self) -> int:
        """The status of the response."""
        return int(self._connection.recv(12, socket.MSG_PEEK)[9:])

    @property
    def is_closed(self) -> bool:
        """Whether the gateway has closed the connection."""
        try:
            self._connection.settimeout(0.01)
            with suppress(TimeoutError):
                while self._connection.recv(2**20):
                    pass
                return True
        except ConnectionError:
            return True
        return False

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def resident_bytes(pid: int) -> int:
    """The resident memory of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * getpagesize()


def read_large(url: str, address: str, document: str) -> httpx.Response:
    """The large response, for a client that reads without pause."""
    headers = {"X-Forwarded-For": address, "Accept-Encoding": "identity", "Content-Type": "application/json"}
    # The same bytes as those of slow readers, so that both have one cached response.
    content = json.dumps({"query": document})
    return httpx.post(f"{url}/graphql", content=content, headers=headers, timeout=30)
