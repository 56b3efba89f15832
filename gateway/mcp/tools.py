"""Tools: the GraphQL documents of this folder, one operation each, with their descriptions and variables."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from graphql import GraphQLSchema, OperationDefinitionNode, OperationType, parse

from .json_schema import JSONSchema, variables_schema, violations

FOLDER = Path(__file__).parent
# Hints for the approval of calls. An update adds a snapshot, and within the cooldown a second one changes nothing.
QUERY_HINTS = {"readOnlyHint": True}
UPDATE_HINTS = {"readOnlyHint": False, "destructiveHint": False, "idempotentHint": True}


class Tool(NamedTuple):
    """A tool, named like its file. `document` is executed with the arguments as its variables."""

    name: str
    description: str
    document: str
    input_schema: JSONSchema
    is_update: bool

    @property
    def definition(self) -> dict[str, Any]:
        """The entry of `tools/list`."""
        return {
            "name": self.name,
            "description": self.description,
            "inputSchema": self.input_schema,
            "annotations": UPDATE_HINTS if self.is_update else QUERY_HINTS,
        }

    def violations(self, arguments: Mapping[str, Any]) -> list[str]:
        """The reasons why the arguments do not fit the input schema, except for their types."""
        return list(violations(self.input_schema, arguments))


@cache
def read_tools(schema: GraphQLSchema, *, with_updates: bool) -> tuple[Tool, ...]:
    """The tools by name: queries, and mutations if `with_updates`."""
    tools = [_tool(schema, path) for path in sorted(FOLDER.glob("*.graphql"))]
    return tuple(tool for tool in tools if with_updates or not tool.is_update)


def _tool(schema: GraphQLSchema, path: Path) -> Tool:
    document = path.read_text("utf-8")
    (operation,) = parse(document).definitions
    if not isinstance(operation, OperationDefinitionNode) or operation.description is None:
        raise ValueError(f"{path.name} must have one operation, with a description")
    return Tool(
        name=path.stem,
        description=" ".join(operation.description.value.split()),
        document=document,
        input_schema=variables_schema(schema, operation),
        is_update=operation.operation is OperationType.MUTATION,
    )
