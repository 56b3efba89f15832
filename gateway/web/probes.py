"""For those who operate the gateway: whether it lives, whether it can serve, and what it has counted."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway.metrics import Metrics
from gateway.osutrack.breaker import Breaker, Health
from gateway.osutrack.pacing import Pacer
from gateway.store.cache import Cache

UNSTORED = {"Cache-Control": "no-store"}


class Observed(NamedTuple):
    """What is read off when somebody asks. `caches` are by name, as are the tallies of what resources have `served`."""

    metrics: Metrics
    breaker: Breaker
    pacer: Pacer
    caches: Mapping[str, Cache]
    served: Mapping[str, Counter[str]]
    projections: Counter[str]
    responses: Counter[str]


class Probes(Collector):
    """The endpoints `/healthz`, `/readyz` and `/metrics`."""

    def __init__(self, observed: Observed) -> None:
        self._observed = observed
        observed.metrics.registry.register(self)
        self._left: dict[str, int | None] = {}

    async def alive(self, _: Request) -> JSONResponse:
        """200 while the process answers."""
        return JSONResponse({"status": "alive"}, headers=UNSTORED)

    async def ready(self, _: Request) -> JSONResponse:
        """200 while it can serve, which it can of its memory when osu!track is down; says what of."""
        health = self._observed.breaker.health
        serving = "memory" if health is Health.DOWN else "osu!track and memory"
        return JSONResponse({"status": "ready", "upstream": health, "servingFrom": serving}, headers=UNSTORED)

    async def metrics(self, _: Request) -> Response:
        """In Prometheus' text format."""
        self._left = {name: await budget.remaining() for name, budget in self._observed.pacer.budgets.items()}
        return Response(
            generate_latest(self._observed.metrics.registry), headers=UNSTORED, media_type=CONTENT_TYPE_LATEST
        )

    def collect(self) -> Iterator[Metric]:
        """What can be read off now."""
        state = GaugeMetricFamily(
            "gateway_upstream_state",
            "1 for how osu!track is doing: UP, DEGRADED, or DOWN (not asked).",
            labels=["state"],
        )
        for health in Health:
            state.add_metric([health], float(self._observed.breaker.health is health))
        yield state
        left = GaugeMetricFamily(
            "gateway_upstream_budget_remaining",
            "Requests that may be sent now; none without a limit.",
            labels=["budget"],
        )
        for name, remaining in self._left.items():
            if remaining is not None:
                left.add_metric([name], remaining)
        yield left
        yield from self._caches()
        yield _tally(
            "gateway_records_served",
            "Reads of the store, by resource: fresh, stale, or loaded from osu!track.",
            ["resource", "freshness"],
            {(name, how): count for name, tally in self._observed.served.items() for how, count in tally.items()},
        )
        yield _tally(
            "gateway_list_projections",
            "Lists completed as a whole (fast), in part (mixed), or left to graphql-core (declined).",
            ["result"],
            {(result,): count for result, count in self._observed.projections.items()},
        )
        yield _tally(
            "gateway_response_cache_requests",
            "GraphQL requests by what the response cache made of them: hit, or miss.",
            ["result"],
            {(result,): count for result, count in self._observed.responses.items()},
        )

    def _caches(self) -> Iterator[Metric]:
        size = GaugeMetricFamily("gateway_cache_bytes", "What a cache holds, in bytes, about.", labels=["cache"])
        entries = GaugeMetricFamily("gateway_cache_entries", "How many entries it holds.", labels=["cache"])
        evictions = CounterMetricFamily("gateway_cache_evictions", "Entries let go for want of room.", labels=["cache"])
        for name, cache in self._observed.caches.items():
            size.add_metric([name], cache.held_bytes)
            entries.add_metric([name], len(cache))
            evictions.add_metric([name], cache.evictions)
        yield from (size, entries, evictions)


def _tally(name: str, meaning: str, labels: list[str], counts: Mapping[tuple[str, ...], int]) -> Metric:
    family = CounterMetricFamily(name, meaning, labels=labels)
    for values, count in counts.items():
        family.add_metric(list(values), count)
    return family
