"""The endpoints `/healthz`, `/readyz` and `/metrics`, and the collector that updates the metrics for them."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import version
from math import ceil
from platform import python_version
from typing import Protocol

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway.edge.purger import Purger
from gateway.osutrack.budget import Budget
from gateway.osutrack.circuit_breakers import CircuitBreakers
from gateway.osutrack.diagnosis import REMEDIES
from gateway.osutrack.endpoints import READS
from gateway.osutrack.health import Health, PauseReason
from gateway.shared.redis_link import RedisLink
from gateway.telemetry.log_writer import LogWriter
from gateway.telemetry.metrics import Metrics, process_samples

from .cache.response_cache import ResponseCache

NO_STORE = {"Cache-Control": "no-store"}
# The maximum age of one worker process's metrics in the response of another.
COLLECTION_INTERVAL_S = 5.0
# Of `gateway_records_served`.
FRESHNESS = ("fresh", "revalidating", "stale", "loaded")


class MeasuredCache(Protocol):
    """A cache with its size in bytes, its number of entries, and that of its evictions."""

    size: int
    evictions: int

    def __len__(self) -> int: ...


class MetricsCollector:
    """Copies the counts and states of one process's parts into its metrics."""

    def __init__(
        self,
        metrics: Metrics,
        *,
        breakers: CircuitBreakers,
        budgets: Mapping[str, Budget],
        redis_link: RedisLink,
        caches: Mapping[str, MeasuredCache],
        served: Mapping[str, Counter[str]],
        redis_reads: Counter[str],
        executions: Counter[str],
        responses: ResponseCache,
        purger: Purger | None,
        log_writer: LogWriter | None,
        replicas: int = 1,
    ) -> None:
        """`caches` and `served` are by the value of their label: the cache's, or the resource's name."""
        self._metrics = metrics
        self._breakers = breakers
        self._budgets = budgets
        self._redis_link = redis_link
        self._caches = caches
        self._served = served
        self._redis_reads = redis_reads
        self._executions = executions
        self._responses = responses
        self._purger = purger
        self._log_writer = log_writer
        self._replicas = replicas
        self._exported_totals: dict[tuple[str, ...], float] = {}

    async def collect(self) -> None:
        """Update all metrics."""
        for name, budget in self._budgets.items():
            self._set("gateway_upstream_waiting_clients", budget.turns.waiting_clients, name)
            remaining = await budget.remaining()
            if remaining is not None:
                self._set("gateway_upstream_budget_remaining", remaining, name)
                self._set("gateway_upstream_budget_per_minute", budget.per_minute, name)
                self._set("gateway_upstream_budget_setting_per_minute", budget.configured, name)
        self._collect_breakers()
        self._collect_process()
        self._set("gateway_redis_up", self._redis_link.connected)
        self._add("gateway_redis_disconnects", self._redis_link.disconnects)
        for name, cache in self._caches.items():
            self._set("gateway_cache_bytes", cache.size, name)
            self._set("gateway_cache_entries", len(cache), name)
            self._add("gateway_cache_evictions", cache.evictions, name)
        for name, tally in self._served.items():
            self._add_all("gateway_records_served", {**dict.fromkeys(FRESHNESS, 0), **tally}, name)
        self._add_all("gateway_redis_reads", self._redis_reads)
        self._add("gateway_log_lines_dropped", self._log_writer.dropped if self._log_writer else 0)
        self._add_all("gateway_executed_operations", self._executions)
        if self._purger:
            self._add_all("gateway_purges", self._purger.tally)
            self._add("gateway_purge_tags_dropped", self._purger.dropped)
            self._set("gateway_purge_tags_waiting", self._purger.waiting)
        # Only queries without errors are cached.
        self._add("gateway_requests", self._responses.hits, "query", "ok", "hit")

    def _collect_breakers(self) -> None:
        for breaker in self._breakers:
            for health in Health:
                self._set("gateway_upstream_state", breaker.health is health, breaker.name, health)
            # Reasons without a pause too: Prometheus needs a value before the first one to compute an increase.
            for reason in PauseReason:
                self._add("gateway_upstream_pauses", breaker.pauses[reason], breaker.name, reason)
            for kind in REMEDIES:
                self._add("gateway_upstream_failures", breaker.failures[kind], breaker.name, kind)

    def _collect_process(self) -> None:
        self._set("gateway_build_info", 1, version("osutrack-gateway"), python_version())
        self._set("gateway_replicas", self._replicas)
        for name, value in process_samples().items():
            if name == "process_cpu_seconds_total":
                self._add("process_cpu_seconds", value)
            elif name in self._metrics.gauges:
                self._set(name, value)

    def _set(self, metric: str, value: float, *labels: str) -> None:
        gauge = self._metrics.gauges[metric]
        (gauge.labels(*labels) if labels else gauge).set(value)

    def _add(self, metric: str, total: float, *labels: str) -> None:
        counter = self._metrics.counters[metric]
        (counter.labels(*labels) if labels else counter).inc(total - self._exported_totals.get((metric, *labels), 0))
        self._exported_totals[metric, *labels] = total

    def _add_all(self, metric: str, tally: Mapping[str, int], *labels: str) -> None:
        for label, total in tally.items():
            self._add(metric, total, *labels, label)


