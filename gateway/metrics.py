"""What is counted as it happens, by Prometheus' conventions; `web/probes.py` adds what can be read off at any time.

The README lists every name.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Histogram

from .errors import GatewayError

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30)


class Metrics:
    """One application's own: there is no registry of the process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "gateway_requests",
            "GraphQL requests that were executed or refused, not those answered from the response cache.",
            ["operation", "outcome"],
            registry=self.registry,
        )
        self._request_seconds = Histogram(
            "gateway_request_duration_seconds",
            "How long they took.",
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
        self._upstream_seconds = Histogram(
            "gateway_upstream_request_duration_seconds",
            "How long osu!track took, waiting for a budget left out.",
            ["endpoint"],
            buckets=SECONDS,
            registry=self.registry,
        )

    def request(self, operation: str, outcome: str, seconds: float) -> None:
        """A GraphQL request has ended; `operation` is its type, `none` if that is not known."""
        self._requests.labels(operation, outcome).inc()
        self._request_seconds.labels(operation).observe(seconds)

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
