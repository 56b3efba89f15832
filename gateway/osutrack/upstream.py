"""Everything one process needs to talk to osu!track, put together from the settings."""

import time
from collections.abc import Callable
from importlib.metadata import version

import httpx

from gateway.settings import Settings
from gateway.shared.rate_limiter import rate_limiter
from gateway.shared.redis_link import RedisLink
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.tracing import Tracing

from .circuit_breaker import CircuitBreaker
from .client import Client
from .endpoints import HISCORES, READS, UPDATES
from .rate_limit import BACKGROUND_SHARE, Budget, RateLimiter
from .transport import Transport

# osu!track closes a connection that has been idle for 5 s: one that old is not used again.
KEEPALIVE_S = 4.0
# httpcore looks at each idle connection for each other whenever a request begins or ends.
MAX_IDLE = 10


class Upstream:
    """A client with its budgets and its circuit breaker; `close` when done."""

    def __init__(
        self,
        settings: Settings,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        metrics: Metrics | None = None,
        redis_link: RedisLink | None = None,
        tracing: Tracing | None = None,
        clock: Callable[[], float] = time.time,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        """`transport` stands in for the network in tests; `redis_link` is what is shared with other processes."""
        redis_link = redis_link or RedisLink(None)
        counted = rate_limiter(redis_link, settings.processes, clock=clock)
        rates = {
            READS: settings.reads_per_minute,
            HISCORES: settings.hiscores_per_minute,
            UPDATES: settings.updates_per_minute,
        }
        # While Redis is away a process has only its own part of a budget: what is kept for people is a part of that.
        parts = BACKGROUND_SHARE * settings.processes
        budgets = [Budget(name, rate, counted, reserved=rate // parts, clock=clock) for name, rate in rates.items()]
        # Where an operation has less time than a read, reads don't time out by themselves.
        slow_s = min(settings.read_timeout_s, settings.operation_timeout_s / 2)
        self.breaker = CircuitBreaker(slow_s=slow_s, clock=clock, stopwatch=stopwatch)
        self.rate_limiter = RateLimiter(
            budgets, max(1, settings.upstream_concurrency // settings.processes), redis_link
        )
        self._http = _http(settings, transport)
        session = Transport(
            self._http,
            self.rate_limiter,
            self.breaker,
            settings.update_timeout_s,
            metrics=metrics,
            tracing=tracing,
            clock=clock,
        )
        self.client = Client(session, metrics)

    async def close(self) -> None:
        """Close what is open."""
        await self._http.aclose()


def _http(settings: Settings, transport: httpx.AsyncBaseTransport | None) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=settings.upstream_url,
        headers={"User-Agent": f"osutrack-gateway/{version('osutrack-gateway')} (+{settings.contact})"},
        timeout=httpx.Timeout(settings.read_timeout_s, connect=settings.connect_timeout_s),
        limits=httpx.Limits(
            max_connections=settings.upstream_concurrency,
            max_keepalive_connections=MAX_IDLE,
            keepalive_expiry=KEEPALIVE_S,
        ),
        transport=transport,
        # A proxy or credentials in the environment are not settings of ours.
        trust_env=False,
    )
