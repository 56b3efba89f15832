"""All uses of private or undocumented API of Strawberry and graphql-core.

Written for Strawberry 0.341 and graphql-core 3.3; pyproject.toml pins both to patch releases.
After an upgrade, tests/unit/graph compares the fast list path with graphql-core, and `fast_lists.is_supported`
does the same at startup.
"""

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, TypeAlias

import strawberry
from graphql import GraphQLField, GraphQLObjectType, GraphQLOutputType, GraphQLSchema
from graphql.execution.collect_fields import FieldDetails
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

Executor = StrawberryGraphQLCoreExecutionContext

# The AST nodes that together select one field, or the fields of one object.
Selection: TypeAlias = list[FieldDetails]


def core_schema(schema: strawberry.Schema) -> GraphQLSchema:
    """The graphql-core schema, which Strawberry does not expose."""
    core: GraphQLSchema = schema._schema  # noqa: SLF001  # (see above)
    return core


def strawberry_field(field: GraphQLField) -> StrawberryField | None:
    """The Strawberry definition of a graphql-core field; None for introspection fields."""
    definition: StrawberryField | None = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    return definition


def describe_type(cls: type, describe: Callable[[Any], str]) -> None:
    """Set the descriptions of a Strawberry type and of its resolvers without one, from the class and the functions.

    Strawberry reads no docstrings and has no public setter.
    """
    definition: Any = cls.__strawberry_definition__  # type: ignore[attr-defined]  # added by strawberry.type
    definition.description = describe(cls)
    for field in definition.fields:
        if field.description is None and field.base_resolver is not None:
            field.description = describe(field.base_resolver.wrapped_func)


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
        self,
        items: Any,
        item_type: GraphQLOutputType,
        selection: Selection,
        info: Any,
        complete: Callable[[Selection], Any],
    ) -> Any:
        """The response value of a list. `complete` is graphql-core's algorithm for a given selection."""
        raise NotImplementedError

    def complete_iterable_value(
        self,
        item_type: GraphQLOutputType,
        field_details_list: Selection,
        info: Any,
        path: Any,
        items: Any,
        position_context: Any,
    ) -> Any:
        """graphql-core's method for completing a list, with its parameters."""
        default = super().complete_iterable_value

        def complete(selection: Selection) -> Any:
            return default(item_type, selection, info, path, items, position_context)

        return self.complete_list(items, item_type, field_details_list, info, complete)

    def selected_fields(self, object_type: GraphQLObjectType, selection: Selection) -> dict[str, Selection] | None:
        """The selected fields by response name, with fragments, `@skip`, `@include` and aliases resolved.

        None if the selection has a directive with its own execution rules, such as `@defer`.
        """
        grouped, deferred, forbidden = self.collect_subfields(object_type, selection)
        return None if deferred or forbidden else grouped

    def narrowed(self, object_type: GraphQLObjectType, selection: Selection, names: list[str]) -> Selection:
        """The same selection restricted to some response names.

        graphql-core caches collected fields by the identity of the selection: the copy gets an entry of its own.
        """
        collected = self.collect_subfields(object_type, selection)
        copy = list(selection)
        grouped = {name: collected.grouped_field_set[name] for name in names}
        self._relevant_sub_fields[object_type, id(copy)] = (copy, collected._replace(grouped_field_set=grouped))
        return copy
