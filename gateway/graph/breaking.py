"""Which changes to the schema would break clients."""

from pathlib import Path

from graphql import GraphQLError, build_schema
from graphql.utilities import find_breaking_changes

from .schema import sdl


class NoSchema(Exception):
    """There is none in the file; the message says why."""


def breaking_changes(old: str) -> list[str]:
    """What breaks clients written against the schema in the file `old`, a sentence for each; raises `NoSchema`."""
    try:
        before = build_schema(Path(old).read_text("utf-8"))
    except OSError as exc:
        raise NoSchema(f"{old}: {exc.strerror}") from exc
    except (GraphQLError, TypeError, UnicodeDecodeError) as exc:
        reason = exc.message if isinstance(exc, GraphQLError) else exc
        raise NoSchema(f"{old} has no schema in GraphQL's own language: {reason}") from exc
    return [change.description for change in find_breaking_changes(before, build_schema(sdl()))]
