"""What each client may still ask for: a bucket of points by address, filled by the minute."""

import time
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.requests import HTTPConnection

from gateway.store.lru import LRU

MAX_CLIENTS = 10_000
Network = IPv4Network | IPv6Network
# Whoever has one address of IPv6 usually has a whole network of them.
CLIENT_PREFIX_V6 = 64


class TokenBucket:
    """Points of one client. `limit=0` means no limit."""

    def __init__(self, limit: int, per_minute: int, clock: Callable[[], float]) -> None:
        self.limit = limit
        self._per_s = per_minute / 60
        self._clock = clock
        self._points = float(limit)
        self._at = clock()

    @property
    def remaining(self) -> int:
        """Whole points left now."""
        return int(self._filled())

    @property
    def full_at(self) -> float:
        """When there will be `limit` again; seconds since 1970."""
        return self._clock() + self._seconds_for(self.limit - self._filled())

    @property
    def fill_s(self) -> float:
        """How long an empty one takes to be full."""
        return self._seconds_for(self.limit)

    def wait_s(self, points: int) -> float:
        """How long until so many points are there; 0 if they are."""
        return self._seconds_for(points - self._filled()) if self.limit else 0.0

    def take(self, points: int) -> None:
        """Take them; negative points are given back."""
        self._points = min(self._filled() - points, self.limit)
        self._at = self._clock()

    def _filled(self) -> float:
        return min(self._points + (self._clock() - self._at) * self._per_s, self.limit)

    def _seconds_for(self, points: float) -> float:
        return max(points, 0) / self._per_s if self._per_s else 0.0


class ClientLimits:
    """The buckets of the clients seen lately; who has not been seen for long has a full one."""

    def __init__(self, limit: int, per_minute: int, *, clock: Callable[[], float] = time.time) -> None:
        self._limit = limit
        self._per_minute = per_minute
        self._clock = clock
        self._buckets: LRU[str, TokenBucket] = LRU(MAX_CLIENTS)

    def bucket(self, client: str) -> TokenBucket:
        """The client's own."""
        bucket = self._buckets.peek(client)
        if bucket is None:
            bucket = TokenBucket(self._limit, self._per_minute, self._clock)
            self._buckets.put(client, bucket)
        return bucket


class ClientAddresses:
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
