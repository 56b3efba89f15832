"""What a document may be: measured in one walk before it is validated, which is where hostile ones cost most.

Each fragment is measured once and counted as often as it is spread, so doubling fragments cost nothing to measure.
"""

from collections.abc import Mapping
from typing import NamedTuple

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

INTROSPECTION = {"__schema", "__type"}
# A tool asks for the schema once, and perhaps for a type or two.
MAX_INTROSPECTIONS = 3


class Limits(NamedTuple):
    """The most of each; 0 means no limit."""

    depth: int
    aliases: int
    tokens: int
    directives: int
    cost: int
    suggestions: bool = True

    def check_tokens(self, text: str) -> None:
        """Raise `LimitExceeded` for a text of more tokens than a document may have, without reading all of them."""
        if not self.tokens:
            return
        lexer = Lexer(Source(text))
        count = 0
        while lexer.advance().kind is not TokenKind.EOF:
            count += 1
            check("tokens", count, self.tokens, "words, signs and values, comments left out, up to the first too many")

    def check(self, document: DocumentNode) -> None:
        """Raise `LimitExceeded` for the first limit that the document breaks."""
        directives = _Directives()
        visit(document, directives)
        check("directives", directives.count, self.directives, "each `@` in the document")
        size = _size_of(document)
        check("depth", size.depth, self.depth, "fields inside each other, introspection left out")
        check("aliases", size.aliases, self.aliases, "fields with an alias or a repeated name, fragments spread out")
        check(
            "introspections", size.introspections, MAX_INTROSPECTIONS, "`__schema` and `__type`, fragments spread out"
        )

    def check_cost(self, cost: int) -> None:
        """Raise `LimitExceeded` for an operation of more points than one may cost."""
        check("cost", cost, self.cost, "points, added up by `@cost` in the schema")


class Size(NamedTuple):
    """Of an operation, a fragment, or a part of either."""

    depth: int = 0
    aliases: int = 0
    introspections: int = 0

    def beside(self, other: "Size") -> "Size":
        """Both in one selection set."""
        return Size(
            max(self.depth, other.depth), self.aliases + other.aliases, self.introspections + other.introspections
        )


def check(limit: str, value: int, most: int, how: str) -> None:
    if most and value > most:
        raise LimitExceeded(limit, value, most, how)


class _Directives(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def enter_directive(self, _node: DirectiveNode, *_: object) -> None:
        self.count += 1


def _size_of(document: DocumentNode) -> Size:
    """The largest operation's; a document of which only one is executed is still validated as a whole."""
    fragments = {
        definition.name.value: definition
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    measure = _Measure(fragments)
    total = Size()
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            total = _largest(total, measure.selections(definition.selection_set))
    return total


def _largest(one: Size, other: Size) -> Size:
    return Size(*map(max, one, other))


class _Measure:
    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._sizes: dict[str, Size] = {}

    def selections(self, selections: SelectionSetNode) -> Size:
        size = Size()
        names: set[str] = set()
        for selection in selections.selections:
            size = size.beside(self._selection(selection, names))
        return size

    def _selection(self, selection: SelectionNode, names: set[str]) -> Size:
        if isinstance(selection, FieldNode):
            return self._field(selection, names)
        if isinstance(selection, FragmentSpreadNode):
            return self._fragment(selection.name.value)
        inner = getattr(selection, "selection_set", None)
        return self.selections(inner) if inner else Size()

    def _field(self, node: FieldNode, names: set[str]) -> Size:
        name = (node.alias or node.name).value
        counted = int(node.alias is not None or name in names)
        names.add(name)
        inner = self.selections(node.selection_set) if node.selection_set else Size()
        if node.name.value in INTROSPECTION:
            return Size(1, inner.aliases + counted, inner.introspections + 1)
        return Size(inner.depth + 1, inner.aliases + counted, inner.introspections)

    def _fragment(self, name: str) -> Size:
        if name not in self._sizes:
            # While it is measured it counts nothing: a cycle ends here, and validation refuses it.
            self._sizes[name] = Size()
            if name in self._fragments:
                self._sizes[name] = self.selections(self._fragments[name].selection_set)
        return self._sizes[name]
