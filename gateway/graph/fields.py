"""Field declarations, descriptions from docstrings, and the schema's directives with the prices of resources."""

from collections.abc import Callable, Iterable
from inspect import cleandoc
from typing import Any, TypeVar

import strawberry
from strawberry.schema_directive import Location

from gateway.errors import UpstreamBusy, UpstreamError

from .strawberry_compat import describe_type

T = TypeVar("T")


def record_field(graphql_type: Any, *directives: object) -> Callable[[Callable[..., Any]], Any]:
    """A field whose resolver returns a record with the attributes of `graphql_type`, or an awaitable of one."""
    field: Callable[[Callable[..., Any]], Any] = strawberry.field(graphql_type=graphql_type, directives=directives)
    return field


def documented(cls: type[T]) -> type[T]:
    """A class decorator: docstrings of the type and its resolvers become descriptions in the schema, with the prices.

    Introspection has no directives, so that tools show the descriptions only.
    """
    describe_type(cls, _description)
    return cls


def frozen(cls: type[T]) -> type[T]:
    """A class decorator: each attribute can be set once, by the constructor, so that operations can share instances.

    Strawberry does not pass `frozen` on to `dataclass`.
    """

    def set_once(self: object, name: str, value: object) -> None:
        if name in vars(self):
            raise AttributeError(f"{cls.__name__}.{name} cannot be changed")
        object.__setattr__(self, name, value)

    cls.__setattr__ = set_once  # type: ignore[method-assign]  # of the decorated class
    return cls


def _description(target: Any, directives: Iterable[object]) -> str:
    costs = [each for each in directives if isinstance(each, UpstreamCost)]
    prices = [f"Cost: {cost.points} (resource `{cost.resource}`)." for cost in costs]
    return " ".join([cleandoc(target.__doc__ or ""), *prices])


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="semanticNonNull",
    description="""Marks a nullable field that is null only on error: unless an entry of `errors` has a path to
the field, its value is not null. Clients that support the directive (Relay, Apollo Kotlin) can generate
non-null types for it.""",
)
class SemanticNonNull:
    """`levels` selects nesting levels of lists; level 0 is the field itself, the only one in this schema."""

    # A tuple, as a dataclass rejects mutable defaults; it is printed as a list.
    levels: list[int] = strawberry.directive_field(name="levels", default=(0,))


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="upstreamCost",
    description="""The points that the field adds to an operation's cost: the price of the requests to osu!track
that it may need. Fields with the same `resource` share these requests: a resource counts once per player
and mode, regardless of aliases. Points for cached data are refunded.""",
)
class UpstreamCost:
    """The price of a resource, read by `prepare/cost.py`."""

    points: int
    resource: str


HISTORY = UpstreamCost(points=1, resource="history")
HISCORES = UpstreamCost(points=3, resource="hiscores")
HISCORES_BY_NAME = UpstreamCost(points=3, resource="hiscores-by-name")
PEAK = UpstreamCost(points=1, resource="peak")
BEST_PLAYS = UpstreamCost(points=2, resource="best-plays")
NAME = UpstreamCost(points=1, resource="name")
UPDATE = UpstreamCost(points=5, resource="update")

PRICES = {cost.resource: cost.points for cost in (HISTORY, HISCORES, HISCORES_BY_NAME, PEAK, BEST_PLAYS, NAME, UPDATE)}
# The price of `UPSTREAM_BUSY`: refused requests have waited for a budget like others.
REFUSAL = 1


def points_of_failure(resource: str, error: UpstreamError) -> int:
    """The price of a failed request to osu!track: in full if it was sent, else free, unless it was refused."""
    if isinstance(error, UpstreamBusy):
        return REFUSAL
    return 0 if error.unsent else PRICES[resource]
