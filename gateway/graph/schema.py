"""The schema, its printed form (`schema.graphql`), and the comparison with an older one."""

from pathlib import Path

import strawberry
from graphql import GraphQLError
from graphql import build_schema as parse_schema
from graphql.utilities import find_breaking_changes
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


class SchemaFileError(Exception):
    """A file that cannot be read as a schema."""


def breaking_changes(old: str) -> list[str]:
    """Descriptions of changes that break clients of the schema in the file `old`; raises `SchemaFileError`."""
    try:
        old_schema = parse_schema(Path(old).read_text("utf-8"))
    except OSError as exc:
        raise SchemaFileError(f"{old}: {exc.strerror}") from exc
    except (GraphQLError, TypeError, UnicodeDecodeError) as exc:
        reason = exc.message if isinstance(exc, GraphQLError) else exc
        raise SchemaFileError(f"{old} is not a valid SDL schema: {reason}") from exc
    return [change.description for change in find_breaking_changes(old_schema, parse_schema(sdl()))]
