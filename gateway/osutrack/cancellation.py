"""Cancellable HTTP requests that never leak a connection of httpx's pool."""

import asyncio
from typing import Any

import httpcore
import httpx
from anyio import CancelScope

from .response_body import MAX_BODY_BYTES, read_body


async def send_cancellable(
    http: httpx.AsyncClient, request: httpx.Request, *, max_body_bytes: int = MAX_BODY_BYTES
) -> tuple[httpx.Response, bytes]:
    """The response and its body; raises httpx's errors, and `UpstreamInvalid` for a body that is too large.

    httpcore leaks the pool's slot of a request that is cancelled before it is sent (encode/httpcore issue 1093). Such
    a request continues in the background, at most for the connect timeout, and is cancelled when it starts to send.
    """
    attempt = _Attempt(request)
    exchange = asyncio.ensure_future(_exchange(http, request, attempt, max_body_bytes))
    try:
        return await asyncio.shield(exchange)
    except asyncio.CancelledError:
        attempt.cancel()
        exchange.add_done_callback(_retrieve_exception)
        raise


class _Attempt:
    """The progress of a request, reported by httpcore."""

    def __init__(self, request: httpx.Request) -> None:
        self._extensions = request.extensions
        # httpcore shields its cleanup with anyio, which only cancellation through anyio respects.
        self.scope = CancelScope()
        self._cancelled = False
        self.start()

    def start(self) -> None:
        """Prepare to send the request, or to send it again."""
        self.connected = self.unsent = self._sending = False
        self._extensions["trace"] = self._trace

    async def _trace(self, event: str, info: dict[str, Any]) -> None:
        """The extension `trace` of httpcore's requests, until the request is sent."""
        if event == "connection.connect_tcp.started":
            self.connected = True
        elif event == "http11.send_request_headers.started":
            self._sending = True
            # httpcore still reports the end of this step. Reports of the later ones would double its own work.
            del self._extensions["trace"]
            if self._cancelled:
                self.scope.cancel()
        elif event == "http11.send_request_headers.failed":
            # After a timeout, bytes may be on their way.
            self.unsent = isinstance(info["exception"], httpcore.WriteError)

    def cancel(self) -> None:
        """Cancel the request, at once if it is being sent."""
        self._cancelled = True
        if self._sending:
            self.scope.cancel()


async def _exchange(
    http: httpx.AsyncClient, request: httpx.Request, attempt: _Attempt, max_body_bytes: int
) -> tuple[httpx.Response, bytes]:
    with attempt.scope:
        response = await _response(http, request, attempt)
        try:
            return response, await read_body(response, max_body_bytes)
        finally:
            await response.aclose()
    raise asyncio.CancelledError


async def _response(http: httpx.AsyncClient, request: httpx.Request, attempt: _Attempt) -> httpx.Response:
    """The response without its body. Raises `ConnectError` if no byte of the request was sent.

    osu!track may have closed an idle connection a moment ago. httpcore drops that connection when it fails to write
    to it, and the request is sent on another one, at last on a new one.
    """
    while True:
        try:
            return await http.send(request, stream=True)
        except httpx.TransportError as exc:
            if not attempt.unsent:
                raise
            if attempt.connected:
                raise httpx.ConnectError("The connection was closed before the request was sent.") from exc
            attempt.start()


def _retrieve_exception(exchange: asyncio.Future[Any]) -> None:
    """Avoid asyncio's log line about an exception that was never retrieved."""
    if not exchange.cancelled():
        exchange.exception()
