"""A fast, static copy of the sandbox: the responses for one player, sent for every player.

Run by the benchmarks under uvicorn. `/delay?ms=50` sets its latency; `/count` returns the number of requests, `/built`
that of different best plays.
"""

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

import httpx
from starlette.types import Receive, Scope, Send

from gateway.sandbox import create_sandbox
from gateway.sandbox.players import HEAVY

# Path and parameters.
Key: TypeAlias = tuple[str, tuple[tuple[str, str], ...]]

HISCORES = 500
PLAYERS = 76
FIRST_BEATMAP = 1_000_000
KNOWN_MODS = 2**31 - 1

_sandbox = httpx.AsyncClient(transport=httpx.ASGITransport(create_sandbox()), base_url="http://sandbox")
_started = datetime.now(UTC)
_bodies: dict[Key, bytes] = {}
_known: dict[Key, list[dict[str, Any]]] = {}
_requests = 0
_delay_s = 0.0


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application."""
    if scope["type"] != "http":
        raise NotImplementedError
    params = dict(parse_qsl(scope["query_string"].decode()))
    match scope["path"]:
        case "/count":
            body = str(_requests).encode()
        case "/built":
            body = str(sum(key[0] == "/bestplays" for key in _bodies)).encode()
        case "/delay":
            body = _set_delay(float(params["ms"]) / 1000)
        case path:
            body = await _body(path, params)
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _set_delay(seconds: float) -> bytes:
    global _delay_s  # noqa: PLW0603 - one latency per process
    _delay_s = seconds
    return b""


async def _body(path: str, params: dict[str, str]) -> bytes:
    global _requests  # noqa: PLW0603 - one counter per process
    _requests += 1
    if "user" in params:
        params["user"] = str(HEAVY)
    if path == "/bestplays":
        # The contenders write the same request differently.
        params = {"limit": "100", **params, "from": params.get("from", "")[:10]}
    key = (path, tuple(sorted(params.items())))
    if key not in _bodies:
        since = params.pop("from", "")
        _bodies[key] = json.dumps(_fit(path, await _rows(path, params), since)).encode()
    await asyncio.sleep(_delay_s)
    return _bodies[key]


async def _rows(path: str, params: dict[str, str]) -> list[dict[str, Any]]:
    key = (path, tuple(sorted(params.items())))
    if key not in _known:
        _known[key] = (await _sandbox.get(path, params=params)).json()
    return _known[key]


def _fit(path: str, rows: list[dict[str, Any]], since: str) -> list[dict[str, Any]]:
    """Rows that need no repair, so that all servers have the same answers: plays of distinct beatmaps, known mods.

    One page of hiscores; one snapshot a day; best plays of 76 players, who are others for each `since`.
    """
    if path == "/stats_history":
        dated = [row | {"timestamp": _timestamp(age)} for age, row in zip(range(len(rows), 0, -1), rows, strict=True)]
        return [row for row in dated if row["timestamp"] >= since]
    if path == "/hiscores":
        return [_play(number, row) for number, row in enumerate(rows[:HISCORES])]
    if path == "/bestplays":
        first = date.fromisoformat(since).toordinal() * PLAYERS if since else 1
        return [_play(number, row) | {"user": first + number % PLAYERS} for number, row in enumerate(rows)]
    return rows


def _play(number: int, row: dict[str, Any]) -> dict[str, Any]:
    return row | {"beatmap_id": FIRST_BEATMAP + number, "mods": row["mods"] & KNOWN_MODS}


def _timestamp(age_days: int) -> str:
    # Noon of a day, so that the rows of the last 90 days are the same during the whole benchmark.
    return (_started - timedelta(days=age_days, hours=-12)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
