"""uvicorn's configuration for the gateway. Falls back to uvicorn's own protocol if the self-check fails."""

import asyncio
import logging
import sys
from collections.abc import Callable
from multiprocessing import parent_process
from socket import (
    AF_INET,
    AF_INET6,
    IPPROTO_IPV6,
    IPV6_V6ONLY,
    SO_REUSEADDR,
    SOL_SOCKET,
    has_dualstack_ipv6,
    socket,
)
from typing import Any

import uvicorn
from uvicorn.config import STARTUP_FAILURE

from .deliveries import Deliveries
from .self_check import supported_protocol
from .start_errors import explain, with_advice

log = logging.getLogger(__name__)

# The host that means all IPv6 and IPv4 addresses.
ALL_ADDRESSES = "::"


class ServerConfig(uvicorn.Config):
    """The configuration of one process. `start_worker` is called at the start of each worker process."""

    def __init__(
        self,
        app: Any,
        *,
        header_timeout_s: float,
        start_worker: Callable[[], None] | None = None,
        send_timeout_s: float = 20.0,
        unsent_max_bytes: int = 64 * 2**20,
        client_unsent_max_bytes: int = 32 * 2**20,
        find_protocol: Callable[[], type[asyncio.Protocol] | None] = supported_protocol,
        **options: Any,
    ) -> None:
        protocol = find_protocol()
        if protocol is None:
            log.warning(
                "Custom HTTP protocol disabled: unsupported uvicorn version %s. Header timeouts are not enforced, and"
                " cached responses take longer.",
                uvicorn.__version__,
            )
        logging.getLogger("uvicorn.error").addFilter(explain)
        # The gateway evaluates `X-Forwarded-For` itself, for its own setting of trusted proxies.
        self._start_worker = start_worker
        super().__init__(app, http=protocol or "auto", proxy_headers=False, **options)
        self.header_timeout_s = header_timeout_s
        self.send_timeout_s = send_timeout_s
        self._limits = unsent_max_bytes, client_unsent_max_bytes
        self._is_custom = protocol is not None

    def sockets(self) -> list[socket] | None:
        """The listening sockets of a single process; None if uvicorn creates them from the host."""
        if self.host != ALL_ADDRESSES:
            return None
        listener = self.bind_socket()
        # Connections wait until the application has started.
        listener.listen(self.backlog)
        return [listener]

    def bind_socket(self) -> socket:
        """The listening socket. That of the host `::` accepts IPv4 too, or only IPv4 on a machine without IPv6."""
        if self.host != ALL_ADDRESSES:
            return super().bind_socket()
        # Not yet listening: until a worker is ready, connections are refused.
        listener = socket(AF_INET6 if has_dualstack_ipv6() else AF_INET)
        listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        if listener.family == AF_INET6:
            listener.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, 0)
        try:
            listener.bind((ALL_ADDRESSES if listener.family == AF_INET6 else "", self.port))
        except OSError as exc:
            log.error(with_advice(exc))  # noqa: TRY400 - the message suffices
            sys.exit(STARTUP_FAILURE)
        log.info("Uvicorn running on http://[::]:%d (IPv6 and IPv4; press CTRL+C to quit)", listener.getsockname()[1])
        listener.set_inheritable(True)
        return listener

    def configure_logging(self) -> None:
        """Called by uvicorn in each new process, before it handles signals."""
        super().configure_logging()
        if self._start_worker and parent_process() is not None:
            self._start_worker()

    def load(self) -> None:
        """Load the application, and report the protocol in its metrics. A failure ends the start of all processes."""
        try:
            super().load()
        except Exception:
            log.exception("The gateway cannot start")
            sys.exit(STARTUP_FAILURE)
        metrics = self.loaded_app.state.gateway.metrics
        metrics.gauges["gateway_custom_protocol"].set(self._is_custom)
        self.deliveries = Deliveries(*self._limits, metrics)
