"""GraphQL requests out of HTTP requests, by the GraphQL-over-HTTP specification; what is not one is refused."""

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from starlette.requests import ClientDisconnect, Request

from gateway.errors import CODES, entry

from .negotiation import JSON, is_json_in_utf_8

# What is left of a body that is not read to its end must not be taken for the next request.
CLOSE = {"Connection": "close"}


class GraphQLRequest(NamedTuple):
    """A GraphQL request, whatever it came by. `extensions` may name a persisted document instead of `query`."""

    query: str | None
    variables: Mapping[str, Any]
    operation_name: str | None
    document_id: str | None
    extensions: Mapping[str, Any]


class HTTPError(Exception):
    """An HTTP request that is no GraphQL request, with the status and headers of the answer."""

    def __init__(self, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = CODES[code].status
        self.code = code
        self.message = message
        self.headers = headers or {}

    @property
    def error(self) -> dict[str, Any]:
        """The entry in `errors`."""
        wait_s = self.headers.get("Retry-After")
        return entry(self.code, self.message, retry_after_s=int(wait_s) if wait_s else None)


async def parse_request(request: Request, max_body_bytes: int, timeout_s: float) -> GraphQLRequest:
    """What a GET or a POST asks; raises `HTTPError`."""
    if request.method == "GET":
        return _from_parameters(request.query_params)
    _check_content_type(request.headers.get("content-type", ""))
    try:
        async with asyncio.timeout(timeout_s):
            body = await _body(request, max_body_bytes)
    except TimeoutError as exc:
        raise HTTPError("REQUEST_TIMEOUT", f"The body took longer than {timeout_s:g} s.", CLOSE) from exc
    except ClientDisconnect as exc:
        # Told to nobody, but it stands in the log.
        raise HTTPError("BAD_REQUEST", "The connection ended before the body.", CLOSE) from exc
    return _from_fields(_decoded(body, "The body"))


def _check_content_type(content_type: str) -> None:
    if not is_json_in_utf_8(content_type):
        raise HTTPError("UNSUPPORTED_MEDIA_TYPE", f"The body must be `Content-Type: {JSON}` in UTF-8.")


async def _body(request: Request, max_body_bytes: int) -> bytes:
    if request.headers.get("content-encoding", "identity") != "identity":
        raise HTTPError("UNSUPPORTED_MEDIA_TYPE", "Send the body as it is, without `Content-Encoding`.", CLOSE)
    too_large = HTTPError("BODY_TOO_LARGE", f"The body is larger than {max_body_bytes} bytes.", CLOSE)
    # The server has checked that it is a number; without one the body is in chunks.
    if int(request.headers.get("content-length", "0")) > max_body_bytes:
        raise too_large
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > max_body_bytes:
            raise too_large
    return bytes(body)


def _decoded(text: bytes | str, what: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, ValueError, RecursionError) as exc:
        raise HTTPError("BAD_REQUEST", f"{what} is not valid JSON in UTF-8.") from exc


def _from_parameters(parameters: Mapping[str, str]) -> GraphQLRequest:
    fields: dict[str, Any] = {
        name: parameters[name] for name in ("query", "operationName", "documentId") if name in parameters
    }
    for name in ("variables", "extensions"):
        if parameters.get(name):
            fields[name] = _decoded(parameters[name], f"`{name}`")
    return _from_fields(fields)


def _from_fields(fields: Any) -> GraphQLRequest:
    if isinstance(fields, list):
        raise HTTPError("BAD_REQUEST", "Batches are not taken: send each operation in a request of its own.")
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
