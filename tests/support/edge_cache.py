"""A purge API on a real socket, and its settings."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, NamedTuple


class Purge(NamedTuple):
    """A received purge."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def tags(self) -> set[str]:
        """The tags, in the form of any API."""
        return set(json.loads(self.body)["tags"] if self.body else self.headers["surrogate-key"].split())


class PurgeAPI:
    """Records purges. `answer` is sent to each; None: nothing, and the connection remains open."""

    def __init__(self) -> None:
        self.answer: bytes | None = response(200, b'{"success": true}')
        self.purges: list[Purge] = []
        self.url = ""

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of a gateway in front of which Cloudflare is, with this API."""
        return {"purge_url": f"{self.url}/purge_cache", "purge_kind": "cloudflare", "purge_token": "secret-token"}

    async def respond(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection, which is closed after a response."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            self.purges.append(await _read(reader))
            if self.answer is None:
                await reader.read()
            else:
                writer.write(self.answer)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def serve_purge_api() -> AsyncIterator[PurgeAPI]:
    """A purge API in the loop of the test."""
    api = PurgeAPI()
    server = await asyncio.start_server(api.respond, "127.0.0.1", 0)
    api.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield api
    server.close()


def response(status: int, body: bytes = b"", *headers: str) -> bytes:
    """A whole response."""
    lines = [f"HTTP/1.1 {status} Any", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


async def _read(reader: asyncio.StreamReader) -> Purge:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    start, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    method, path, _ = start.split(" ")
    return Purge(method, path, headers, await reader.readexactly(int(headers.get("content-length", "0"))))
