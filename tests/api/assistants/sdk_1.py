"""The official client, version 1: prints its view of a gateway as JSON. Arguments: the endpoint and a token."""

import asyncio
import json
import sys

from mcp import ClientSession, McpError
from mcp.client.streamable_http import streamablehttp_client

URL, TOKEN = sys.argv[1:]


async def main() -> None:
    """Send each kind of request."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with streamablehttp_client(URL, headers=headers) as (read, write, _), ClientSession(read, write) as session:
        seen = {"revision": (await session.initialize()).protocolVersion}
        await session.send_ping()
        seen["tools"] = [tool.name for tool in (await session.list_tools()).tools]
        for name, tool, arguments in json.load(sys.stdin):
            result = await session.call_tool(tool, arguments)
            seen[name] = [result.isError, result.structuredContent, json.loads(result.content[0].text)]
        try:
            await session.call_tool("no_tool", {})
        except McpError as error:
            seen["unknown tool"] = error.error.code
    print(json.dumps(seen))


asyncio.run(main())
