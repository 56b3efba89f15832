"""The HTTP client for osu!track and the names service: timeouts, `User-Agent`, proxy and trusted certificates."""

import ssl
from importlib.metadata import version

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
        return httpx.AsyncHTTPTransport(verify=certificates, limits=limits)
    return _ProxyTransport(verify=certificates, limits=limits, proxy=proxy)


class _ProxyTransport(httpx.AsyncHTTPTransport):
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
