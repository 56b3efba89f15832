"""The schema, and its printed form (`schema.graphql`)."""

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from .compiled_lists import CountingExecutor
from .mutation import Mutation
from .query import Query
from .scalars import SCALARS
from .strawberry_compat import Executor, PreparedDocumentExtension


class _Schema(strawberry.Schema):
    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """No logging: Strawberry logs invalid input as errors. `prepare/errors.py` logs unexpected exceptions."""


def build_schema(executor: type[Executor] = CountingExecutor) -> strawberry.Schema:
    """The schema: queries and mutations. osu!track pushes no events, so there are no subscriptions."""
    return _Schema(
        Query,
        Mutation,
        config=StrawberryConfig(scalar_map=SCALARS),
        extensions=[PreparedDocumentExtension],
        execution_context_class=executor,
    )


def sdl() -> str:
    """The schema in SDL, with descriptions and directives."""
    # Built-in directives need no definition; Strawberry prints one for `@oneOf`.
    return build_schema().as_str().replace("directive @oneOf on INPUT_OBJECT\n\n", "") + "\n"
