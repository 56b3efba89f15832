"""The sandbox's fast static twin: what the sandbox answers for one player, given for every player, at once.

Run by `benchmarks.speed` under uvicorn. `TWIN_DELAY_S` is how far away it is; `/count` tells how often it was asked.
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
_answers: dict[tuple[str, tuple[tuple[str, str], ...]], bytes] = {}
_asked = 0


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application."""
    if scope["type"] != "http":
        raise NotImplementedError
    body = str(_asked).encode() if scope["path"] == "/count" else await _answer(scope)
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _answer(scope: Scope) -> bytes:
    global _asked  # noqa: PLW0603 - one process, one count
    _asked += 1
    params = dict(parse_qsl(scope["query_string"].decode()))
    if "user" in params:
        params["user"] = str(HEAVY)
    key = (scope["path"], tuple(sorted(params.items())))
    if key not in _answers:
        _answers[key] = _fitted(scope["path"], (await _sandbox.get(scope["path"], params=params)).content)
    await asyncio.sleep(_delay_s)
    return _answers[key]


def _fitted(path: str, body: bytes) -> bytes:
    """As many hiscores as a page has; best plays of a hundred players instead of one."""
    rows = json.loads(body)
    if path == "/hiscores":
        rows = rows[:HISCORES]
    if path == "/bestplays":
        rows = [row | {"user": number % PLAYERS + 1} for number, row in enumerate(rows)]
    return json.dumps(rows).encode()
