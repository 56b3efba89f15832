"""HTTP responses with a GraphQL response as their body."""

from asyncio import get_running_loop
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import msgspec
from starlette.responses import Response

T = TypeVar("T")

# Larger contents are encoded in a thread, for which the event loop waits at most 5 ms.
MAX_INLINE_VALUES = 100_000
# One thread: encoding does not run in parallel, and each thread would keep some freed memory for itself.
_encoder = ThreadPoolExecutor(1, "encoder")
# Shorter contents, and longer bodies, do without the buffer. A new one grows, which takes as long as encoding.
MIN_BUFFERED_VALUES, MAX_BUFFER_BYTES = 2000, 8 * 2**20
_json = msgspec.json.Encoder()
_buffer = bytearray()


async def encode(content: Mapping[str, Any], values: int) -> bytes:
    """The encoded content, which has this number of values."""
    if values <= MAX_INLINE_VALUES:
        return encode_inline(content, values)
    return await in_encoder(partial(_json.encode, content))


async def in_encoder(write: Callable[[], T]) -> T:
    """The result of a function that writes a long text."""
    return await get_running_loop().run_in_executor(_encoder, write)


def encode_inline(content: Mapping[str, Any], values: int) -> bytes:
    """The same without a thread. Only the event loop's thread may call it."""
    if values < MIN_BUFFERED_VALUES:
        return _json.encode(content)
    _json.encode_into(content, _buffer)
    body = bytes(_buffer)
    if len(body) > MAX_BUFFER_BYTES:
        _buffer.clear()
    return body


def graphql_response(
    status: int, content: Mapping[str, Any] | bytes, media_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    """The content, encoded unless it is already; HTTP caches do not store it unless `headers` allow it."""
    return Response(
        content if isinstance(content, bytes) else _json.encode(content),
        status,
        {"Cache-Control": "no-store", "Vary": "Accept", **(headers or {})},
        f"{media_type}; charset=utf-8",
    )


def error_response(
    status: int,
    errors: Sequence[Mapping[str, Any]],
    media_type: str,
    request_id: str,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A response with errors only, each with the request's ID."""
    return graphql_response(status, {"errors": with_request_id(errors, request_id)}, media_type, headers)


def without_points(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content for a request that is not charged."""
    extensions = content["extensions"]
    cost = {"requested": extensions["cost"]["requested"], "charged": 0}
    return {**content, "extensions": {**extensions, "cost": cost}}


def with_request_id(errors: Sequence[Mapping[str, Any]], request_id: str) -> list[dict[str, Any]]:
    """The errors with `extensions.requestId`, by which the request is found in the log."""
    return [{**error, "extensions": {**error["extensions"], "requestId": request_id}} for error in errors]
