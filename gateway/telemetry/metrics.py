"""The metrics, named by Prometheus' conventions and listed in docs/operations.md.

Requests are counted here as they happen; `MetricsCollector` in `web/probes.py` copies the other counts and states when
the metrics are scraped.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from time import perf_counter
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from gateway.errors import GatewayError

from .request_context import RequestContext

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30)

# Counters: name, meaning, labels. The collector updates them, of `gateway_requests` the cache hits only, and not the
# calls of tools and the requests to osu!track; the server counts its slow clients.
COUNTERS = (
    (
        "gateway_requests",
        "GraphQL requests: response-cache hits, and misses, which are executed or refused.",
        ("operation", "outcome", "cache"),
    ),
    (
        "gateway_tool_calls",
        "Calls of tools by AI assistants (`/mcp`), by their outcome: ok, errors, refused, or failed.",
        ("tool", "outcome"),
    ),
    (
        "gateway_records_served",
        "Reads of the store: fresh, revalidating, stale, or loaded from osu!track.",
        ("resource", "freshness"),
    ),
    (
        "gateway_executed_operations",
        "Executed operations: compiled, by graphql-core with compiled lists (lists), or without (interpreted).",
        ("execution",),
    ),
    ("gateway_cache_evictions", "Entries evicted to stay within the memory limit.", ("cache",)),
    (
        "gateway_redis_reads",
        "Lookups in Redis before a request to osu!track: hit, miss, or unreadable.",
        ("result",),
    ),
    ("gateway_log_lines_dropped", "Log lines dropped because standard output is blocked, full or closed.", ()),
    (
        "gateway_purges",
        "Purges sent to the edge cache: ok, or failed, which are repeated.",
        ("outcome",),
    ),
    ("gateway_purge_tags_dropped", "Tags dropped because too many waited for a purge of the edge cache.", ()),
    ("gateway_redis_disconnects", "Losses of the connection to Redis.", ()),
    (
        "gateway_upstream_pauses",
        "Pauses of a class of requests: after failures, or because osu!track blocks the gateway.",
        ("class", "reason"),
    ),
    (
        "gateway_upstream_failures",
        "Failures of requests to osu!track that its state counts, by cause, such as dns, refused, or tls_untrusted.",
        ("class", "kind"),
    ),
    (
        "gateway_upstream_requests",
        "Requests to osu!track; the outcome is `ok`, an error code, or `cancelled`.",
        ("endpoint", "outcome"),
    ),
    ("gateway_upstream_rows_dropped", "Invalid rows in osu!track's responses, which were dropped.", ("endpoint",)),
    (
        "gateway_slow_clients_closed",
        "Connections closed because the client stopped reading, or read slowly while a limit was reached.",
        ("cause",),
    ),
    (
        "gateway_responses_refused",
        "Large responses replaced by `UNREAD_RESPONSES`, by the limit: that of the client, or the total.",
        ("cause",),
    ),
)
# Gauges that are updated by the collector: name, meaning, labels, and their aggregation over worker processes.
GAUGES: tuple[tuple[str, str, tuple[str, ...], Literal["livemax", "livemin", "livesum"]], ...] = (
    (
        "gateway_upstream_state",
        "1 for the current state of osu!track in each class: UP, DEGRADED, or DOWN (requests are paused).",
        ("class", "state"),
        "livemax",
    ),
    (
        "gateway_upstream_budget_remaining",
        "Requests left in the budget; missing for unlimited budgets.",
        ("budget",),
        "livemin",
    ),
    (
        "gateway_upstream_budget_per_minute",
        "Present request budget per minute: lower than its setting for an hour after a 429; missing if unlimited.",
        ("budget",),
        "livemin",
    ),
    (
        "gateway_upstream_waiting_clients",
        "Clients with a request that waits for the budget; background refreshes are not counted.",
        ("budget",),
        # The same client may wait in several processes.
        "livemax",
    ),
    ("gateway_cache_bytes", "Approximate size of a cache in bytes.", ("cache",), "livesum"),
    ("gateway_cache_entries", "Number of entries in a cache.", ("cache",), "livesum"),
    ("gateway_unsent_bytes", "Memory of the large responses that clients are reading.", (), "livesum"),
    ("gateway_purge_tags_waiting", "Tags that wait for a purge of the edge cache.", (), "livesum"),
    ("gateway_redis_up", "1 while Redis is connected, 0 if it is unavailable or not configured.", (), "livemin"),
    (
        "gateway_custom_protocol",
        "1 if the gateway's own HTTP protocol serves requests; 0 with uvicorn's, after a failed self-check.",
        (),
        "livemin",
    ),
)


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
        # Created at the start: Prometheus needs a value before the first failure to compute a rate.
        for operation in ("query", "mutation", "none"):
            self._requests.labels(operation, "failed", "miss")
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

    def count_request(self, request: RequestContext) -> None:
        """Count an executed or refused GraphQL request."""
        count, observe = self._request_samples(request.operation_type or "none", request.outcome)
        count()
        observe(request.seconds)

    def _find_request_samples(
        self, operation: str, outcome: str | None
    ) -> tuple[Callable[[], None], Callable[[float], None]]:
        return self._requests.labels(operation, outcome, "miss").inc, self._request_seconds.labels(operation).observe

    def count_tool_call(self, tool: str, outcome: str | None) -> None:
        """Count a call of a tool, which is also a GraphQL request."""
        self.counters["gateway_tool_calls"].labels(tool, outcome).inc()

    def count_refusal(self) -> None:
        """Count a request that was refused by the server: it has no operation and no duration."""
        self._requests.labels("none", "refused", "miss").inc()

    def count_dropped_rows(self, endpoint: str, count: int) -> None:
        """Count the invalid rows of a response."""
        self._rows_dropped.labels(endpoint).inc(count)

    @contextmanager
    def measure_upstream_request(self, endpoint: str) -> Iterator[None]:
        """Measure one request to osu!track, and count its outcome."""
        outcome, started = "cancelled", perf_counter()
        try:
            yield
            outcome = "ok"
        except GatewayError as exc:
            outcome = exc.code
            raise
        finally:
            self._upstream_requests.labels(endpoint, outcome).inc()
            self._upstream_seconds.labels(endpoint).observe(perf_counter() - started)

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


def discard_live_metrics(pid: int | None, folder: str) -> None:
    """Remove the gauges of a worker process that has died; its counters remain."""
    mark_process_dead(pid, folder)  # type: ignore[no-untyped-call]  # (the same)
