"""Revisions of the protocol: 2026-07-28, which has no session, and those before, which begin with a handshake.

Both are served without state: the handshake is answered and forgotten.
"""

import base64
import binascii
import re
from collections.abc import Callable, Sequence

from .messages import HEADER_MISMATCH, INVALID_PARAMS, UNSUPPORTED_VERSION, Message, RPCError

STATELESS = "2026-07-28"
# Newest first. Earlier ones require batches.
WITH_HANDSHAKE = ("2025-11-25", "2025-06-18")
SUPPORTED = (STATELESS, *WITH_HANDSHAKE)

PREFIX = "io.modelcontextprotocol/"
VERSION_KEY = f"{PREFIX}protocolVersion"
CAPABILITIES_KEY = f"{PREFIX}clientCapabilities"
VERSION_HEADER, METHOD_HEADER, NAME_HEADER = "mcp-protocol-version", "mcp-method", "mcp-name"
BASE64 = re.compile(r"=\?base64\?(.*)\?=")

# The values of a header of the HTTP request.
HeaderValues = Callable[[str], Sequence[str]]


def revision(message: Message, headers: HeaderValues) -> str:
    """The revision of a message; raises `RPCError` if it is not supported, or if headers contradict the body."""
    if message.method == "initialize":
        return _handshake_revision(message)
    values = headers(VERSION_HEADER)
    declares_revision = VERSION_KEY in message.meta or STATELESS in values or message.method == "server/discover"
    if message.id is not None and declares_revision:
        _check_metadata(message, headers)
    for version in values:
        if version not in SUPPORTED:
            raise _unsupported(version)
    return values[0] if values else WITH_HANDSHAKE[0]


def _handshake_revision(message: Message) -> str:
    """The requested revision if it has a handshake, else the newest one with a handshake."""
    requested = message.params.get("protocolVersion")
    if not isinstance(requested, str):
        raise RPCError(INVALID_PARAMS, "`initialize` needs the string `protocolVersion`.")
    return requested if requested in WITH_HANDSHAKE else WITH_HANDSHAKE[0]


def _check_metadata(message: Message, headers: HeaderValues) -> None:
    """Check the metadata of a request without a session; headers repeat a part of it for proxies."""
    missing = [key for key in (VERSION_KEY, CAPABILITIES_KEY) if key not in message.meta]
    if missing:
        raise RPCError(INVALID_PARAMS, f"`params._meta` must have {' and '.join(f'`{key}`' for key in missing)}.")
    expected = {VERSION_HEADER: message.meta[VERSION_KEY], METHOD_HEADER: message.method}
    if message.method == "tools/call" and "name" in message.params:
        expected[NAME_HEADER] = message.params["name"]
    for name, value in expected.items():
        if [_decoded(given) for given in headers(name)] != [value]:
            raise RPCError(HEADER_MISMATCH, f"The header `{name}` must have the same value as the body.")


def _decoded(value: str) -> str | None:
    """The value of a header, which may be in Base64; None if it is invalid."""
    coded = BASE64.fullmatch(value)
    if coded is None:
        return value
    try:
        return base64.b64decode(coded[1], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def _unsupported(version: str) -> RPCError:
    data = {"supported": list(SUPPORTED), "requested": version[:100]}
    return RPCError(UNSUPPORTED_VERSION, "Unsupported protocol version", data=data)
