"""Which changes to the schema would break clients."""

from pathlib import Path

from graphql import build_schema
from graphql.utilities import find_breaking_changes

from .schema import sdl


def breaking_changes(old: str) -> list[str]:
    """What breaks clients written against the schema in the file `old`, a sentence for each change."""
    return [
        change.description for change in find_breaking_changes(build_schema(Path(old).read_text()), build_schema(sdl()))
    ]
