"""Parses HTTP requests into GraphQL requests, as specified by GraphQL over HTTP."""

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from starlette.requests import ClientDisconnect, Request

from gateway.errors import entry

from .negotiation import JSON, is_json_in_utf_8, is_plain

# The unread rest of a body must not be parsed as the next request.
CLOSE = {"Connection": "close"}
# The media types of QUERY bodies (RFC 10008).
ACCEPT_QUERY = f'"{JSON}"'


class GraphQLRequest(NamedTuple):
    """The parameters of a request. `document_id` or `extensions` may name a persisted document instead of `query`."""

    query: str | None
    variables: Mapping[str, Any]
    operation_name: str | None
    document_id: str | None
    extensions: Mapping[str, Any]


class HTTPError(Exception):
    """An HTTP request that is rejected before GraphQL: an error code, and the headers of the response."""

    def __init__(self, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.headers = headers or {}

    def to_entry(self) -> dict[str, Any]:
        """The error as an entry of the response's `errors`."""
        wait_s = self.headers.get("Retry-After")
        return entry(self.code, self.message, retry_after_s=int(wait_s) if wait_s else None)


class InvalidJSON(HTTPError):
    """A body that is not JSON."""


async def parse_request(request: Request, max_body_bytes: int, timeout_s: float) -> GraphQLRequest:
    """The GraphQL request in a GET, POST or QUERY; raises `HTTPError`."""
    if request.method == "GET":
        return from_parameters(request.query_params)
    return from_body(await read_body(request, max_body_bytes, timeout_s))


async def read_body(request: Request, max_body_bytes: int, timeout_s: float) -> bytes:
    """The body of a request, which must be JSON; raises `HTTPError`."""
    if not is_json_in_utf_8(request.headers.get("content-type", "")):
        headers = {"Accept-Query": ACCEPT_QUERY}
        raise HTTPError("UNSUPPORTED_MEDIA_TYPE", f"The body must be `Content-Type: {JSON}` in UTF-8.", headers)
    try:
        async with asyncio.timeout(timeout_s):
            return await _body(request, max_body_bytes)
    except TimeoutError as exc:
        raise HTTPError("REQUEST_TIMEOUT", f"The body took longer than {timeout_s:g} s.", CLOSE) from exc
    except ClientDisconnect as exc:
        # For the access log only: no client receives it.
        raise HTTPError("BAD_REQUEST", "The client disconnected before the end of the body.", CLOSE) from exc


async def _body(request: Request, max_body_bytes: int) -> bytes:
    if not is_plain(request.headers.get("content-encoding", "")):
        raise HTTPError("UNSUPPORTED_MEDIA_TYPE", "Compressed bodies are not supported.", CLOSE)
    too_large = HTTPError("BODY_TOO_LARGE", f"The body is larger than {max_body_bytes} bytes.", CLOSE)
    # The server accepts numbers only; a chunked body has no length.
    if int(request.headers.get("content-length", "0")) > max_body_bytes:
        raise too_large
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > max_body_bytes:
            raise too_large
    return bytes(body)


def _decode_json(text: bytes | str, source: str, error: type[HTTPError] = HTTPError) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, ValueError, RecursionError) as exc:
        raise error("BAD_REQUEST", f"{source} is not valid JSON in UTF-8.") from exc


def from_body(body: bytes) -> GraphQLRequest:
    """The GraphQL request in the body of a POST or QUERY; raises `HTTPError`."""
    return _from_fields(_decode_json(body, "The body", InvalidJSON))


def from_parameters(parameters: Mapping[str, str]) -> GraphQLRequest:
    """The GraphQL request in the query string of a GET; raises `HTTPError`."""
    fields: dict[str, Any] = {
        name: parameters[name] for name in ("query", "operationName", "documentId") if name in parameters
    }
    for name in ("variables", "extensions"):
        if parameters.get(name):
            fields[name] = _decode_json(parameters[name], f"`{name}`")
    return _from_fields(fields)


def _from_fields(fields: Any) -> GraphQLRequest:
    if isinstance(fields, list):
        raise HTTPError("BAD_REQUEST", "Batched requests are not supported.")
    if not isinstance(fields, dict):
        raise HTTPError("BAD_REQUEST", "The request must be a JSON object with a `query`.")
    return GraphQLRequest(
        _field(fields, "query", str) or None,
        _field(fields, "variables", dict) or {},
        _field(fields, "operationName", str) or None,
        _field(fields, "documentId", str) or None,
        _field(fields, "extensions", dict) or {},
    )


def _field(fields: dict[str, Any], name: str, kind: type) -> Any:
    value = fields.get(name)
    if value is not None and not isinstance(value, kind):
        raise HTTPError("BAD_REQUEST", f"`{name}` must be {'a string' if kind is str else 'an object'}.")
    return value
