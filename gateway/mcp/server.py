"""The methods of the protocol, without I/O: calls of tools are returned for execution."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from .messages import INVALID_PARAMS, METHOD_NOT_FOUND, Message, RPCError
from .revisions import PREFIX, STATELESS, SUPPORTED
from .tools import Tool

INSTRUCTIONS = (
    "osu!track records the stats of osu! players over time. Players have numeric IDs: find_player finds one by name,"
    " and the address of an osu! profile ends with it. Times are UTC, accuracies are percent, a null globalRank is"
    " unranked. STALE_DATA in `warnings` tells that the data is old. In errors, wait `retryAfterSeconds` before a"
    " retry; do not retry if `retryable` is false."
)
SAMPLE_DATA = " All data is sample data of a simulation: say so, as no player or play is real."
# Tools change with releases and settings of the gateway only. Revisions with a handshake ignore it.
CACHING = {"ttlMs": 3_600_000, "cacheScope": "public"}


class ToolCall(NamedTuple):
    """A tool and its arguments."""

    tool: Tool
    arguments: Mapping[str, Any]


class MCPServer:
    """Answers requests; it has no state."""

    def __init__(self, tools: Sequence[Tool], version: str, *, is_sample_data: bool = False) -> None:
        self._tools = {tool.name: tool for tool in tools}
        self._description: Mapping[str, Any] = {
            "capabilities": {"tools": {}},
            "instructions": INSTRUCTIONS + (SAMPLE_DATA if is_sample_data else ""),
        }
        self._info = {"name": "osutrack-gateway", "title": "osu!track", "version": version}

    def handle(self, message: Message, revision: str) -> Mapping[str, Any] | ToolCall:
        """The content of a request's result, or the requested call; raises `RPCError`."""
        match message.method:
            case "tools/list":
                return {"tools": [tool.definition for tool in self._tools.values()], **CACHING}
            case "tools/call":
                return self._call(message.params)
            case "server/discover" if revision == STATELESS:
                return {"supportedVersions": SUPPORTED, **self._description, **CACHING}
            case "initialize" if revision != STATELESS:
                return {"protocolVersion": revision, "serverInfo": self._info, **self._description}
            case "ping" if revision != STATELESS:
                return {}
        raise RPCError(METHOD_NOT_FOUND, "Unknown method.")

    def complete(self, content: Mapping[str, Any], revision: str) -> Mapping[str, Any]:
        """The content as a result of this revision."""
        if revision != STATELESS:
            return content
        return {"resultType": "complete", **content, "_meta": {f"{PREFIX}serverInfo": self._info}}

    def _call(self, params: Mapping[str, Any]) -> ToolCall:
        name, arguments = params.get("name"), params.get("arguments", {})
        tool = self._tools.get(name) if isinstance(name, str) else None
        if tool is None:
            raise RPCError(INVALID_PARAMS, f"Unknown tool. The tools are: {', '.join(self._tools)}.")
        if not isinstance(arguments, dict):
            raise RPCError(INVALID_PARAMS, "`arguments` must be an object.")
        return ToolCall(tool, arguments)
