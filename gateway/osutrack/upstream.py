"""The osu!track client of one process, with its rate limiter and circuit breakers, built from the settings."""

import time
from collections.abc import Callable

import httpx

from gateway.settings import Settings
from gateway.shared.redis_link import RedisLink
from gateway.shared.request_window import RequestWindow
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.tracing import Tracing

from .budget import Budget
from .circuit_breaker import CircuitBreaker
from .circuit_breakers import CircuitBreakers
from .client import Client
from .endpoints import CLASSES, HISCORES, READS, UPDATES
from .http_client import create_http_client
from .rate_limit import RateLimiter
from .transport import Transport


class Upstream:
    """The osu!track client of one process, its rate limiter and its circuit breakers. Call `close` when done."""

    def __init__(
        self,
        settings: Settings,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        metrics: Metrics | None = None,
        redis_link: RedisLink | None = None,
        tracing: Tracing | None = None,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`transport` replaces the network in tests; with `redis_link`, processes share the budgets."""
        redis_link = redis_link or RedisLink(None)
        self.breakers = _breakers(settings, redis_link, clock, monotonic)
        self.rate_limiter = _rate_limiter(settings, redis_link, monotonic)
        for name, budget in self.rate_limiter.budgets.items():
            budget.on_paused = self.breakers[name].note_pause
            budget.has_failures = self.breakers[name].has_failures
        self._http = create_http_client(settings, settings.upstream_url, transport)
        self.client = Client(
            Transport(
                self._http,
                rate_limiter=self.rate_limiter,
                breakers=self.breakers,
                update_timeout_s=settings.update_timeout_s,
                metrics=metrics,
                tracing=tracing,
                clock=clock,
            ),
            metrics,
        )

    async def close(self) -> None:
        """Close the connections to osu!track."""
        await self._http.aclose()


def _breakers(
    settings: Settings, redis_link: RedisLink, clock: Callable[[], float], monotonic: Callable[[], float]
) -> CircuitBreakers:
    # A short operation timeout cancels reads before their own timeout: these count as failures too.
    slow_s = min(settings.read_timeout_s, settings.operation_timeout_s / 2)
    breakers = (CircuitBreaker(name, slow_s=slow_s, clock=clock, monotonic=monotonic) for name in CLASSES)
    return CircuitBreakers(breakers, redis_link)


def _rate_limiter(settings: Settings, redis_link: RedisLink, monotonic: Callable[[], float]) -> RateLimiter:
    def budget(name: str, per_minute: int) -> Budget:
        window = RequestWindow(name, per_minute, redis_link, processes=settings.processes, monotonic=monotonic)
        return Budget(name, per_minute, window, monotonic=monotonic)

    budgets = [
        budget(READS, settings.reads_per_minute),
        budget(HISCORES, settings.hiscores_per_minute),
        budget(UPDATES, settings.updates_per_minute),
    ]
    return RateLimiter(
        budgets, concurrency=max(1, settings.upstream_concurrency // settings.processes), redis_link=redis_link
    )
