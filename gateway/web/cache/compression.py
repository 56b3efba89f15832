"""Compression of response bodies in the content coding that the client accepts."""

import gzip
from asyncio import to_thread
from collections.abc import Callable

import brotli
import zstandard

# Smaller bodies fit into one packet.
MIN_BYTES = 1024
# Larger bodies would block the event loop.
MAX_INLINE_BYTES = 64 * 2**10

# At the fastest levels: higher ones take ten times as long and save a tenth.
COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "zstd": lambda body: zstandard.ZstdCompressor(level=1).compress(body),
    "br": lambda body: bytes(brotli.compress(body, quality=1)),
    "gzip": lambda body: gzip.compress(body, compresslevel=1, mtime=0),
}


async def compress(body: bytes, coding: str) -> bytes:
    """The compressed body; large ones are compressed in a thread."""
    compressor = COMPRESSORS[coding]
    return await to_thread(compressor, body) if len(body) > MAX_INLINE_BYTES else compressor(body)