class Probes:
    """The endpoints for orchestrators and Prometheus."""

    def __init__(
        self,
        metrics: Metrics,
        collector: MetricsCollector,
        *,
        breakers: CircuitBreakers,
        budgets: Mapping[str, Budget],
        redis_link: RedisLink,
    ) -> None:
        """`budgets` are those of the classes of requests to osu!track."""
        self._metrics = metrics
        self._collector = collector
        self._breakers = breakers
        self._budgets = budgets
        self._redis_link = redis_link

    async def alive(self, _: Request) -> JSONResponse:
        """Liveness: 200 while the process responds."""
        return JSONResponse({"status": "alive"}, headers=NO_STORE)

    async def ready(self, _: Request) -> JSONResponse:
        """Readiness: 200 even while osu!track is down, as cached data is served; the body has the details."""
        health, redis_link = self._breakers.health, self._redis_link
        serving_from = "cache" if self._breakers[READS].health is Health.DOWN else "osu!track and cache"
        redis = "not configured" if not redis_link.configured else "up" if redis_link.connected else "down"
        causes = {breaker.name: str(breaker.diagnosis) for breaker in self._breakers if breaker.health is not Health.UP}
        content = {
            "status": "ready",
            "upstream": health,
            "causes": causes,
            "retryAfterSeconds": self._pauses(),
            "servingFrom": serving_from,
            "redis": redis,
        }
        return JSONResponse(content, headers=NO_STORE)

    def _pauses(self) -> dict[str, int]:
        """Seconds until the next request of each paused class, as a probe or after a 429."""
        waits = {
            breaker.name: max(breaker.retry_in_s or 0, self._budgets[breaker.name].paused_s)
            for breaker in self._breakers
        }
        return {name: ceil(wait_s) for name, wait_s in waits.items() if wait_s}

    async def metrics(self, _: Request) -> Response:
        """The metrics in Prometheus' text format."""
        await self._collector.collect()
        return Response(self._metrics.exposition(), headers=NO_STORE, media_type=CONTENT_TYPE_LATEST)

    @asynccontextmanager
    async def periodic_collection(self) -> AsyncIterator[None]:
        """Update the metrics periodically, if other worker processes expose them too."""
        task = asyncio.create_task(self._collect_periodically()) if self._metrics.has_other_processes else None
        try:
            yield
        finally:
            if task:
                task.cancel()

    async def _collect_periodically(self) -> None:
        while True:
            await self._collector.collect()
            await asyncio.sleep(COLLECTION_INTERVAL_S)
