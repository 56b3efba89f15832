"""The HTTP client for osu!track and the names service: timeouts, `User-Agent`, proxy and trusted certificates."""

import ssl
from importlib.metadata import version

import certifi
import httpx
import truststore

from gateway.setting_types import secret
from gateway.settings import Settings

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
        limits=httpx.Limits(
            max_connections=settings.upstream_concurrency,
            max_keepalive_connections=MAX_IDLE,
            keepalive_expiry=KEEPALIVE_S,
        ),
        transport=transport,
        proxy=None if transport else secret(settings.upstream_proxy),
        verify=_trusted_certificates(settings),
        # No proxy or credentials from the environment: the gateway's own settings are the only ones.
        trust_env=False,
    )


def _trusted_certificates(settings: Settings) -> ssl.SSLContext:
    """The system's certificates, certifi's for systems without any, and `GATEWAY_UPSTREAM_CA`."""
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(certifi.where())
    if settings.upstream_ca:
        context.load_verify_locations(settings.upstream_ca)
    return context
