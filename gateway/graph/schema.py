"""The schema, put together; and its printed form, which stands at the top of the repository."""

from pathlib import Path

import strawberry
from graphql import GraphQLError
from graphql import build_schema as parse_schema
from graphql.utilities import find_breaking_changes
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from .mutation import Mutation
from .query import Query
from .scalars import SCALARS
from .strawberry_compat import Executor, PreparedDocumentExtension


class _Schema(strawberry.Schema):
    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Strawberry would log every refusal of bad input as a failure; ours are logged in `failures`."""


def build_schema(executor: type[Executor] = Executor) -> strawberry.Schema:
    """Queries and mutations; nothing upstream pushes, so no subscriptions."""
    return _Schema(
        Query,
        Mutation,
        config=StrawberryConfig(scalar_map=SCALARS),
        extensions=[PreparedDocumentExtension],
        execution_context_class=executor,
    )


def sdl() -> str:
    """The schema in GraphQL's own language, descriptions and prices included."""
    # `@oneOf` is GraphQL's own: Strawberry prints a definition that nobody else has.
    return build_schema().as_str().replace("directive @oneOf on INPUT_OBJECT\n\n", "") + "\n"


class NoSchema(Exception):
    """There is none in the file; the message says why."""


def breaking_changes(old: str) -> list[str]:
    """What breaks clients written against the schema in the file `old`, a sentence for each; raises `NoSchema`."""
    try:
        before = parse_schema(Path(old).read_text("utf-8"))
    except OSError as exc:
        raise NoSchema(f"{old}: {exc.strerror}") from exc
    except (GraphQLError, TypeError, UnicodeDecodeError) as exc:
        reason = exc.message if isinstance(exc, GraphQLError) else exc
        raise NoSchema(f"{old} has no schema in GraphQL's own language: {reason}") from exc
    return [change.description for change in find_breaking_changes(before, parse_schema(sdl()))]
