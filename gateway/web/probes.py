"""Brings the metrics up to date with what the parts have counted, and what they hold now."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import NamedTuple

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway.osutrack.circuit_breaker import CircuitBreaker, Health
from gateway.osutrack.rate_limit import RateLimiter
from gateway.shared.redis_link import RedisLink
from gateway.store.cache import Cache
from gateway.telemetry.metrics import Metrics

from .response_cache import ResponseCache

UNSTORED = {"Cache-Control": "no-store"}
# Whichever worker process is asked for metrics knows the others' as of then.
READING_S = 5.0


class MetricsSources(NamedTuple):
    """What is read off. `caches` are by name, as are the tallies of what resources have `served`."""

    metrics: Metrics
    breaker: CircuitBreaker
    rate_limiter: RateLimiter
    redis_link: RedisLink
    caches: Mapping[str, Cache]
    served: Mapping[str, Counter[str]]
    fast_lists: Counter[str]
    responses: ResponseCache
    recalled: Counter[str]


class MetricsCollector:
    """Of one process."""

    def __init__(self, metrics_sources: MetricsSources) -> None:
        self._observed = metrics_sources
        self._counted: Counter[tuple[str, ...]] = Counter()

    async def take(self) -> None:
        """Read everything off."""
        seen = self._observed
        for name, budget in seen.rate_limiter.budgets.items():
            remaining = await budget.remaining()
            if remaining is not None:
                self._set("gateway_upstream_budget_remaining", remaining, name)
        for health in Health:
            self._set("gateway_upstream_state", seen.breaker.health is health, health)
        self._set("gateway_redis_up", seen.redis_link.connected)
        self._add("gateway_redis_disconnects", seen.redis_link.disconnects)
        for name, cache in seen.caches.items():
            self._set("gateway_cache_bytes", cache.used_bytes, name)
            self._set("gateway_cache_entries", len(cache), name)
            self._add("gateway_cache_evictions", cache.evictions, name)
        for name, tally in seen.served.items():
            self._add_all("gateway_records_served", tally, name)
        self._add_all("gateway_fast_lists", seen.fast_lists)
        # Remembered are queries without errors only.
        self._add("gateway_requests", seen.responses.hits, "query", "ok", "hit")
        self._add_all("gateway_redis_reads", seen.recalled)

    def _set(self, metric: str, value: float, *labels: str) -> None:
        gauge = self._observed.metrics.gauges[metric]
        (gauge.labels(*labels) if labels else gauge).set(value)

    def _add(self, metric: str, total: int, *labels: str) -> None:
        counter = self._observed.metrics.counters[metric]
        (counter.labels(*labels) if labels else counter).inc(total - self._counted[metric, *labels])
        self._counted[metric, *labels] = total

    def _add_all(self, metric: str, tally: Counter[str], *labels: str) -> None:
        for what, total in tally.items():
            self._add(metric, total, *labels, what)


class Probes:
    """The endpoints `/healthz`, `/readyz` and `/metrics`."""

    def __init__(self, metrics_sources: MetricsSources) -> None:
        self._observed = metrics_sources
        self._collector = MetricsCollector(metrics_sources)

    async def alive(self, _: Request) -> JSONResponse:
        """200 while the process answers."""
        return JSONResponse({"status": "alive"}, headers=UNSTORED)

    async def ready(self, _: Request) -> JSONResponse:
        """200 while it can serve, which it can of its memory when osu!track is down; says what of, and with whom."""
        health, redis_link = self._observed.breaker.health, self._observed.redis_link
        serving = "memory" if health is Health.DOWN else "osu!track and memory"
        redis = "none" if not redis_link.configured else "up" if redis_link.connected else "down"
        told = {"status": "ready", "upstream": health, "servingFrom": serving, "redis": redis}
        return JSONResponse(told, headers=UNSTORED)

    async def metrics(self, _: Request) -> Response:
        """In Prometheus' text format."""
        await self._collector.take()
        return Response(self._observed.metrics.exposition(), headers=UNSTORED, media_type=CONTENT_TYPE_LATEST)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        """Among several worker processes: let the others know, again and again."""
        task = asyncio.create_task(self._keep_reading()) if self._observed.metrics.are_put_together else None
        try:
            yield
        finally:
            if task:
                task.cancel()

    async def _keep_reading(self) -> None:
        while True:
            await self._collector.take()
            await asyncio.sleep(READING_S)
