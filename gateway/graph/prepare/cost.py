"""The cost of an operation in points: its maximum number of osu!track requests, weighted by price.

A document is traversed once (`charges.py`) and yields charges: a resource, its subject and its modes, as AST values.
With a request's variables they become keys, and the prices of the distinct keys are added up.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

from graphql import Undefined, ValueNode, value_from_ast_untyped

from gateway.graph.bounds import MAX_PAGE, MAX_PLAYERS
from gateway.graph.fields import NAME, PRICES

Key = tuple[str, ...]

# The argument that gives a player by name.
BY_NAME = "username"
# Resources of lists that belong to no single player.
SHARED = {"best-plays", "hiscores-by-name"}
# Resources that are computed from another one, if the operation reads that of the same player and mode.
DERIVED = {"peak": "history"}
# Longer lists of users or modes are rejected by the resolvers.
MAX_LIST = MAX_PLAYERS


class ArgumentRef(NamedTuple):
    """An argument: its AST value in the document, if present, and its default in the schema."""

    argument: str
    value: ValueNode | None
    default: ValueNode | None = None

    def values(self, variables: Mapping[str, Any]) -> list[Any]:
        """The argument's value as a list of at most `MAX_LIST` items; a single value is a list of one."""
        value = None if self.value is None else value_from_ast_untyped(self.value, dict(variables))
        if (value is None or value is Undefined) and self.default is not None:
            value = value_from_ast_untyped(self.default)
        return value[:MAX_LIST] if isinstance(value, list) else [value]


class Scope(NamedTuple):
    """The arguments of the enclosing fields: subject, modes, and those that identify a list.

    `listed` inside of any list, where names are not looked up.
    """

    subject: ArgumentRef | None = None
    modes: ArgumentRef | None = None
    source: tuple[ArgumentRef, ...] = ()
    listed: bool = False


class Charge(NamedTuple):
    """A read of a resource within a scope. `parent` is the type of the field that reads it."""

    resource: str
    scope: Scope
    parent: str = ""

    def keys(self, variables: Mapping[str, Any]) -> Iterator[tuple[Key, int]]:
        """The distinct keys that are read, each with its maximum number of requests."""
        subject, modes, source, listed = self.scope
        list_key = repr([argument.values(variables) for argument in source])
        if self.resource == NAME.resource:
            # `Query` looks up IDs, `User` looks up names.
            for user in () if listed else _subjects(subject, variables):
                yield (self.resource, self.parent, user), 1
        elif self.resource in SHARED:
            yield (self.resource, list_key), 1
        elif source:
            # The players of a list are unknown until it is loaded: at most one per row.
            rows = _row_count(subject.values(variables)[0] if subject else None)
            for mode in _distinct(modes, variables):
                yield (self.resource, list_key, mode), rows
        else:
            for user, mode in product(_subjects(subject, variables), _distinct(modes, variables)):
                yield (self.resource, user, mode), 1

    def covers(self, user: str, mode: str, variables: Mapping[str, Any]) -> bool:
        """Whether the read can include this player; any player can be on a list, or have a name."""
        subject, modes, source, _ = self.scope
        unknown = bool(source) or (subject is not None and subject.argument == BY_NAME)
        return mode in _distinct(modes, variables) and (unknown or user in _distinct(subject, variables))


def cost_of(charges: Iterable[Charge], variables: Mapping[str, Any]) -> int:
    """The points of these charges; `variables` are the request's, or the operation's defaults."""
    requests = dict(key for charge in charges for key in charge.keys(variables))
    return sum(
        PRICES[resource] * count
        for (resource, *subject), count in requests.items()
        if (DERIVED.get(resource), *subject) not in requests
    )


def _subjects(argument: ArgumentRef | None, variables: Mapping[str, Any]) -> set[str]:
    """The distinct players; a name of digits differs from an ID."""
    values = _distinct(argument, variables)
    return {f"@{value}" for value in values} if argument and argument.argument == BY_NAME else values


def _distinct(argument: ArgumentRef | None, variables: Mapping[str, Any]) -> set[str]:
    if argument is None:
        return {""}
    # Values of another type are invalid; the text of deeply nested ones exceeds Python's recursion limit.
    return {str(value) if isinstance(value, str | int | None) else "" for value in argument.values(variables)}


def _row_count(first: object) -> int:
    # A value that is not a number fails validation before anything is fetched, or the list has no page size.
    return min(max(first, 0), MAX_PAGE) if isinstance(first, int) else MAX_PAGE
