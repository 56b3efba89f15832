"""The schema, and its printed form (`schema.graphql`)."""

from functools import cache

import strawberry
from graphql import GraphQLError, GraphQLInputObjectType
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from .compiled_lists import CountingExecutor
from .mutation import Mutation
from .query import Query
from .scalars import SCALARS
from .strawberry_compat import Executor, PreparedDocumentExtension, core_schema

DESCRIPTION = """osu!track's records of osu! players: stats over time, hiscores, peaks, and the best plays of all
players. Reads are served from a cache; the mutation makes osu!track update a player."""

# Arguments of the schema's directives.
ARGUMENTS = {
    "points": "The price in points.",
    "resource": "The name of the shared resource.",
    "levels": "The nesting levels of lists; 0 is the field itself.",
}


class _Schema(strawberry.Schema):
    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """No logging: Strawberry logs invalid input as errors. `prepare/errors.py` logs unexpected exceptions."""


@cache
def build_schema(executor: type[Executor] = CountingExecutor) -> strawberry.Schema:
    """The schema: queries and mutations. osu!track pushes no events, so there are no subscriptions."""
    schema = _Schema(
        Query,
        Mutation,
        config=StrawberryConfig(scalar_map=SCALARS),
        extensions=[PreparedDocumentExtension],
        execution_context_class=executor,
    )
    # Strawberry checks `@oneOf` itself, in execution; graphql-core validates it, and names locations.
    for kind in core_schema(schema).type_map.values():
        if isinstance(kind, GraphQLInputObjectType):
            kind.is_one_of = kind.extensions["strawberry-definition"].is_one_of
    # Strawberry has no parameters for these.
    core_schema(schema).description = DESCRIPTION
    for directive in core_schema(schema).directives:
        for name, argument in directive.args.items():
            argument.description = argument.description or ARGUMENTS[name]
    return schema


@cache
def sdl() -> str:
    """The schema in SDL, with descriptions and directives."""
    # Built-in directives need no definition; Strawberry prints one for `@oneOf`.
    types = build_schema().as_str().replace("directive @oneOf on INPUT_OBJECT\n\n", "")
    # Strawberry prints neither the description nor, without directives, the definition of the schema.
    return f'"""\n{DESCRIPTION}\n"""\nschema {{\n  query: Query\n  mutation: Mutation\n}}\n\n{types}\n'
