"""The client's rate limit, and the state of the gateway and of osu!track."""

from importlib.metadata import version

import strawberry

from gateway.graph.context import Context
from gateway.graph.fields import documented
from gateway.graph.scalars import DateTime, from_timestamp
from gateway.graph.strawberry_compat import describe_enum_values
from gateway.osutrack.circuit_breaker import CircuitBreaker
from gateway.osutrack.health import Health

_field = strawberry.field


@documented
@strawberry.type
class RateLimit:
    """The client's points. An operation's cost is the price of the requests to osu!track that it may need;
    points for cached data are refunded.
    """

    limit: int = _field(description="The maximum number of points; 0 means no limit.")
    cost: int = _field(description="The maximum cost of this operation.")
    remaining: int = _field(
        description="The remaining points after this operation's cost; 0 without a limit.\n"
        "The loads that `ranking` starts are charged later: the header `RateLimit` has them."
    )
    reset_at: DateTime = _field(description="The time at which all points are available.")


strawberry.enum(
    Health, name="UpstreamState", description="The availability of osu!track's API, as observed by this gateway."
)
describe_enum_values(
    Health,
    {
        "UP": "osu!track responds normally.",
        "DEGRADED": "Some requests fail or are slow, or the next one is the first after a pause. Data may be stale.",
        "DOWN": "Requests to osu!track are paused: its data is served from the cache only.",
    },
)


@documented
@strawberry.type
class UpstreamClass:
    """One class of requests to osu!track. Each class has its own budget, and is paused on its own."""

    name: str = _field(description="`reads`, `hiscores` or `updates`.")
    state: Health = _field(description="The availability of osu!track for these requests.")
    retry_at: DateTime | None = _field(
        description="The time of the next request while `state` is `DOWN`; otherwise null."
    )
    cause: str | None = _field(description="The cause of the pause while `state` is `DOWN`; otherwise null.")
    requests_per_minute: int = _field(
        description="The present budget: the maximum number of requests; 0 means no limit."
    )
    paused_until: DateTime | None = _field(
        description="The end of a pause of these requests, after osu!track rejected one with 429; otherwise null."
    )
    lowered_until: DateTime | None = _field(
        description="The end of a lower budget, after osu!track rejected a request with 429; otherwise null."
    )


@documented
@strawberry.type
class ServiceStatus:
    """The state of this gateway and of osu!track."""

    version: str = _field(description="The gateway's version.")
    upstream: Health = _field(description="The availability of osu!track: the worst state of its `classes`.")
    retry_at: DateTime | None = _field(
        description="The time of the next request to osu!track while `upstream` is `DOWN`; otherwise null."
    )
    last_success_at: DateTime | None = _field(
        description="The time of the last successful response; null if there was none since the gateway started."
    )
    classes: list[UpstreamClass] = _field(description="The state of each class of requests to osu!track.")


def rate_limit_of(context: Context) -> RateLimit:
    """The client's balance while the operation runs."""
    points = context.points
    return RateLimit(
        limit=points.limit,
        cost=context.cost,
        remaining=points.remaining,
        reset_at=from_timestamp(context.now + points.full_in_s),
    )


def status_of(context: Context) -> ServiceStatus:
    """The state of osu!track according to the circuit breakers."""
    breakers = context.services.breakers
    return ServiceStatus(
        version=version("osutrack-gateway"),
        upstream=breakers.availability,
        retry_at=_time_in(context, breakers.retry_in_s),
        last_success_at=None if breakers.last_success_at is None else from_timestamp(breakers.last_success_at),
        classes=[_class_of(context, breaker) for breaker in breakers],
    )


def _class_of(context: Context, breaker: CircuitBreaker) -> UpstreamClass:
    budget = context.services.rate_limiter.budgets[breaker.name]
    return UpstreamClass(
        name=breaker.name,
        state=breaker.availability,
        retry_at=_time_in(context, breaker.retry_in_s),
        cause=breaker.cause if breaker.availability is Health.DOWN else None,
        requests_per_minute=budget.per_minute,
        paused_until=_time_in(context, budget.paused_s or None),
        lowered_until=_time_in(context, budget.lowered_s or None),
    )


def _time_in(context: Context, seconds: float | None) -> DateTime | None:
    return None if seconds is None else from_timestamp(context.now + seconds)
