"""Limits on documents, checked in one traversal before validation, the most expensive step for hostile documents.

Each fragment is traversed once and counted at each spread, so nested fragments cannot multiply the work.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    Lexer,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    Source,
    TokenKind,
    Visitor,
    visit,
)

from gateway.errors import LimitExceeded
from gateway.settings import Settings

INTROSPECTION = {"__schema", "__type"}
# An alias is repeated in each row of a response.
MAX_ALIAS_LENGTH = 100
# A list in a variable is converted for each field with the variable.
MAX_LIST_LENGTH = 200


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The maximum of each quantity; 0 means unlimited. `suggestions` adds similar names to validation errors."""

    depth: int
    aliases: int
    tokens: int
    directives: int
    introspections: int
    cost: int
    suggestions: bool = True

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        """The limits of the settings."""
        return cls(
            depth=settings.max_depth,
            aliases=settings.max_aliases,
            tokens=settings.max_tokens,
            directives=settings.max_directives,
            introspections=settings.max_introspection_fields,
            cost=settings.max_cost,
            suggestions=settings.field_suggestions,
        )

    def check_tokens(self, text: str) -> None:
        """Raise `LimitExceeded` at the first token above the limit; the rest of the text is not read."""
        if not self.tokens:
            return
        lexer = Lexer(Source(text))
        count = 0
        while lexer.advance().kind is not TokenKind.EOF:
            count += 1
            check(
                "tokens", count, self.tokens, "lexical tokens up to the first above the limit; comments are not counted"
            )

    def check(self, document: DocumentNode) -> None:
        """Raise `LimitExceeded` for the first limit that the document exceeds."""
        nodes = _NodeCounter()
        visit(document, nodes)
        check("directives", nodes.directives, self.directives, "directives in the document")
        check("alias length", nodes.alias_length, MAX_ALIAS_LENGTH, "characters of an alias")
        size = _size_of(document)
        check("depth", size.depth, self.depth, "nested fields; introspection is not counted")
        check(
            "aliases",
            size.aliases,
            self.aliases,
            "fields with an alias or a repeated name; a fragment counts at each use",
        )
        check(
            "introspections",
            size.introspections,
            self.introspections,
            "`__schema` and `__type` fields; a fragment counts at each use",
        )

    def check_variables(self, variables: Mapping[str, Any]) -> None:
        """Raise `LimitExceeded` if a list in the variables is too long."""
        values = list(variables.values())
        while values:
            value = values.pop()
            if isinstance(value, list):
                check("list length", len(value), MAX_LIST_LENGTH, "items of a list in the variables")
                values += value
            elif isinstance(value, dict):
                values += value.values()

    def check_cost(self, cost: int) -> None:
        """Raise `LimitExceeded` if the cost of an operation exceeds the limit."""
        rule = (
            "points of all `@upstreamCost` fields; a shared resource counts once per player and mode, and `ranking`"
            " compares up to 100 players without cost"
        )
        check("cost", cost, self.cost, rule)


class SelectionSize(NamedTuple):
    """The size of a selection set, with its fragments."""

    depth: int = 0
    aliases: int = 0
    introspections: int = 0

    def combined(self, other: "SelectionSize") -> "SelectionSize":
        """The size of both selections in one selection set."""
        return SelectionSize(
            max(self.depth, other.depth), self.aliases + other.aliases, self.introspections + other.introspections
        )


def check(limit: str, value: int, maximum: int, rule: str) -> None:
    """Raise `LimitExceeded` if the value exceeds the maximum; `rule` explains how the value is counted."""
    if maximum and value > maximum:
        raise LimitExceeded(limit, value, maximum, rule)


class _NodeCounter(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.directives = 0
        self.alias_length = 0

    def enter_directive(self, _node: DirectiveNode, *_: object) -> None:
        self.directives += 1

    def enter_field(self, node: FieldNode, *_: object) -> None:
        if node.alias is not None:
            self.alias_length = max(self.alias_length, len(node.alias.value))


def _size_of(document: DocumentNode) -> SelectionSize:
    """The maximum size of its operations: validation covers all of them, although only one is executed."""
    fragments = {
        definition.name.value: definition
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    calculator = _SizeCalculator(fragments)
    total = SelectionSize()
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            total = _maximum(total, calculator.size_of(definition.selection_set))
    return total


def _maximum(one: SelectionSize, other: SelectionSize) -> SelectionSize:
    return SelectionSize(*map(max, one, other))


class _SizeCalculator:
    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._sizes: dict[str, SelectionSize] = {}

    def size_of(self, selection_set: SelectionSetNode) -> SelectionSize:
        size = SelectionSize()
        names: set[str] = set()
        for selection in selection_set.selections:
            size = size.combined(self._selection(selection, names))
        return size

    def _selection(self, selection: SelectionNode, names: set[str]) -> SelectionSize:
        if isinstance(selection, FieldNode):
            return self._field(selection, names)
        if isinstance(selection, FragmentSpreadNode):
            return self._fragment(selection.name.value)
        inner = getattr(selection, "selection_set", None)
        return self.size_of(inner) if inner else SelectionSize()

    def _field(self, node: FieldNode, names: set[str]) -> SelectionSize:
        name = (node.alias or node.name).value
        aliases = int(node.alias is not None or name in names)
        names.add(name)
        inner = self.size_of(node.selection_set) if node.selection_set else SelectionSize()
        if node.name.value in INTROSPECTION:
            return SelectionSize(1, inner.aliases + aliases, inner.introspections + 1)
        return SelectionSize(inner.depth + 1, inner.aliases + aliases, inner.introspections)

    def _fragment(self, name: str) -> SelectionSize:
        if name not in self._sizes:
            # A cycle ends at this zero size; validation rejects it.
            self._sizes[name] = SelectionSize()
            if name in self._fragments:
                self._sizes[name] = self.size_of(self._fragments[name].selection_set)
        return self._sizes[name]
