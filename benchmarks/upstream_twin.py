"""A fast, static copy of the sandbox: the responses for one player, sent for every player.

Run by `benchmarks.speed` under uvicorn. `TWIN_DELAY_S` is its latency; `/count` returns the number of requests.
"""

import asyncio
import json
import os
from urllib.parse import parse_qsl

import httpx
from starlette.types import Receive, Scope, Send

from gateway.sandbox import create_sandbox
from gateway.sandbox.players import HEAVY

HISCORES = 500
PLAYERS = 100

_delay_s = float(os.environ.get("TWIN_DELAY_S", "0"))
_sandbox = httpx.AsyncClient(transport=httpx.ASGITransport(create_sandbox()), base_url="http://sandbox")
_bodies: dict[tuple[str, tuple[tuple[str, str], ...]], bytes] = {}
_requests = 0


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application."""
    if scope["type"] != "http":
        raise NotImplementedError
    body = str(_requests).encode() if scope["path"] == "/count" else await _body(scope)
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _body(scope: Scope) -> bytes:
    global _requests  # noqa: PLW0603 - one counter per process
    _requests += 1
    params = dict(parse_qsl(scope["query_string"].decode()))
    if "user" in params:
        params["user"] = str(HEAVY)
    key = (scope["path"], tuple(sorted(params.items())))
    if key not in _bodies:
        _bodies[key] = _fit(scope["path"], (await _sandbox.get(scope["path"], params=params)).content)
    await asyncio.sleep(_delay_s)
    return _bodies[key]


def _fit(path: str, body: bytes) -> bytes:
    """One page of hiscores; best plays of a hundred players instead of one."""
    rows = json.loads(body)
    if path == "/hiscores":
        rows = rows[:HISCORES]
    if path == "/bestplays":
        rows = [row | {"user": number % PLAYERS + 1} for number, row in enumerate(rows)]
    return json.dumps(rows).encode()
