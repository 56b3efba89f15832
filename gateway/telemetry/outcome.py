"""The outcome and the duration of a block, for metrics and logs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

from gateway.errors import GatewayError


@contextmanager
def outcome_of_block(report: Callable[[str, float], object]) -> Iterator[None]:
    """Call `report` at the end with the outcome (`ok`, an error code, or `cancelled`) and the duration in seconds."""
    outcome, started_at = "cancelled", perf_counter()
    try:
        yield
        outcome = "ok"
    except GatewayError as exc:
        outcome = exc.code
        raise
    finally:
        report(outcome, perf_counter() - started_at)
