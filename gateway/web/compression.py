"""Bodies made smaller, once: by the coding that the client takes and that is cheapest to make and smallest to send."""

import gzip
from asyncio import to_thread
from collections.abc import Callable
from functools import lru_cache

import brotli
import zstandard

from .negotiation import qualities

IDENTITY = ""
# Below this a body fits into one packet anyway.
MIN_BYTES = 1024
# Above this others would wait for it.
MAX_INLINE_BYTES = 64 * 2**10

# The best first. All at their fastest: higher levels take ten times the time to save a tenth.
CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "zstd": lambda body: zstandard.ZstdCompressor(level=1).compress(body),
    "br": lambda body: bytes(brotli.compress(body, quality=1)),
    "gzip": lambda body: gzip.compress(body, compresslevel=1, mtime=0),
}


@lru_cache(maxsize=64)
def coding(accept_encoding: str) -> str:
    """The coding to send to a client with that header, `IDENTITY` if none."""
    wanted = qualities(accept_encoding) if accept_encoding else {}
    best = max(CODINGS, key=lambda name: wanted.get(name, wanted.get("*", 0.0)))
    return best if wanted.get(best, wanted.get("*", 0.0)) > wanted.get("identity", 0.0) else IDENTITY


async def compressed(body: bytes, coding: str) -> bytes:
    """The body in that coding; a large one is compressed in a thread."""
    compress = CODINGS[coding]
    return await to_thread(compress, body) if len(body) > MAX_INLINE_BYTES else compress(body)
