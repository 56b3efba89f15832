"""JSON-RPC 2.0 messages of clients, and the errors of the protocol."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple

import msgspec

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
HEADER_MISMATCH = -32020
UNSUPPORTED_VERSION = -32022
# JSON numbers of this size are exact in every client.
MAX_ID = 2**53

RequestID = str | int


class RPCError(Exception):
    """An error of the protocol; `data` is for programs."""

    def __init__(self, code: int, message: str, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data or {}

    @property
    def status(self) -> int:
        """The status of the HTTP response. Revisions with a handshake have 200 for well-formed requests."""
        return 404 if self.code == METHOD_NOT_FOUND else 400


class Message(NamedTuple):
    """A request; without `id` a notification, which has no response."""

    id: RequestID | None
    method: str
    params: Mapping[str, Any]

    @property
    def meta(self) -> Mapping[str, Any]:
        """The metadata of the request."""
        meta = self.params.get("_meta")
        return meta if isinstance(meta, dict) else {}


class _Request(msgspec.Struct):
    """The JSON of a message; null is not an ID."""

    jsonrpc: Literal["2.0"]
    method: str
    id: Annotated[int, msgspec.Meta(gt=-MAX_ID, lt=MAX_ID)] | str | msgspec.UnsetType = msgspec.UNSET
    params: dict[str, Any] = {}


def parse(body: bytes) -> Message:
    """The message in a body; raises `RPCError`."""
    try:
        content = msgspec.json.decode(body)
    except (msgspec.DecodeError, ValueError, RecursionError) as exc:
        raise RPCError(PARSE_ERROR, "The body is not valid JSON in UTF-8.") from exc
    try:
        request = msgspec.convert(content, _Request)
    except msgspec.ValidationError as exc:
        raise RPCError(INVALID_REQUEST, f"The body must be one request of JSON-RPC 2.0, not a batch. {exc}.") from exc
    return Message(None if request.id is msgspec.UNSET else request.id, request.method, request.params)


def encode_result(request_id: RequestID | None, content: Mapping[str, Any]) -> bytes:
    """The response to a request."""
    return msgspec.json.encode({"jsonrpc": "2.0", "id": request_id, "result": content})


def encode_error(request_id: RequestID | None, error: RPCError, reference: str) -> bytes:
    """The response to a request that failed; `reference` is its ID in the log. Without an `id`, none could be read."""
    content = {"code": error.code, "message": error.message, "data": {**error.data, "requestId": reference}}
    return msgspec.json.encode({"jsonrpc": "2.0", "id": request_id, "error": content})
