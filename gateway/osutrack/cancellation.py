"""Cancellable HTTP requests that never leak a connection of httpx's pool."""

import asyncio
from typing import Any

import httpx
from anyio import CancelScope

from gateway.errors import UpstreamInvalid

MAX_BODY_BYTES = 32 * 2**20


async def send_cancellable(
    http: httpx.AsyncClient, request: httpx.Request, *, max_body_bytes: int = MAX_BODY_BYTES
) -> tuple[httpx.Response, bytes]:
    """The response and its body; raises httpx's errors, and `UpstreamInvalid` for a body that is too large.

    httpcore leaks the pool's slot of a request that is cancelled before it is sent (encode/httpcore issue 1093). Such
    a request continues in the background, at most for the connect timeout, and is cancelled when it starts to send.
    """
    sending = cancelled = False
    # httpcore shields its cleanup with anyio, which only cancellation through anyio respects.
    scope = CancelScope()

    async def trace(event: str, _: Any) -> None:
        nonlocal sending
        if event == "http11.send_request_headers.started":
            sending = True
            if cancelled:
                scope.cancel()

    request.extensions["trace"] = trace
    exchange = asyncio.ensure_future(_exchange(http, request, scope, max_body_bytes))
    try:
        return await asyncio.shield(exchange)
    except asyncio.CancelledError:
        cancelled = True
        exchange.add_done_callback(_retrieve_exception)
        if sending:
            scope.cancel()
        raise


async def _exchange(
    http: httpx.AsyncClient, request: httpx.Request, scope: CancelScope, max_body_bytes: int
) -> tuple[httpx.Response, bytes]:
    with scope:
        response = await http.send(request, stream=True)
        try:
            return response, await _body(response, max_body_bytes)
        finally:
            await response.aclose()
    raise asyncio.CancelledError


async def _body(response: httpx.Response, max_bytes: int) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > max_bytes:
            raise UpstreamInvalid(f"The response is larger than {max_bytes} bytes.")
    return bytes(body)


def _retrieve_exception(exchange: asyncio.Future[Any]) -> None:
    """Avoid asyncio's log line about an exception that was never retrieved."""
    if not exchange.cancelled():
        exchange.exception()
