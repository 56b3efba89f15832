"""The cost of an operation in points: its maximum number of osu!track requests, weighted by price.

A document is traversed once and yields charges: a resource, its subject and its modes, as AST values.
With a request's variables they become keys, and the prices of the distinct keys are added up.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    NamedTypeNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    Undefined,
    ValueNode,
    ast_from_value,
    get_named_type,
    get_nullable_type,
    value_from_ast_untyped,
)

from gateway.graph.bounds import MAX_PAGE, MAX_PLAYERS
from gateway.graph.fields import NAME, PRICES, UpstreamCost
from gateway.graph.strawberry_compat import strawberry_field

Composite = GraphQLObjectType | GraphQLInterfaceType
Key = tuple[str, ...]

# The argument that gives a player by name.
BY_NAME = "username"
# The argument that selects the subject of a field's children, and the one that selects their modes.
SUBJECT_ARG = {
    "Query.user": "id",
    "Query.users": "ids",
    "Query.ranking": "ids",
    "Query.userByName": "username",
    "Query.hiscoresByUsername": "username",
    "Query.bestPlays": "first",
    "Mutation.updateUser": "id",
}
MODE_ARG = {
    "User.stats": "mode",
    "User.allStats": "modes",
    "Query.ranking": "mode",
    "Query.hiscoresByUsername": "mode",
    "Query.bestPlays": "mode",
    "Query.records": "mode",
    "Mutation.updateUser": "mode",
}
# Lists that belong to no single player; all their arguments identify them, or those of `LIST_ARGS`.
LISTS = {"Query.bestPlays", "Query.hiscoresByUsername", "Query.records"}
LIST_ARGS = {"Query.records": ("mode",)}
# Resources of these lists.
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


def charges_of(
    schema: GraphQLSchema,
    fragments: Mapping[str, FragmentDefinitionNode],
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any] | None = None,
) -> frozenset[Charge]:
    """The charges of a valid operation; with variables, without those of skipped fields."""
    collector = _ChargeCollector(schema, fragments, variables)
    root = schema.get_root_type(operation.operation)
    if root is not None:
        collector.collect(operation.selection_set, root, Scope())
    return frozenset(collector.charges)


class _ChargeCollector:
    """A traversal that enters each selection set once per scope, regardless of the number of spreads."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, Any] | None = None,
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._variables = variables
        self._visited: set[tuple[int, str, Scope]] = set()
        self.charges: set[Charge] = set()

    def collect(self, selections: SelectionSetNode, parent: GraphQLNamedType, scope: Scope) -> None:
        key = (id(selections), parent.name, scope)
        if key in self._visited:
            return
        self._visited.add(key)
        for selection in selections.selections:
            if self._variables is not None and is_skipped(selection, self._variables):
                continue
            if isinstance(selection, FieldNode):
                self._collect_field(selection, parent, scope)
            elif isinstance(selection, FragmentSpreadNode):
                fragment = self._fragments[selection.name.value]
                self.collect(fragment.selection_set, self._type(fragment.type_condition, parent), scope)
            elif isinstance(selection, InlineFragmentNode):
                self.collect(selection.selection_set, self._type(selection.type_condition, parent), scope)

    def _collect_field(self, node: FieldNode, parent: GraphQLNamedType, scope: Scope) -> None:
        field = parent.fields.get(node.name.value) if isinstance(parent, Composite) else None
        if field is None:
            return
        inner = child_scope(f"{parent.name}.{node.name.value}", field, node, scope)
        self.charges |= {Charge(cost.resource, inner, parent.name) for cost in _costs(field)}
        if node.selection_set:
            self.collect(node.selection_set, get_named_type(field.type), inner)

    def _type(self, condition: NamedTypeNode | None, parent: GraphQLNamedType) -> GraphQLNamedType:
        return self._schema.type_map[condition.name.value] if condition else parent


def child_scope(name: str, field: GraphQLField, node: FieldNode, scope: Scope) -> Scope:
    """The scope of a field's children; `name` is the field's, like `Query.user`."""
    values = {argument.name.value: argument.value for argument in node.arguments or ()}
    if name in SUBJECT_ARG:
        scope = Scope(argument_of(SUBJECT_ARG[name], field, values), listed=scope.listed)
    if name in LISTS:
        arguments = LIST_ARGS.get(name, sorted(field.args))
        scope = scope._replace(source=tuple(argument_of(argument, field, values) for argument in arguments))
    if name in MODE_ARG:
        scope = scope._replace(modes=argument_of(MODE_ARG[name], field, values))
    return scope._replace(listed=scope.listed or isinstance(get_nullable_type(field.type), GraphQLList))


def is_skipped(node: SelectionNode, variables: Mapping[str, Any]) -> bool:
    """Whether `@skip` or `@include` excludes the selection."""
    conditions = {
        directive.name.value: value_from_ast_untyped(argument.value, dict(variables))
        for directive in node.directives or ()
        for argument in directive.arguments or ()
    }
    return conditions.get("skip") is True or conditions.get("include") is False


def argument_of(name: str, field: GraphQLField, values: Mapping[str, ValueNode]) -> ArgumentRef:
    """The argument of a field, with its default; `values` are those in the document."""
    definition = field.args[name]
    default = definition.default_value
    return ArgumentRef(
        name, values.get(name), None if default is Undefined else ast_from_value(default, definition.type)
    )


def _costs(field: GraphQLField) -> list[UpstreamCost]:
    definition = strawberry_field(field)
    return [directive for directive in getattr(definition, "directives", ()) if isinstance(directive, UpstreamCost)]


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
