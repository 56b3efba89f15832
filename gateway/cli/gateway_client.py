"""A client of a gateway, over the network or in this process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any, NamedTuple

import httpx
import msgspec

from gateway.settings import Settings

from .operation import Operation, UsageError

GRAPHQL = "application/graphql-response+json"
# Longer than an update, the slowest operation of a gateway.
TIMEOUT_S = 60.0
SANDBOX_URL = "http://sandbox"


class GatewayUnreachable(Exception):
    """The gateway is unreachable, or its response is not GraphQL; the message names the URL."""


class ErrorEntry(msgspec.Struct):
    """An entry in `errors`."""

    message: str
    path: list[str | int] | None = None
    extensions: dict[str, Any] = {}


class WarningEntry(msgspec.Struct):
    """An entry in `extensions.warnings`."""

    message: str
    code: str = ""
    path: list[str | int] | None = None


class Extensions(msgspec.Struct):
    """The part of `extensions` that is printed."""

    warnings: list[WarningEntry] = []


class Response(msgspec.Struct):
    """A GraphQL response; `content` is its body."""

    data: dict[str, Any] | msgspec.UnsetType | None = msgspec.UNSET
    errors: list[ErrorEntry] = []
    extensions: Extensions = msgspec.field(default_factory=Extensions)
    content: bytes = b""


class Target(NamedTuple):
    """The HTTP client and the URL of a gateway."""

    http: httpx.AsyncClient
    url: httpx.URL


@asynccontextmanager
async def connect(url: str) -> AsyncIterator[Target]:
    """The running gateway at this URL; raises `UsageError` for an invalid URL."""
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL as exc:
        raise UsageError(f"--url {url}: {exc}") from exc
    if address.scheme not in {"http", "https"} or not address.host:
        raise UsageError(f"--url {url}: expected an HTTP URL such as http://127.0.0.1:8000")
    async with httpx.AsyncClient(timeout=TIMEOUT_S) as http:
        yield Target(http, address.copy_with(path="/graphql") if address.path == "/" else address)


@asynccontextmanager
async def start_gateway(settings: Settings, *, sandbox: bool) -> AsyncIterator[Target]:
    """A gateway in this process, with an empty cache, until the end of the block."""
    # Half a second of imports, which a request to a running gateway does not need.
    from gateway.sandbox import NAMES_PATH, create_sandbox  # noqa: PLC0415
    from gateway.web.app import create_app  # noqa: PLC0415

    # The caller can read the tokens in the settings, so checking them is pointless.
    changes: dict[str, Any] = {"update_tokens": ()}
    if sandbox:
        changes |= {"upstream_url": SANDBOX_URL, "names_url": f"{SANDBOX_URL}{NAMES_PATH}"}
    upstream = httpx.ASGITransport(create_sandbox(rate_limits=True)) if sandbox else None
    app = create_app(settings.model_copy(update=changes), transport=upstream)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=httpx.ASGITransport(app)) as http:
        yield Target(http, httpx.URL("http://gateway/graphql"))


async def execute(target: Target, operation: Operation, *, token: str) -> Response:
    """The response to an operation, with or without errors; raises `GatewayUnreachable`."""
    url = target.url.copy_with(username=None, password=None)
    headers = {"Accept": GRAPHQL, "User-Agent": f"osutrack-gateway-query/{version('osutrack-gateway')}"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    try:
        http_response = await target.http.post(target.url, json=operation._asdict(), headers=headers)
    except httpx.HTTPError as exc:
        raise GatewayUnreachable(f"{url} can't be reached: {str(exc) or type(exc).__name__}") from exc
    # Any GraphQL endpoint accepts POST.
    if http_response.status_code == httpx.codes.METHOD_NOT_ALLOWED:
        raise GatewayUnreachable(_not_graphql(url, http_response))
    try:
        response = msgspec.json.decode(http_response.content, type=Response)
    except msgspec.DecodeError as exc:
        raise GatewayUnreachable(_not_graphql(url, http_response)) from exc
    if response.data is msgspec.UNSET and not response.errors:
        raise GatewayUnreachable(_not_graphql(url, http_response))
    response.content = http_response.content
    return response


def _not_graphql(url: httpx.URL, response: httpx.Response) -> str:
    media_type = response.headers.get("content-type", "no content type")
    return f"{url} did not send a GraphQL response (status {response.status_code}, {media_type})"
