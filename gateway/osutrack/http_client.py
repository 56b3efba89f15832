"""The HTTP client for osu!track and the names service: timeouts, `User-Agent`, proxy and trusted certificates."""

import asyncio
import ssl
from collections.abc import MutableMapping
from importlib.metadata import version
from typing import Any

import certifi
import httpx
import truststore
from socksio.exceptions import ProtocolError as SOCKSProtocolError

from gateway.setting_types import secret
from gateway.settings import Settings

from .diagnosis import reasons
from .response_body import CODING

# Below the 5 s after which osu!track closes idle connections (docs/osutrack.md, "HTTP").
KEEPALIVE_S = 4.0
# At each request httpcore compares every idle connection with every other.
MAX_IDLE = 10


def create_http_client(
    settings: Settings, base_url: str, transport: httpx.AsyncBaseTransport | None
) -> httpx.AsyncClient:
    """An HTTP client for this address; `transport` replaces the network, including the proxy."""
    return httpx.AsyncClient(
        base_url=base_url,
        headers={
            "User-Agent": f"osutrack-gateway/{version('osutrack-gateway')} (+{settings.contact})",
            "Accept-Encoding": CODING,
        },
        timeout=httpx.Timeout(settings.read_timeout_s, connect=settings.connect_timeout_s),
        transport=transport or _network(settings),
        # No proxy or credentials from the environment: the gateway's own settings are the only ones.
        trust_env=False,
    )


def _network(settings: Settings) -> httpx.AsyncHTTPTransport:
    certificates = _trusted_certificates(settings)
    limits = httpx.Limits(
        max_connections=settings.upstream_concurrency,
        max_keepalive_connections=MAX_IDLE,
        keepalive_expiry=KEEPALIVE_S,
    )
    proxy = secret(settings.upstream_proxy)
    if proxy is None:
        return _Network(verify=certificates, limits=limits)
    return _ProxyTransport(verify=certificates, limits=limits, proxy=proxy)


class _Network(httpx.AsyncHTTPTransport):
    """Requests select their connections one after the other.

    httpcore assigns one idle connection to all requests that begin at once; all but the first would have to select
    again and again, which costs more CPU time than the requests themselves.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._selecting = asyncio.Lock()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        await self._selecting.acquire()
        selection = _Selection(self._selecting, request.extensions)
        try:
            return await super().handle_async_request(request)
        finally:
            selection.end()


class _Selection:
    """The time until a request has its connection: httpcore then reports the first step to the extension `trace`."""

    def __init__(self, selecting: asyncio.Lock, extensions: MutableMapping[str, Any]) -> None:
        self._selecting: asyncio.Lock | None = selecting
        self._trace = extensions.get("trace")
        extensions["trace"] = self._report

    async def _report(self, event: str, info: dict[str, Any]) -> None:
        self.end()
        if self._trace:
            await self._trace(event, info)

    def end(self) -> None:
        """Let the next request select its connection."""
        if self._selecting:
            self._selecting.release()
            self._selecting = None


class _ProxyTransport(_Network):
    """Requests through a proxy; failed connections to it are `ProxyError`, as nothing of the request was sent."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        try:
            return await super().handle_async_request(request)
        except (httpx.ConnectError, httpx.ConnectTimeout) as exc:
            if any(isinstance(reason, ssl.SSLError) for reason in reasons(exc)):
                # Of the service: its certificate passes the proxy.
                raise
            raise httpx.ProxyError(str(exc)) from exc
        except SOCKSProtocolError as exc:
            # httpx does not translate it.
            raise httpx.ProxyError(str(exc)) from exc


def _trusted_certificates(settings: Settings) -> ssl.SSLContext:
    """The system's certificates, certifi's for systems without any, and `GATEWAY_UPSTREAM_CA`."""
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(certifi.where())
    if settings.upstream_ca:
        context.load_verify_locations(settings.upstream_ca)
    return context
