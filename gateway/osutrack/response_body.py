"""Bodies of responses from osu!track, bounded while they are received and decompressed.

A few kilobytes can decompress to gigabytes, and httpx decompresses each piece at once.
"""

import zlib
from asyncio import sleep
from collections.abc import Iterator
from typing import cast

import httpx

from gateway.errors import UpstreamInvalid

# osu!track's largest known responses have 2 MB (docs/osutrack.md, "Sizes and speed").
MAX_BODY_BYTES = 16 * 2**20
# Only the status of an error counts. A short body is read, so that the connection can be used again.
MAX_ERROR_BYTES = 2**16
# The output of one step of decompression, which blocks the event loop.
STEP_BYTES = 2**18
# The size of a small chunk in the bound, for the time that each chunk takes.
CHUNK_BYTES = 64
# The only coding that the client accepts.
CODING = "gzip"
GZIP_WINDOW = 31


async def read_body(response: httpx.Response, max_bytes: int) -> bytes:
    """The decompressed body, empty if it is unreadable and the status is an error.

    Raises `UpstreamInvalid` if the body of a success is larger than `max_bytes`, or not in the accepted coding.
    """
    if response.is_success:
        return await _read(response, max_bytes)
    try:
        return await _read(response, min(max_bytes, MAX_ERROR_BYTES))
    except UpstreamInvalid:
        return b""


async def _read(response: httpx.Response, max_bytes: int) -> bytes:
    decoder = _decoder(response.headers.get("Content-Encoding", ""))
    body, received_bytes, steps = bytearray(), 0, 0
    async for data in cast("httpx.AsyncByteStream", response.stream):
        # The received size is bounded too: an endless gzip stream may have no output.
        received_bytes += max(len(data), CHUNK_BYTES)
        for piece in decoder.pieces(data):
            if steps:
                # Other requests are served between the steps, and between the small pieces of a response.
                await sleep(0)
            steps += 1
            body += piece
            if max(len(body), received_bytes) > max_bytes:
                raise UpstreamInvalid(f"The response is larger than {max_bytes} bytes.")
    decoder.check_end()
    return bytes(body)


def _decoder(content_encoding: str) -> "_Identity":
    coding = content_encoding.strip().lower()
    if coding in {"", "identity"}:
        return _Identity()
    if coding == CODING:
        return _Gzip()
    raise UpstreamInvalid(f"The response has a content coding other than {CODING}, the only accepted one.")


class _Identity:
    """A body without compression."""

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """The decompressed data in bounded pieces; at least one, which may be empty."""
        yield data

    def check_end(self) -> None:
        """Raise `UpstreamInvalid` if the body is incomplete."""


class _Gzip(_Identity):
    """A body of one gzip member."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(wbits=GZIP_WINDOW)
        self._is_empty = True

    def pieces(self, data: bytes) -> Iterator[bytes]:
        piece = b""
        while data or len(piece) == STEP_BYTES:
            self._is_empty = False
            try:
                piece = self._stream.decompress(data, STEP_BYTES)
            except zlib.error as exc:
                raise UpstreamInvalid("The response is not valid gzip.") from exc
            if self._stream.unused_data:
                raise UpstreamInvalid("The response has data after its gzip stream.")
            yield piece
            data = self._stream.unconsumed_tail

    def check_end(self) -> None:
        if not self._stream.eof and not self._is_empty:
            raise UpstreamInvalid("The gzip stream of the response is incomplete.")
