"""uvicorn's HTTP protocol with bounded memory for responses that clients read slowly."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from .bounded_send import App, BoundedSend, Send
from .deliveries import Deliveries
from .flow_control import TimeoutFlowControl, limit_buffers


class DeliveryProtocol(HttpToolsProtocol):
    """Sends large responses as deliveries, and closes the connections of clients that stop reading."""

    def __init__(self, config: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(config, *args, **kwargs)
        self._send_timeout_s: float = config.send_timeout_s
        self._deliveries: Deliveries = config.deliveries
        self._client_of: Callable[[Any], str] = config.loaded_app.state.client_of

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Replace uvicorn's flow control."""
        super().connection_made(transport)
        limit_buffers(transport)
        self.flow: TimeoutFlowControl = TimeoutFlowControl(
            transport, self.pipeline, self._send_timeout_s, self._deliveries.close_stopped
        )

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        super()._start_asgi_task(cycle, partial(self._run, app))

    async def _run(self, app: App, scope: Any, receive: Any, send: Send) -> None:
        bounded_send = BoundedSend(send, partial(self._client_of, scope), self._deliveries, self.flow)
        try:
            await app(scope, receive, bounded_send)
        finally:
            # It may have the whole response, and the connection keeps it until the next request.
            scope["state"].clear()
        await bounded_send.finish()
