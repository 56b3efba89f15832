"""An upstream on a real socket that sends any bytes, also endlessly."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress

Answer = Callable[[], Iterable[bytes]]


class RawUpstream:
    """Sends the pieces of `answer()` on each connection, then closes it. `requests` has the received headers."""

    def __init__(self) -> None:
        self.answer: Answer = list
        self.url = ""
        self.requests: list[str] = []
        self.sent_bytes = 0

    async def respond(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            self.requests.append((await reader.readuntil(b"\r\n\r\n")).decode())
            for piece in self.answer():
                writer.write(piece)
                self.sent_bytes += len(piece)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def serve_raw() -> AsyncIterator[RawUpstream]:
    """An upstream in the loop of the test."""
    upstream = RawUpstream()
    server = await asyncio.start_server(upstream.respond, "127.0.0.1", 0)
    upstream.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield upstream
    server.close()


def head(status: int = 200, *headers: str) -> bytes:
    """A response without its body."""
    return "\r\n".join([f"HTTP/1.1 {status} Any", *headers, "", ""]).encode()


def chunks(pieces: Iterable[bytes]) -> Iterable[bytes]:
    """The pieces in the chunked transfer coding."""
    for piece in pieces:
        yield b"%x\r\n%b\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"
