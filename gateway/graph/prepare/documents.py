"""Prepared documents: parsed, validated, priced and checked against limits once, then cached."""

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from sys import getsizeof
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    GraphQLSyntaxError,
    NamedTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    OperationType,
    TokenKind,
    TypeNode,
    parse,
    specified_rules,
    validate,
    value_from_ast_untyped,
)

from gateway.errors import LimitExceeded, ResultTooLarge
from gateway.graph.fields import HISTORY
from gateway.records import UserMode
from gateway.store.lru import LRU

from .charges import charges_of
from .cost import Charge, cost_of
from .errors import INVALID, SYNTAX, RequestError, format_error, request_error
from .limits import Limits
from .values import certain_values

# Bounds of the cache, with invalid documents, which clients tend to repeat.
MAX_DOCUMENTS = 250
MAX_BYTES = 48 * 2**20
# The approximate memory of a prepared document, and of the errors of an invalid one.
BYTES_PER_TOKEN, BYTES_PER_ERROR = 600, 2600
# Of one document. The message of an error can contain the whole document, and its suggestions take time.
MAX_ERRORS = 20


class Operation:
    """One operation of a valid document."""

    def __init__(
        self,
        text: str,
        document: DocumentNode,
        definition: OperationDefinitionNode,
        *,
        collect_charges: Callable[[Mapping[str, Any] | None], frozenset[Charge]],
        count_values: Callable[[Mapping[str, Any] | None], int],
    ) -> None:
        """`collect_charges` and `count_values` are `charges_of` and `certain_values` for this operation."""
        self.text = text
        self.document = document
        self.name = definition.name.value if definition.name else None
        self.type = definition.operation.value
        self.is_query = definition.operation is OperationType.QUERY
        # The number of its requests, and of its compilations (see `graph/programs.py`).
        self.uses = 0
        self.compilations = 0
        self._collect_charges = collect_charges
        self._count_values = count_values
        self._max_certain_values = count_values(None)
        self._charges = collect_charges(None)
        self.has_histories = any(charge.resource == HISTORY.resource for charge in self._charges)
        variables = definition.variable_definitions or ()
        self.booleans = [variable.variable.name.value for variable in variables if _is_boolean(variable.type)]
        self._defaults = {
            variable.variable.name.value: value_from_ast_untyped(variable.default_value)
            for variable in variables
            if variable.default_value
        }

    def cost(self, variables: Mapping[str, Any]) -> int:
        """The maximum cost in points with these variables."""
        return cost_of(self._charges, self._defaults | dict(variables)) if variables else self._default_cost

    @cached_property
    def _default_cost(self) -> int:
        return cost_of(self._charges, self._defaults)

    def check_values(self, variables: Mapping[str, Any], maximum: int) -> None:
        """Raise `ResultTooLarge` if the response certainly has too many values."""
        if self._max_certain_values > maximum:
            values = self._count_values(self._defaults | dict(variables))
            if values > maximum:
                raise ResultTooLarge(
                    f"The response has at least {values:,} values; the maximum is {maximum:,}."
                    " Select fewer fields, or split the operation."
                )

    def histories(self, variables: Mapping[str, Any]) -> Callable[[UserMode], bool]:
        """A predicate: whether the operation with these variables reads a player's history."""
        values = self._defaults | dict(variables)
        charges = [charge for charge in self._collect_charges(values) if charge.resource == HISTORY.resource]

        def is_read(user_mode: UserMode) -> bool:
            return any(charge.covers(str(user_mode.user_id), user_mode.mode.name, values) for charge in charges)

        return is_read


PreparedDocument = Mapping[str | None, Operation] | RequestError


class Documents:
    """A cache of prepared documents: the operations by name, or the errors of an invalid document."""

    def __init__(self, schema: GraphQLSchema, limits: Limits) -> None:
        self._schema = schema
        self._limits = limits
        self.cache: LRU[str, PreparedDocument] = LRU(MAX_BYTES, max_entries=MAX_DOCUMENTS)

    def prepare(self, text: str) -> PreparedDocument:
        """The prepared document, from the cache if possible."""
        prepared = self.cache.peek(text)
        if prepared is None:
            prepared = self._prepare(text)
            self.cache.put(text, prepared, size=getsizeof(text) + _bytes(prepared))
        return prepared

    def _prepare(self, text: str) -> PreparedDocument:
        try:
            return self._parse_and_validate(text)
        except RecursionError:
            # graphql-core limits nesting in the parser, but not chains of fragments.
            return request_error("LIMIT_EXCEEDED", "The document is nested too deeply, including its fragments.")

    def _parse_and_validate(self, text: str) -> PreparedDocument:
        try:
            document = _without_comments(parse(text, max_lexical_tokens=self._limits.tokens or None))
            self._limits.check(document)
        except GraphQLSyntaxError as error:
            return RequestError([self._syntax_error(text, error)])
        except LimitExceeded as exc:
            return RequestError([format_error(exc)])
        errors = validate(
            self._schema,
            document,
            specified_rules,
            max_errors=MAX_ERRORS,
            hide_suggestions=not self._limits.suggestions,
        )
        if errors:
            return RequestError([format_error(error, INVALID) for error in errors])
        return self._operations(text, document)

    def _syntax_error(self, text: str, error: GraphQLSyntaxError) -> dict[str, Any]:
        """The error entry; graphql-core reports too many tokens as a syntax error, clients receive `LIMIT_EXCEEDED`."""
        try:
            self._limits.check_tokens(text)
        except LimitExceeded as exc:
            return format_error(exc)
        except GraphQLSyntaxError:
            pass
        return format_error(error, SYNTAX)

    def _operations(self, text: str, document: DocumentNode) -> Mapping[str | None, Operation]:
        fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        operations = (
            Operation(
                text,
                document,
                definition,
                collect_charges=partial(charges_of, self._schema, fragments, definition),
                count_values=partial(certain_values, self._schema, fragments, definition),
            )
            for definition in document.definitions
            if isinstance(definition, OperationDefinitionNode)
        )
        return {operation.name: operation for operation in operations}


def _bytes(prepared: PreparedDocument) -> int:
    if isinstance(prepared, RequestError):
        return BYTES_PER_ERROR * len(prepared.errors)
    operation = next(iter(prepared.values()), None)
    token = operation.document.loc and operation.document.loc.start_token if operation else None
    count = 0
    while token:
        count, token = count + 1, token.next
    return BYTES_PER_TOKEN * count


def _is_boolean(variable_type: TypeNode) -> bool:
    named = variable_type.type if isinstance(variable_type, NonNullTypeNode) else variable_type
    return isinstance(named, NamedTypeNode) and named.name.value == "Boolean"


def _without_comments(document: DocumentNode) -> DocumentNode:
    """The document without comment tokens, which the token limit ignores and which take 200 bytes each."""
    token = document.loc.start_token if document.loc else None
    while token:
        following = token.next
        while following and following.kind is TokenKind.COMMENT:
            following = following.next
        token.next = following
        if following:
            following.prev = token
        token = following
    return document
