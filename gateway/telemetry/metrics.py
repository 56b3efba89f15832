"""The metrics, named by Prometheus' conventions and listed in docs/operations.md.

Requests are counted here as they happen; `MetricsCollector` in `web/probes.py` copies the other counts and states when
the metrics are scraped.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from functools import lru_cache
from pathlib import Path
from time import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest, values
from prometheus_client.mmap_dict import MmapedDict, mmap_key
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from .metric_names import COUNTERS, EXPECTED, GAUGES, UPSTREAM_OUTCOMES, WORKER_DEATHS, WORKER_DEATHS_MEANING
from .outcome import outcome_of_block
from .request_context import RequestContext

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30)


class Metrics:
    """The metrics of one application, in a registry of its own; those of worker processes are merged."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.counters = {
            name: Counter(name, meaning, labels, registry=self.registry) for name, meaning, labels in COUNTERS
        }
        self.gauges = {
            name: Gauge(name, meaning, labels, registry=self.registry, multiprocess_mode=mode)
            for name, meaning, labels, mode in GAUGES
        }
        self._requests = self.counters["gateway_requests"]
        for name, values_ in EXPECTED.items():
            for labels in values_:
                self.counters[name].labels(*labels)
        self._request_seconds = self._histogram(
            "gateway_request_duration_seconds", "Request duration, excluding response-cache hits.", "operation"
        )
        self._request_samples = lru_cache(self._find_request_samples)
        self._upstream_requests = self.counters["gateway_upstream_requests"]
        self._rows_dropped = self.counters["gateway_upstream_rows_dropped"]
        self._upstream_seconds = self._histogram(
            "gateway_upstream_request_duration_seconds",
            "Duration of requests to osu!track, excluding the wait for the budget.",
            "endpoint",
        )

    def _histogram(self, name: str, meaning: str, label: str) -> Histogram:
        return Histogram(name, meaning, [label], buckets=SECONDS, registry=self.registry)

    def expect_upstream_requests(self, endpoints: Iterable[str]) -> None:
        """Create the counts of these endpoints, before the first request."""
        for endpoint in endpoints:
            self._rows_dropped.labels(endpoint)
            for outcome in UPSTREAM_OUTCOMES:
                self._upstream_requests.labels(endpoint, outcome)

    def count_request(self, request: RequestContext) -> None:
        """Count an executed or refused GraphQL request."""
        count, observe = self._request_samples(request.operation_type or "none", request.outcome)
        count()
        observe(request.seconds)
        for code in request.codes:
            self._count_code(code)

    def _count_code(self, code: str) -> None:
        self.counters["gateway_error_codes"].labels(code).inc()

    def count_refused_token(self, reason: str) -> None:
        """Count an update that was refused for its token."""
        self.counters["gateway_update_tokens_refused"].labels(reason).inc()

    def _find_request_samples(
        self, operation: str, outcome: str | None
    ) -> tuple[Callable[[], None], Callable[[float], None]]:
        return self._requests.labels(operation, outcome, "miss").inc, self._request_seconds.labels(operation).observe

    def count_tool_call(self, tool: str, outcome: str | None) -> None:
        """Count a call of a tool, which is also a GraphQL request."""
        self.counters["gateway_tool_calls"].labels(tool, outcome).inc()

    def count_refusal(self, code: str) -> None:
        """Count a request that was refused by the server: it has no operation and no duration."""
        self._requests.labels("none", "refused", "miss").inc()
        self._count_code(code)

    def count_dropped_rows(self, endpoint: str, count: int) -> None:
        """Count the invalid rows of a response."""
        self._rows_dropped.labels(endpoint).inc(count)

    def measure_upstream_request(self, endpoint: str) -> AbstractContextManager[None]:
        """Measure one request to osu!track, and count its outcome."""

        def record(outcome: str, seconds: float) -> None:
            self._upstream_requests.labels(endpoint, outcome).inc()
            self._upstream_seconds.labels(endpoint).observe(seconds)

        return outcome_of_block(record)

    @property
    def has_other_processes(self) -> bool:
        """Whether prometheus-client merges the metrics of several worker processes."""
        return values.ValueClass is not values.MutexValue

    def exposition(self) -> bytes:
        """All metrics in Prometheus' text format, those of other worker processes included."""
        if not self.has_other_processes:
            return generate_latest(self.registry)
        merged = CollectorRegistry()
        MultiProcessCollector(merged)  # type: ignore[no-untyped-call]  # prometheus-client has few types here
        return generate_latest(merged)


def count_worker_death(total: int, folder: str) -> None:
    """Publish the supervisor's count of dead workers, among the metrics of the workers."""
    values_ = MmapedDict(str(Path(folder) / "counter_supervisor.db"))  # type: ignore[no-untyped-call]  # (the same)
    key = mmap_key(WORKER_DEATHS, f"{WORKER_DEATHS}_total", [], [], WORKER_DEATHS_MEANING)
    values_.write_value(key, total, time())  # type: ignore[no-untyped-call]  # (the same)
    values_.close()  # type: ignore[no-untyped-call]  # (the same)


def process_samples() -> dict[str, float]:
    """The metrics of this process, by name; empty where the system does not have them."""
    collected = ProcessCollector(registry=None).collect()
    return {sample.name: sample.value for family in collected for sample in family.samples}


def discard_live_metrics(pid: int | None, folder: str) -> None:
    """Remove the gauges of a worker process that has died; its counters remain."""
    mark_process_dead(pid, folder)  # type: ignore[no-untyped-call]  # (the same)
