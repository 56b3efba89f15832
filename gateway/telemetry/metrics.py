"""Everything that is counted, by Prometheus' conventions; the README lists every name.

What happens is counted here as it happens; what the parts know of themselves is brought here by `web/readings.py`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from gateway.errors import GatewayError

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30)

# What the parts count themselves, of requests only the hits: name, meaning, labels.
COUNTERS = (
    (
        "gateway_requests",
        "GraphQL requests: a `hit` if a finished answer was sent again, else a `miss`, executed or refused.",
        ("operation", "outcome", "cache"),
    ),
    (
        "gateway_records_served",
        "Reads of the store, by resource: fresh, stale, or loaded from osu!track.",
        ("resource", "freshness"),
    ),
    (
        "gateway_fast_lists",
        "Lists of records by execution path: fast list path (fast), both (mixed), graphql-core only (declined).",
        ("result",),
    ),
    ("gateway_cache_evictions", "Entries dropped to make room.", ("cache",)),
    (
        "gateway_redis_reads",
        "What was looked for in Redis before osu!track was asked: hit, miss, or unreadable.",
        ("result",),
    ),
    ("gateway_redis_disconnects", "How often the connection to Redis was lost.", ()),
)
# What is so now: name, meaning, labels, and what several processes make of it together.
GAUGES: tuple[tuple[str, str, tuple[str, ...], Literal["livemax", "livemin", "livesum"]], ...] = (
    (
        "gateway_upstream_state",
        "1 for the state that osu!track is in: UP, DEGRADED, or DOWN (not asked).",
        ("state",),
        "livemax",
    ),
    (
        "gateway_upstream_budget_remaining",
        "Requests that may be sent now; missing where there is no limit.",
        ("budget",),
        "livemin",
    ),
    ("gateway_cache_bytes", "How many bytes a cache holds, about.", ("cache",), "livesum"),
    ("gateway_cache_entries", "How many entries it holds.", ("cache",), "livesum"),
    ("gateway_redis_up", "1 while Redis can be reached; 0 if not, or if there is none.", (), "livemin"),
)


class Metrics:
    """One application's own: there is no registry of the process, but worker processes put theirs together."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.counters = {
            name: Counter(name, meaning, labels, registry=self.registry) for name, meaning, labels in COUNTERS
        }
        self.gauges = {
            name: Gauge(name, meaning, labels, registry=self.registry, multiprocess_mode=together)
            for name, meaning, labels, together in GAUGES
        }
        self._requests = self.counters["gateway_requests"]
        # There from the start: Prometheus can't see something rise that was not there before.
        for operation in ("query", "mutation", "none"):
            self._requests.labels(operation, "failed", "miss")
        self._request_seconds = Histogram(
            "gateway_request_duration_seconds",
            "How long requests took, the hits left out.",
            ["operation"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self._upstream_requests = Counter(
            "gateway_upstream_requests",
            "Requests to osu!track; the outcome is `ok` or an error's code.",
            ["endpoint", "outcome"],
            registry=self.registry,
        )
        self._rows_dropped = Counter(
            "gateway_upstream_rows_dropped",
            "Rows of osu!track's answers that can't be read, and are left out.",
            ["endpoint"],
            registry=self.registry,
        )
        self._upstream_seconds = Histogram(
            "gateway_upstream_request_duration_seconds",
            "How long osu!track took, without the wait for a budget.",
            ["endpoint"],
            buckets=SECONDS,
            registry=self.registry,
        )

    def request(self, operation: str, outcome: str, seconds: float) -> None:
        """A GraphQL request was executed or refused; `operation` is its type, `none` if that is not known."""
        self._requests.labels(operation, outcome, "miss").inc()
        self._request_seconds.labels(operation).observe(seconds)

    def rows_dropped(self, endpoint: str, count: int) -> None:
        """So many rows of an answer could not be read."""
        self._rows_dropped.labels(endpoint).inc(count)

    @contextmanager
    def upstream_request(self, endpoint: str) -> Iterator[None]:
        """Around one request to osu!track."""
        outcome, began = "abandoned", perf_counter()
        try:
            yield
            outcome = "ok"
        except GatewayError as exc:
            outcome = exc.code
            raise
        finally:
            self._upstream_requests.labels(endpoint, outcome).inc()
            self._upstream_seconds.labels(endpoint).observe(perf_counter() - began)

    @property
    def are_put_together(self) -> bool:
        """Whether there are other worker processes: then prometheus-client was given a folder for all."""
        return values.ValueClass is not values.MutexValue

    def exposition(self) -> bytes:
        """All of it in Prometheus' text format, that of other worker processes included."""
        if not self.are_put_together:
            return generate_latest(self.registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]  # prometheus-client has few types here
        return generate_latest(together)


def discard_live_metrics(pid: int | None, folder: str) -> None:
    """Remove the gauges of a worker process that has died; its counters remain."""
    mark_process_dead(pid, folder)  # type: ignore[no-untyped-call]  # (the same)
