"""Who a client is, as far as limits go: its address, or what a trusted proxy says it is."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.requests import HTTPConnection

Network = IPv4Network | IPv6Network
# Whoever has one address of IPv6 usually has a whole network of them.
CLIENT_PREFIX_V6 = 64


class Addresses:
    """Believes `X-Forwarded-For` as far back as it was written by proxies in `trusted` networks."""

    def __init__(self, trusted: Iterable[str]) -> None:
        self._trusted = [ip_network(network) for network in trusted]

    def client(self, connection: HTTPConnection) -> str:
        """One name for everything that shares a client's points."""
        peer = connection.client.host if connection.client else ""
        hops = [hop for line in connection.headers.getlist("x-forwarded-for") for hop in line.split(",")]
        for hop in reversed(hops):
            if not self._believes(peer):
                break
            peer = hop.strip()
        return _name(peer)

    def _believes(self, address: str) -> bool:
        parsed = _parsed(address)
        return parsed is not None and any(parsed in network for network in self._trusted)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else parsed


def _name(address: str) -> str:
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, CLIENT_PREFIX_V6), strict=False))
    return str(parsed or "unknown")
