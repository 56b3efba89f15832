"""What an operation could cost, in points: what it may ask of osu!track by its price, what is shared counted once.

A document is walked once, and gives charges: which resource, for subject, in which modes, as far as the text tells.
With a request's variables they become keys, and the keys' prices are added up.
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
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    NamedTypeNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Undefined,
    ValueNode,
    get_named_type,
    value_from_ast_untyped,
)

from gateway.graph.fields import PRICES, Cost
from gateway.graph.inputs import MAX_PAGE
from gateway.graph.strawberry_compat import strawberry_field

Composite = GraphQLObjectType | GraphQLInterfaceType
Key = tuple[str, ...]

# Which argument says subject a field's children are about, and which one says in which modes.
SUBJECT_ARG = {
    "Query.user": "id",
    "Query.users": "ids",
    "Query.hiscoresByUsername": "username",
    "Query.bestPlays": "first",
    "Mutation.updateUser": "id",
}
MODE_ARG = {
    "User.stats": "mode",
    "User.allStats": "modes",
    "Query.hiscoresByUsername": "mode",
    "Query.bestPlays": "mode",
    "Mutation.updateUser": "mode",
}
DEFAULTS = {"mode": "OSU", "modes": ("OSU", "TAIKO", "CATCH", "MANIA"), "first": 50}
# Fields that begin a list which belongs to nobody: told apart by all their arguments.
LISTS = {"Query.bestPlays", "Query.hiscoresByUsername"}
# Lists of more users or modes are refused when the operation is executed.
MAX_LIST = 30
SHARED = {"best-plays", "hiscores-by-name"}


class ArgumentRef(NamedTuple):
    """An argument as the document has it: its name, and its value if it is there."""

    argument: str
    value: ValueNode | None

    def values(self, variables: Mapping[str, Any]) -> list[Any]:
        """What it stands for; one value is a list of one, as in GraphQL. Of a list that is too long, only the start."""
        value = None if self.value is None else value_from_ast_untyped(self.value, dict(variables))
        if value is None or value is Undefined:
            value = DEFAULTS.get(self.argument)
        return list(value[:MAX_LIST]) if isinstance(value, list | tuple) else [value]


class Scope(NamedTuple):
    """What is known at a place of the document: subject it is about, in which modes, and from which list they come."""

    subject: ArgumentRef | None = None
    modes: ArgumentRef | None = None
    source: tuple[ArgumentRef, ...] = ()


class Charge(NamedTuple):
    """A resource that is read, and about subject."""

    resource: str
    scope: Scope

    def keys(self, variables: Mapping[str, Any]) -> Iterator[tuple[Key, int]]:
        """What is read, told apart by a key, and how many requests each can take."""
        subject, modes, source = self.scope
        if self.resource in SHARED:
            yield (self.resource, *(repr(given.values(variables)) for given in source)), 1
        elif source and subject:
            # Players of a list that is not known yet: as many as it may have.
            for mode in _distinct(modes, variables):
                yield (self.resource, repr(source), mode), _count(subject.values(variables)[0])
        else:
            for user, mode in product(_distinct(subject, variables), _distinct(modes, variables)):
                yield (self.resource, user, mode), 1


def cost_of(charges: Iterable[Charge], variables: Mapping[str, Any]) -> int:
    """The points for these charges with these variables (as sent, or the operation's defaults)."""
    requests = dict(key for charge in charges for key in charge.keys(variables))
    return sum(PRICES[str(key[0])] * times for key, times in requests.items())


def charges_of(
    schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], operation: OperationDefinitionNode
) -> frozenset[Charge]:
    """What a valid operation reads."""
    walk = _Walk(schema, fragments)
    root = schema.get_root_type(operation.operation)
    if root is not None:
        walk.enter(operation.selection_set, root, Scope())
    return frozenset(walk.charges)


class _Walk:
    """One pass. Each selection set is entered once for each scope, however often it is spread."""

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._schema = schema
        self._fragments = fragments
        self._entered: set[tuple[int, str, Scope]] = set()
        self.charges: set[Charge] = set()

    def enter(self, selections: SelectionSetNode, parent: GraphQLNamedType, scope: Scope) -> None:
        key = (id(selections), parent.name, scope)
        if key in self._entered:
            return
        self._entered.add(key)
        for selection in selections.selections:
            if isinstance(selection, FieldNode):
                self._field(selection, parent, scope)
            elif isinstance(selection, FragmentSpreadNode):
                fragment = self._fragments[selection.name.value]
                self.enter(fragment.selection_set, self._type(fragment.type_condition, parent), scope)
            elif isinstance(selection, InlineFragmentNode):
                self.enter(selection.selection_set, self._type(selection.type_condition, parent), scope)

    def _field(self, node: FieldNode, parent: GraphQLNamedType, scope: Scope) -> None:
        field = parent.fields.get(node.name.value) if isinstance(parent, Composite) else None
        if field is None:
            return
        inner = child_scope(f"{parent.name}.{node.name.value}", node, scope)
        self.charges |= {Charge(cost.resource, inner) for cost in _costs(field)}
        if node.selection_set:
            self.enter(node.selection_set, get_named_type(field.type), inner)

    def _type(self, condition: NamedTypeNode | None, parent: GraphQLNamedType) -> GraphQLNamedType:
        return self._schema.type_map[condition.name.value] if condition else parent


def child_scope(name: str, node: FieldNode, scope: Scope) -> Scope:
    given = {argument.name.value: argument.value for argument in node.arguments or ()}
    if name in SUBJECT_ARG:
        scope = Scope(ArgumentRef(SUBJECT_ARG[name], given.get(SUBJECT_ARG[name])))
    if name in LISTS:
        scope = scope._replace(source=tuple(ArgumentRef(*argument) for argument in sorted(given.items(), key=_name)))
    if name in MODE_ARG:
        scope = scope._replace(modes=ArgumentRef(MODE_ARG[name], given.get(MODE_ARG[name])))
    return scope


def _name(argument: tuple[str, ValueNode]) -> str:
    return argument[0]


def _costs(field: GraphQLField) -> list[Cost]:
    definition = strawberry_field(field)
    return [directive for directive in getattr(definition, "directives", ()) if isinstance(directive, Cost)]


def _distinct(given: ArgumentRef | None, variables: Mapping[str, Any]) -> set[str]:
    return {str(value) for value in given.values(variables)} if given else {""}


def _count(first: object) -> int:
    # What is no number at all is refused before anything is fetched.
    return min(max(first, 0), MAX_PAGE) if isinstance(first, int) else MAX_PAGE
