"""The gateway about itself: what the caller has left, and how osu!track is doing."""

import strawberry

from gateway.graph.context import Context
from gateway.graph.fields import documented
from gateway.graph.scalars import DateTime, from_timestamp
from gateway.graph.strawberry_compat import describe_enum_values
from gateway.osutrack.circuit_breaker import CircuitBreaker, Health

_field = strawberry.field


@documented
@strawberry.type
class RateLimit:
    """Points are upstream requests: a query's cost is the most it could send to osu!track. Answers from the cache give
    points back.
    """

    limit: int = _field(description="The bucket's size.")
    cost: int = _field(description="What this operation could cost.")
    remaining: int = _field(description="What is left, this operation's cost taken off.")
    reset_at: DateTime = _field(description="When the bucket is full again.")


strawberry.enum(Health, name="UpstreamState", description="How osu!track's API is doing, as seen from here.")
describe_enum_values(
    Health,
    {
        "UP": "Answering.",
        "DEGRADED": "Failing at times or slow; some answers may be stale.",
        "DOWN": "Not asked for the moment; only what is stored is served.",
    },
)


@documented
@strawberry.type
class ServiceStatus:
    """This gateway and what it depends on."""

    version: str = _field(description="The gateway's own version.")
    upstream: Health = _field(description="How osu!track is doing.")
    retry_at: DateTime | None = _field(description="When the upstream will next be tried, while `DOWN`.")
    last_success_at: DateTime | None = _field(
        description="When osu!track last answered; null if it has not since this gateway was started."
    )


def rate_limit_of(context: Context) -> RateLimit:
    """The client's balance while the operation runs."""
    points = context.points
    return RateLimit(
        limit=points.limit, cost=context.cost, remaining=points.remaining, reset_at=from_timestamp(points.full_at)
    )


def status_of(breaker: CircuitBreaker, version: str) -> ServiceStatus:
    """As the circuit breaker sees it."""
    return ServiceStatus(
        version=version,
        upstream=breaker.health,
        retry_at=_maybe(breaker.retry_at),
        last_success_at=_maybe(breaker.last_success_at),
    )


def _maybe(seconds: float | None) -> DateTime | None:
    return None if seconds is None else from_timestamp(seconds)
