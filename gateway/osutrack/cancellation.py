"""One request and its whole answer, in a way that can be given up without losing a connection of the pool."""

import asyncio
from typing import Any

import httpx
from anyio import CancelScope

from gateway.errors import UpstreamInvalid

MAX_BODY_BYTES = 32 * 2**20


async def send_cancellable(http: httpx.AsyncClient, request: httpx.Request) -> tuple[httpx.Response, bytes]:
    """The response and its body; raises what httpx raises, and `UpstreamInvalid` for a body that is too large.

    A request that is cancelled before it is sent would take its place in httpcore's pool for ever (its issue 1093):
    that long it goes on behind, bounded by the time that connecting may take.
    """
    sending = given_up = False
    # httpcore cleans up behind shields that asyncio's own cancellation goes through, and anyio's does not.
    scope = CancelScope()

    async def trace(event: str, _: Any) -> None:
        nonlocal sending
        if event == "http11.send_request_headers.started":
            sending = True
            if given_up:
                scope.cancel()

    request.extensions["trace"] = trace
    whole = asyncio.ensure_future(_whole(http, request, scope))
    try:
        return await asyncio.shield(whole)
    except asyncio.CancelledError:
        given_up = True
        whole.add_done_callback(_looked_at)
        if sending:
            scope.cancel()
        raise


async def _whole(http: httpx.AsyncClient, request: httpx.Request, scope: CancelScope) -> tuple[httpx.Response, bytes]:
    with scope:
        response = await http.send(request, stream=True)
        try:
            return response, await _body(response)
        finally:
            await response.aclose()
    raise asyncio.CancelledError


def _looked_at(whole: asyncio.Future[Any]) -> None:
    """Nobody wants to know any more, but asyncio complains of errors that nobody has looked at."""
    if not whole.cancelled():
        whole.exception()


async def _body(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise UpstreamInvalid(f"osu!track's answer is larger than {MAX_BODY_BYTES} bytes.")
    return bytes(body)
