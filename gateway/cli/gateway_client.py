"""The target to a gateway, over the network or in this process, and its answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any, NamedTuple

import httpx
import msgspec

from gateway.settings import Settings

from .operation import Operation, UsageError

GRAPHQL = "application/graphql-response+json"
# Longer than a gateway takes for an update, which is its longest work.
TIMEOUT_S = 60.0


class GatewayUnreachable(Exception):
    """No gateway could be reached, or what answered is none. The message names it."""


class Failure(msgspec.Struct):
    """An entry in `errors`."""

    message: str
    path: list[str | int] | None = None
    extensions: dict[str, Any] = {}


class Warned(msgspec.Struct):
    """An entry in `extensions.warnings`."""

    message: str
    code: str = ""
    path: list[str | int] | None = None


class Extensions(msgspec.Struct):
    """What the gateway tells beside the data, as far as it is of interest here."""

    warnings: list[Warned] = []


class Answer(msgspec.Struct):
    """A GraphQL response, and the bytes it came in."""

    data: dict[str, Any] | msgspec.UnsetType | None = msgspec.UNSET
    errors: list[Failure] = []
    extensions: Extensions = msgspec.field(default_factory=Extensions)
    content: bytes = b""


class Target(NamedTuple):
    """How to reach a gateway."""

    http: httpx.AsyncClient
    url: httpx.URL


@asynccontextmanager
async def running(url: str) -> AsyncIterator[Target]:
    """The target to the gateway at this address. Raises `UsageError` if it is none."""
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL as exc:
        raise UsageError(f"--url {url}: {exc}") from exc
    if address.scheme not in {"http", "https"} or not address.host:
        raise UsageError(f"--url {url}: it must be like http://127.0.0.1:8000")
    async with httpx.AsyncClient(timeout=TIMEOUT_S) as http:
        yield Target(http, address.copy_with(path="/graphql") if address.path == "/" else address)


@asynccontextmanager
async def in_process(settings: Settings, *, sandbox: bool) -> AsyncIterator[Target]:
    """The target to a gateway that lives as long as the context; nothing is remembered at first."""
    # Half a second of imports that a query to a running gateway does without.
    from gateway.sandbox import create_sandbox  # noqa: PLC0415
    from gateway.web.app import create_app  # noqa: PLC0415

    # Whoever reads the settings knows the tokens: there is nobody to keep out.
    chosen: dict[str, Any] = {"update_tokens": ()} | ({"upstream_url": "http://sandbox"} if sandbox else {})
    upstream = httpx.ASGITransport(create_sandbox(rate_limits=True)) if sandbox else None
    app = create_app(settings.model_copy(update=chosen), transport=upstream)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=httpx.ASGITransport(app)) as http:
        yield Target(http, httpx.URL("http://gateway/graphql"))


async def answer(target: Target, question: Operation, *, token: str) -> Answer:
    """The answer to an operation, whatever it says. Raises `GatewayUnreachable` if there is none."""
    where = target.url.copy_with(username=None, password=None)
    headers = {"Accept": GRAPHQL, "User-Agent": f"osutrack-gateway-query/{version('osutrack-gateway')}"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    try:
        response = await target.http.post(target.url, json=question._asdict(), headers=headers)
    except httpx.HTTPError as exc:
        raise GatewayUnreachable(f"{where} can't be reached: {str(exc) or type(exc).__name__}") from exc
    try:
        found = msgspec.json.decode(response.content, type=Answer)
    except msgspec.DecodeError as exc:
        raise GatewayUnreachable(_not_graphql(where, response)) from exc
    if found.data is msgspec.UNSET and not found.errors:
        raise GatewayUnreachable(_not_graphql(where, response))
    found.content = response.content
    return found


def _not_graphql(where: httpx.URL, response: httpx.Response) -> str:
    kind = response.headers.get("content-type", "of no type")
    return f"{where} did not answer with GraphQL (status {response.status_code}, {kind})"
