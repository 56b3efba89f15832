"""The official client, version 2: prints its view of a gateway as JSON. Arguments: the endpoint, a token, the mode."""

import asyncio
import json
import sys

import httpx2
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client

URL, TOKEN, MODE = sys.argv[1:]


async def main() -> None:
    """Send each kind of request."""
    http = httpx2.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"})
    async with http, Client(streamable_http_client(URL, http_client=http), mode=MODE) as client:
        seen = {"revision": client.protocol_version}
        seen["tools"] = [tool.name for tool in (await client.list_tools()).tools]
        for name, tool, arguments in json.load(sys.stdin):
            result = await client.call_tool(tool, arguments)
            seen[name] = [result.is_error, result.structured_content, json.loads(result.content[0].text)]
        try:
            await client.call_tool("no_tool", {})
        except MCPError as error:
            seen["unknown tool"] = error.error.code
    print(json.dumps(seen))


asyncio.run(main())
