"""Docstrings are the schema's descriptions: what a reader of the code and a reader of GraphiQL are told is one text."""

from collections.abc import Callable
from inspect import cleandoc
from typing import Any, TypeVar

import strawberry
from strawberry.schema_directive import Location

from .strawberry_compat import describe_type

T = TypeVar("T")


def record_field(graphql_type: Any, *directives: object) -> Callable[[Callable[..., Any]], Any]:
    """A field of that type whose resolver returns a record, which the type names, or an awaitable of one."""
    field: Callable[[Callable[..., Any]], Any] = strawberry.field(graphql_type=graphql_type, directives=directives)
    return field


def documented(cls: type[T]) -> type[T]:
    """The Strawberry type, described by its docstring, and its resolvers by theirs where nothing else is said."""
    describe_type(cls, _docstring)
    return cls


def _docstring(documented: Any) -> str:
    return cleandoc(documented.__doc__ or "")


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="semanticNonNull",
    description="""Marks a field that is nullable only because fetching it can fail: if the response has no entry in
`errors` whose path reaches this field, the value is not null. Clients that understand the directive
(Relay, Apollo Kotlin) may generate non-null types for it.""",
)
class SemanticNonNull:
    """`levels` are those of a list of lists; here it is always the field itself."""

    # A tuple, since a dataclass takes no list for a default; it is printed as a list.
    levels: list[int] = strawberry.directive_field(name="levels", default=(0,))


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="cost",
    description="""What selecting the field adds to an operation's cost: the most requests to osu!track it could cause,
in points.
Fields with the same `resource` share what is fetched: for one player and mode it counts once, whatever the aliases.
What the gateway remembers already is given back.""",
)
class Cost:
    """Read by `cost`, which adds the points up."""

    points: int
    resource: str


HISTORY = Cost(points=1, resource="history")
HISCORES = Cost(points=3, resource="hiscores")
HISCORES_BY_NAME = Cost(points=3, resource="hiscores-by-name")
PEAK = Cost(points=1, resource="peak")
BEST_PLAYS = Cost(points=2, resource="best-plays")
UPDATE = Cost(points=5, resource="update")

PRICES = {cost.resource: cost.points for cost in (HISTORY, HISCORES, HISCORES_BY_NAME, PEAK, BEST_PLAYS, UPDATE)}
