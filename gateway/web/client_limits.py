"""Rate limits of clients: a token bucket per client address, refilled continuously."""

import logging
import re
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from hashlib import blake2b
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.requests import HTTPConnection

from gateway.store.lru import LRU

log = logging.getLogger(__name__)

MAX_CLIENTS = 10_000
# An IPv6 subscriber usually has at least a /64 network.
CLIENT_PREFIX_V6 = 64
BRACKETED = re.compile(r"\[([^]]*)\](:.*)?")
# The bits of `::ffff:` before an IPv4 address.
MAPPED_PREFIX = 96
Address = IPv4Address | IPv6Address


class TokenBucket:
    """The points of one client. `limit=0` is unlimited."""

    def __init__(self, limit: int, per_minute: int, monotonic: Callable[[], float]) -> None:
        self.limit = limit
        self._per_s = per_minute / 60
        self._monotonic = monotonic
        self._points = float(limit)
        self._counted_at = monotonic()

    @property
    def remaining(self) -> int:
        """Whole points left now; 0 without a limit, and while more points than the balance are taken."""
        return max(int(self._points_now()), 0)

    @property
    def full_in_s(self) -> float:
        """The time until the bucket is full."""
        return self._seconds_for(self.limit - self._points_now())

    @property
    def fill_s(self) -> float:
        """The time from empty to full."""
        return self._seconds_for(self.limit)

    def wait_s(self, points: int) -> float:
        """The time until the bucket has so many points; 0 if it has them now."""
        return self._seconds_for(points - self._points_now()) if self.limit else 0.0

    def take(self, points: int) -> None:
        """Take points; a negative number is a refund."""
        if self.limit:
            self._points = min(self._points_now() - points, self.limit)
            self._counted_at = self._monotonic()

    def _points_now(self) -> float:
        return min(self._points + (self._monotonic() - self._counted_at) * self._per_s, self.limit)

    def _seconds_for(self, points: float) -> float:
        return max(points, 0) / self._per_s if self._per_s else 0.0


class ClientLimits:
    """The token buckets of the most recent clients. Any other client has a full one."""

    def __init__(self, limit: int, per_minute: int, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._per_minute = per_minute
        self._monotonic = monotonic
        self._buckets: LRU[str, TokenBucket] = LRU(MAX_CLIENTS)

    def bucket(self, client: str) -> TokenBucket:
        """The client's token bucket, created on first use."""
        bucket = self._buckets.peek(client)
        if bucket is None:
            bucket = TokenBucket(self._limit, self._per_minute, self._monotonic)
            self._buckets.put(client, bucket)
        return bucket


class ClientAddresses:
    """Identifies clients by address. Only proxies in the `trusted` networks may set `X-Forwarded-For`."""

    def __init__(self, trusted: Iterable[str]) -> None:
        self._trusted = [_network(text) for text in trusted]
        self._has_hinted = False

    def client(self, connection: HTTPConnection) -> str:
        """The client's IPv4 address or IPv6 network; a digest if a trusted proxy has hidden the address."""
        peer = connection.client.host if connection.client else ""
        address, name = _peer(peer)
        if not self._trusted or not self._is_trusted(address):
            if not self._has_hinted:
                self._hint(connection)
            return name
        lines = connection.headers.getlist("x-forwarded-for")
        hops = [hop.strip() for hop in ",".join(lines).split(",") if hop.strip()]
        # Each proxy appends the address of its peer, so only the last hop was added by the nearest proxy.
        while hops and self._is_trusted(address):
            address = _parse(hops[-1])
            if address is None:
                # Such as `unknown`: the rest of the header is all that tells this client from others.
                return _digest(peer, *hops)
            hops.pop()
        return _name(address)

    def _hint(self, connection: HTTPConnection) -> None:
        """Log once that a header is ignored, as behind a proxy that the settings do not name."""
        if "x-forwarded-for" in connection.headers:
            self._has_hinted = True
            log.warning(
                "X-Forwarded-For of an untrusted peer is ignored: behind a proxy, all clients share the points of its"
                " address until GATEWAY_TRUSTED_PROXIES has its network"
            )

    def _is_trusted(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self._trusted)


def _parse(text: str) -> Address | None:
    """The address in any form that proxies write: with a port, in brackets, in quotes, or with a zone."""
    text = text.strip('" \t')
    bracketed = BRACKETED.fullmatch(text)
    host, colon, _ = text.rpartition(":")
    # An address without brackets is first tried as a whole: the colons of IPv6 are no port's.
    return _address(bracketed[1]) if bracketed else _address(text) or (_address(host) if colon else None)


# Most requests come from few peers, and an address takes longer to parse than a small query to execute.
@lru_cache(maxsize=1024)
def _peer(text: str) -> tuple[Address | None, str]:
    address = _parse(text)
    return address, _name(address)


def _address(text: str) -> Address | None:
    try:
        parsed = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else parsed


def _network(text: str) -> IPv4Network | IPv6Network:
    """The network; IPv4 in IPv6 form (`::ffff:10.0.0.0/104`) is IPv4, like the addresses of peers."""
    network = ip_network(text)
    mapped = network.network_address.ipv4_mapped if isinstance(network, IPv6Network) else None
    bits = network.prefixlen - MAPPED_PREFIX
    return ip_network((mapped, bits)) if mapped and bits >= 0 else network


def _name(address: Address | None) -> str:
    if address is None:
        return "unknown"
    if isinstance(address, IPv6Address):
        return str(ip_network((address, CLIENT_PREFIX_V6), strict=False))
    return str(address)


def _digest(*parts: str) -> str:
    """A short name for texts of any length."""
    return blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()
