"""The schema, put together; and its printed form, which stands at the top of the repository."""

from collections.abc import Iterator

import strawberry
from graphql import GraphQLError, GraphQLSchema
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from .mutation import Mutation
from .projection import Executor
from .query import Query
from .scalars import SCALARS


class UsePrepared(SchemaExtension):
    """Hand over the document that was parsed and validated before the operation was admitted."""

    def on_parse(self) -> Iterator[None]:
        """Strawberry parses and validates nothing that is there already."""
        self.execution_context.graphql_document = self.execution_context.context.request.operation.document
        self.execution_context.pre_execution_errors = []
        yield


class _Schema(strawberry.Schema):
    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Strawberry would log every refusal of bad input as a failure; ours are logged in `failures`."""


def build_schema(executor: type[Executor] = Executor) -> strawberry.Schema:
    """Queries and mutations; nothing upstream pushes, so no subscriptions."""
    return _Schema(
        Query,
        Mutation,
        config=StrawberryConfig(scalar_map=SCALARS),
        extensions=[UsePrepared],
        execution_context_class=executor,
    )


def core_of(schema: strawberry.Schema) -> GraphQLSchema:
    """graphql-core's view of it."""
    core: GraphQLSchema = schema._schema  # noqa: SLF001  # Strawberry has no public way to it
    return core


def sdl() -> str:
    """The schema in GraphQL's own language, descriptions and prices included."""
    # `@oneOf` is GraphQL's own: Strawberry prints a definition that nobody else has.
    return build_schema().as_str().replace("directive @oneOf on INPUT_OBJECT\n\n", "") + "\n"
