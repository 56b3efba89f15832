"""Documents, prepared: parsed, measured, validated and priced once, however often they are asked."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    TokenKind,
    parse,
    specified_rules,
    validate,
    value_from_ast_untyped,
)

from gateway.errors import LimitExceeded

from .cost import Charge, charges_of, cost_of
from .errors import INVALID, SYNTAX, RequestError, format_error, request_error
from .limits import Limits

# Good and bad ones: a client that sends a wrong document tends to send it again.
MAX_DOCUMENTS = 250


class Operation:
    """One operation of a valid document."""

    def __init__(
        self, text: str, document: DocumentNode, definition: OperationDefinitionNode, charges: frozenset[Charge]
    ) -> None:
        self.text = text
        self.document = document
        self.name = definition.name.value if definition.name else None
        self.type = definition.operation.value
        self.is_query = definition.operation is OperationType.QUERY
        self._charges = charges
        self._defaults = {
            variable.variable.name.value: value_from_ast_untyped(variable.default_value)
            for variable in definition.variable_definitions or ()
            if variable.default_value
        }

    def cost(self, variables: Mapping[str, Any]) -> int:
        """The most points it could cost with these variables."""
        return cost_of(self._charges, self._defaults | dict(variables))


Prepared = Mapping[str | None, Operation] | RequestError


class Documents:
    """The documents asked lately: the operations of each by name, or why it is refused."""

    def __init__(self, schema: GraphQLSchema, limits: Limits) -> None:
        self._schema = schema
        self._limits = limits
        self.prepare = lru_cache(MAX_DOCUMENTS)(self._prepare)

    def _prepare(self, text: str) -> Prepared:
        try:
            return self._measured(text)
        except RecursionError:
            # graphql-core bounds the nesting that it reads, but not how long fragments can lead to fragments.
            return request_error("LIMIT_EXCEEDED", "The document is nested too deeply, fragments spread out.")

    def _measured(self, text: str) -> Prepared:
        try:
            document = _without_comments(parse(text, max_lexical_tokens=self._limits.tokens or None))
            self._limits.check(document)
        except GraphQLSyntaxError as error:
            return RequestError([self._unparsed(text, error)])
        except LimitExceeded as exc:
            return RequestError([format_error(exc)])
        errors = validate(self._schema, document, specified_rules, hide_suggestions=not self._limits.suggestions)
        if errors:
            return RequestError([format_error(error, INVALID) for error in errors])
        return self._operations(text, document)

    def _unparsed(self, text: str, error: GraphQLSyntaxError) -> dict[str, Any]:
        """Too many tokens are a syntax error to graphql-core, but a limit like the others to clients."""
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
            Operation(text, document, definition, charges_of(self._schema, fragments, definition))
            for definition in document.definitions
            if isinstance(definition, OperationDefinitionNode)
        )
        return {operation.name: operation for operation in operations}


def _without_comments(document: DocumentNode) -> DocumentNode:
    """The same; comments are no tokens that count, and each that is kept with its neighbours takes 200 bytes."""
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
