"""All uses of private or undocumented API of Strawberry and graphql-core.

Written for Strawberry 0.341 and graphql-core 3.3; pyproject.toml pins both to patch releases.
After an upgrade, tests/unit/graph compares compiled operations with graphql-core, and `compiled_lists.is_supported`
does the same at startup.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from functools import partial
from typing import Any, NamedTuple, TypeAlias

import strawberry
from graphql import (
    DocumentNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationType,
)
from graphql.execution.collect_fields import FieldDetails, collect_fields
from graphql.execution.values import VariableValues, get_argument_values
from graphql.pyutils import Path
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField

Executor = StrawberryGraphQLCoreExecutionContext

# The AST nodes that together select one field, or the fields of one object.
Selection: TypeAlias = list[FieldDetails]
# The selected fields of an object by response name, in the order of the response.
Fields: TypeAlias = dict[str, Selection]


class NotCompilable(Exception):
    """A part of an operation that only graphql-core executes."""


def core_schema(schema: strawberry.Schema) -> GraphQLSchema:
    """The graphql-core schema, which Strawberry does not expose."""
    core: GraphQLSchema = schema._schema  # noqa: SLF001  # (see above)
    return core


def strawberry_field(field: GraphQLField) -> StrawberryField | None:
    """The Strawberry definition of a graphql-core field; None for introspection fields."""
    definition: StrawberryField | None = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    return definition


def describe_type(cls: type, describe: Callable[[Any, Iterable[object]], str]) -> None:
    """Set the descriptions of a Strawberry type and of its resolvers without one.

    `describe` gets the class or the function, and the directives of the field. Strawberry reads no docstrings and has
    no public setter.
    """
    definition: Any = cls.__strawberry_definition__  # type: ignore[attr-defined]  # added by strawberry.type
    definition.description = describe(cls, ())
    for field in definition.fields:
        if field.description is None and field.base_resolver is not None:
            field.description = describe(field.base_resolver.wrapped_func, field.directives)


def describe_enum_values(cls: type[Enum], descriptions: Mapping[str, str]) -> None:
    """Set the descriptions of an enum's values; `strawberry.enum_value` would change the enum itself."""
    for value in cls.__strawberry_definition__.values:  # type: ignore[attr-defined]  # added by strawberry.enum
        value.description = descriptions[value.name]


class PreparedDocumentExtension(SchemaExtension):
    """Passes the prepared document to Strawberry, which then skips its own parsing and validation."""

    def on_parse(self) -> Iterator[None]:
        """Strawberry parses only if `graphql_document` is unset, and validates only if the errors are unset."""
        self.execution_context.graphql_document = self.execution_context.context.operation.document
        self.execution_context.pre_execution_errors = []
        yield


class ListExecutor(Executor):
    """graphql-core's executor with a hook for lists: graphql-core has no public one for completing a value."""

    def complete_list(
        self, items: Any, item_type: GraphQLOutputType, selection: Selection, path: Path, complete: Callable[[], Any]
    ) -> Any:
        """The response value of a list; `complete` is graphql-core's algorithm."""
        raise NotImplementedError

    def complete_iterable_value(
        self, item_type: GraphQLOutputType, selection: Selection, info: Any, path: Path, items: Any, *position: Any
    ) -> Any:
        """graphql-core's method for completing a list."""
        default = super().complete_iterable_value
        complete = partial(default, item_type, selection, info, path, items, *position)
        return self.complete_list(items, item_type, selection, path, complete)


def executor_for(
    schema: GraphQLSchema, document: DocumentNode, name: str | None, variables: Mapping[str, Any]
) -> Executor | None:
    """An executor of the operation, to collect its fields; None if the variables are invalid."""
    executor = Executor.build(schema, document, raw_variable_values=dict(variables), operation_name=name)
    return executor if isinstance(executor, Executor) else None


def root_fields(executor: Executor) -> tuple[GraphQLObjectType, Fields]:
    """The type and the selected fields of a query; directives, fragments and aliases are resolved."""
    schema, operation = executor.schema, executor.operation
    root = schema.query_type
    if root is None or operation.operation is not OperationType.QUERY:
        raise NotCompilable("only queries are compiled")
    return root, _collected(executor, root)


def operation_fields(executor: Executor) -> Iterator[tuple[GraphQLObjectType, Selection]]:
    """The selected fields of a query or mutation, each with the type that has them."""
    root = executor.schema.get_root_type(executor.operation.operation)
    if root:
        for selection in _collected(executor, root).values():
            yield root, selection


def _collected(executor: Executor, root: GraphQLObjectType) -> Fields:
    variables, fragments = executor.variable_values, executor.fragments
    return collect_fields(executor.schema, fragments, variables, root, executor.operation).grouped_field_set


def sub_fields(executor: Executor, object_type: GraphQLObjectType, selection: Selection) -> Fields:
    """The selected fields of an object."""
    return executor.collect_subfields(object_type, selection).grouped_field_set


class Resolver(NamedTuple):
    """A field's Python function, and the parameters that receive the source and the `Info`."""

    function: Callable[..., Any]
    takes_source: bool
    info_parameter: str | None


def resolver_of(field: GraphQLField) -> Resolver:
    """The resolver of a field; raises `NotCompilable` if a call of its function is not all that Strawberry does."""
    definition = strawberry_field(field)
    resolver = definition.base_resolver if definition else None
    if (
        definition is None
        or resolver is None
        or definition.is_async
        or definition.extensions
        or definition.permission_classes
        or resolver.parent_parameter
        or resolver.root_parameter
    ):
        raise NotCompilable("a resolver that needs Strawberry")
    function: Any = resolver.wrapped_func
    info = resolver.info_parameter
    return Resolver(function, resolver.self_parameter is not None, info.name if info else None)


def arguments_of(
    schema: GraphQLSchema, field: GraphQLField, selection: Selection, variables: VariableValues
) -> Mapping[str, Any]:
    """The arguments with which Strawberry calls a field's resolver; raises `GraphQLError` if they are invalid."""
    definition = strawberry_field(field)
    if definition is None or not field.args:
        return {}
    owner: strawberry.Schema = schema._strawberry_schema  # type: ignore[attr-defined]  # noqa: SLF001  # (see above)
    values = get_argument_values(field, selection[0].node, variables)
    converter = owner.schema_converter
    return convert_arguments(values, definition.arguments, converter.scalar_registry, converter.config)
