"""Compression of response bodies in the content coding that the client accepts."""

import gzip
from asyncio import to_thread
from collections.abc import Callable, Mapping

import brotli
import zstandard

# Smaller bodies fit into one packet.
MIN_BYTES = 1024
# Larger bodies would block the event loop.
MAX_INLINE_BYTES = 64 * 2**10

COMPRESSORS: dict[str, Callable[[bytes, int], bytes]] = {
    "zstd": lambda body, level: zstandard.ZstdCompressor(level=level).compress(body),
    "br": lambda body, level: bytes(brotli.compress(body, quality=level)),
    "gzip": lambda body, level: gzip.compress(body, compresslevel=level, mtime=0),
}
# The fastest levels: higher ones take ten times as long and save a tenth.
FAST = {"zstd": 1, "br": 1, "gzip": 1}
# For files, which are compressed once: still milliseconds.
THOROUGH = {"zstd": 9, "br": 5, "gzip": 6}


async def compress(body: bytes, coding: str, levels: Mapping[str, int] = FAST) -> bytes:
    """The compressed body; large ones are compressed in a thread."""
    compressor, level = COMPRESSORS[coding], levels[coding]
    return await to_thread(compressor, body, level) if len(body) > MAX_INLINE_BYTES else compressor(body, level)
