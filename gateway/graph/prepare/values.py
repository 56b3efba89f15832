"""The number of values of a response that the operation alone determines, checked before its execution.

These are the values outside of lists, and those in lists with a length that is given by an argument. The length of
other lists depends on osu!track's data; they are counted before they are written (`graph/response_size.py`).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    get_nullable_type,
)

from gateway.graph.bounds import MAX_PLAYERS

from .charges import Composite, argument_of, is_skipped

# The argument that gives the length of a list, and the maximum of this length.
LENGTHS = {"Query.users": ("ids", MAX_PLAYERS), "User.allStats": ("modes", 4)}


def certain_values(
    schema: GraphQLSchema,
    fragments: Mapping[str, FragmentDefinitionNode],
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any] | None = None,
) -> int:
    """The number of values that a query has in any case; without variables, the maximum of this number."""
    root = schema.get_root_type(operation.operation)
    return _Counter(fragments, variables).count([operation.selection_set], root) if root else 0


class _Counter:
    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any] | None) -> None:
        self._fragments = fragments
        self._variables = variables

    def count(self, selections: Iterable[SelectionSetNode], parent: GraphQLNamedType, *, nullable: bool = False) -> int:
        """The values of an object. The lists in a nullable one are not certain."""
        fields: dict[str, list[FieldNode]] = {}
        for node in self._nodes(selections, set()):
            fields.setdefault((node.alias or node.name).value, []).append(node)
        return sum(self._field(nodes, parent, nullable=nullable) for nodes in fields.values())

    def _nodes(self, selections: Iterable[SelectionSetNode], visited: set[str]) -> Iterator[FieldNode]:
        for selection in (selection for selection_set in selections for selection in selection_set.selections):
            if self._variables is not None and is_skipped(selection, self._variables):
                continue
            if isinstance(selection, FieldNode):
                yield selection
            elif isinstance(selection, InlineFragmentNode):
                yield from self._nodes([selection.selection_set], visited)
            elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in visited:
                visited.add(selection.name.value)
                yield from self._nodes([self._fragments[selection.name.value].selection_set], visited)

    def _field(self, nodes: list[FieldNode], parent: GraphQLNamedType, *, nullable: bool) -> int:
        name = nodes[0].name.value
        field = parent.fields.get(name) if isinstance(parent, Composite) else None
        inner = [node.selection_set for node in nodes if node.selection_set]
        if field is None or not inner:
            return int(not inner)
        nullable = nullable or not isinstance(field.type, GraphQLNonNull)
        length = 1
        if isinstance(get_nullable_type(field.type), GraphQLList):
            length = 0 if nullable else self._length(f"{parent.name}.{name}", field, nodes[0])
        return length and length * self.count(inner, get_named_type(field.type), nullable=nullable)

    def _length(self, name: str, field: GraphQLField, node: FieldNode) -> int:
        if name not in LENGTHS:
            return 0
        argument, maximum = LENGTHS[name]
        if self._variables is None:
            return maximum
        values = {argument.name.value: argument.value for argument in node.arguments or ()}
        return len(argument_of(argument, field, values).values(self._variables))
