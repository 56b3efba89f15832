"""Redis' content, which is untrusted: other releases and programs can write to it too."""

import re
from collections.abc import Mapping
from typing import TypeVar

from msgspec import DecodeError, msgpack
from redis.asyncio import Redis
from redis.exceptions import ResponseError

T = TypeVar("T")

PREFIX = "osutrack-gateway"
# Entries of the cache have the hash of a release's formats in their keys.
ENTRY = r"[0-9a-f]{8}:(history|hiscores|hiscores-by-name|peak|best-plays):.*"
# The Redis type of each key of the gateway, without the prefix.
KEY_TYPES: Mapping[str, str] = {
    ENTRY: "string",
    r"process:[0-9a-f]+": "string",
    r"lock:.*": "string",
    r"update:.*": "string",
    r"username:\d+": "string",
    r"user-id:.*": "string",
    r"generations": "zset",
    r"generations:bumped": "zset",
    r"budget:[a-z]+": "zset",
    r"budget:[a-z]+:(started|last|paused|lowered)": "string",
    r"budget:[a-z]+:waiting": "hash",
    r"documents": "zset",
    r"document-owners": "hash",
    r"document:[0-9a-f]{64}": "string",
}
# The number of keys in one pipeline.
BATCH = 500


class Unreadable(Exception):
    """Content that this release cannot read; readers treat it as missing."""


def decode(decoder: msgpack.Decoder[T], encoded: bytes) -> T:
    """The decoded value; raises `Unreadable`."""
    try:
        return decoder.decode(encoded)
    except (DecodeError, ValueError, RecursionError) as exc:
        # ValueError: text that is not UTF-8.
        raise Unreadable(str(exc)) from exc


def is_content_error(exc: BaseException) -> bool:
    """Whether Redis could not execute a command because of a key's content; Redis itself is available."""
    # Subclasses are other failures, such as that of a read-only Redis.
    return type(exc) is ResponseError and ("WRONGTYPE" in str(exc) or str(exc).startswith("user_script"))


def key_type(key: bytes) -> str | None:
    """The Redis type of one of the gateway's keys; None for a key of another program or release."""
    name = key.decode(errors="replace").removeprefix(f"{PREFIX}:")
    return next((kind for pattern, kind in KEY_TYPES.items() if re.fullmatch(pattern, name, re.DOTALL)), None)


async def delete_wrong_types(redis: Redis) -> None:
    """Delete all keys of the gateway that have another type than it gives them."""
    keys: list[bytes] = []
    async for key in redis.scan_iter(f"{PREFIX}:*", count=BATCH):
        keys.append(key)
        if len(keys) == BATCH:
            await _delete_wrong_types(redis, keys)
            keys = []
    await _delete_wrong_types(redis, keys)


async def _delete_wrong_types(redis: Redis, keys: list[bytes]) -> None:
    async with redis.pipeline(transaction=False) as pipeline:
        for key in keys:
            pipeline.type(key)
        types = await pipeline.execute()
    wrong = [key for key, kind in zip(keys, types, strict=True) if key_type(key) not in {None, kind.decode()}]
    if wrong:
        await redis.delete(*wrong)
