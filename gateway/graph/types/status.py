"""The client's rate limit, and the state of the gateway and of osu!track."""

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
    """The client's points. An operation's cost is the price of the requests to osu!track that it may need;
    points for cached data are refunded.
    """

    limit: int = _field(description="The maximum number of points; 0 means no limit.")
    cost: int = _field(description="The maximum cost of this operation.")
    remaining: int = _field(description="The remaining points after this operation's cost; 0 without a limit.")
    reset_at: DateTime = _field(description="The time at which all points are available.")


strawberry.enum(
    Health, name="UpstreamState", description="The availability of osu!track's API, as observed by this gateway."
)
describe_enum_values(
    Health,
    {
        "UP": "osu!track responds normally.",
        "DEGRADED": "Some requests fail or are slow. Data may be stale.",
        "DOWN": "Requests to osu!track are paused. Only cached data is served.",
    },
)


@documented
@strawberry.type
class ServiceStatus:
    """The state of this gateway and of osu!track."""

    version: str = _field(description="The gateway's version.")
    upstream: Health = _field(description="The availability of osu!track.")
    retry_at: DateTime | None = _field(
        description="The time of the next request to osu!track while `upstream` is `DOWN`; otherwise null."
    )
    last_success_at: DateTime | None = _field(
        description="The time of the last successful response; null if there was none since the gateway started."
    )


def rate_limit_of(context: Context) -> RateLimit:
    """The client's balance while the operation runs."""
    points = context.points
    return RateLimit(
        limit=points.limit,
        cost=context.cost,
        remaining=points.remaining,
        reset_at=from_timestamp(context.now + points.full_in_s),
    )


def status_of(breaker: CircuitBreaker, version: str) -> ServiceStatus:
    """The state of osu!track according to the circuit breaker."""
    return ServiceStatus(
        version=version,
        upstream=breaker.health,
        retry_at=_optional_time(breaker.retry_at),
        last_success_at=_optional_time(breaker.last_success_at),
    )


def _optional_time(seconds: float | None) -> DateTime | None:
    return None if seconds is None else from_timestamp(seconds)
