"""The charges of an operation: its reads of osu!track's resources, with the arguments that select them."""

from collections.abc import Mapping
from typing import Any

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

from gateway.graph.fields import UpstreamCost
from gateway.graph.strawberry_compat import strawberry_field

from .cost import ArgumentRef, Charge, Scope

Composite = GraphQLObjectType | GraphQLInterfaceType

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
