"""The revision of a message, from its metadata and headers."""

import base64

import pytest
from starlette.datastructures import Headers

from gateway.mcp.messages import HEADER_MISMATCH, INVALID_PARAMS, UNSUPPORTED_VERSION, Message, RPCError
from gateway.mcp.revisions import CAPABILITIES_KEY, SUPPORTED, VERSION_KEY, revision

META = {VERSION_KEY: "2026-07-28", CAPABILITIES_KEY: {}}
LIST = Message(1, "tools/list", {"_meta": META})
HEADERS = {"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/list"}


def call(name="best_plays"):
    return Message(1, "tools/call", {"name": name, "_meta": META})


def values(headers=(), *more):
    pairs = [*dict(headers).items(), *more]
    return Headers(raw=[(name.lower().encode(), value.encode()) for name, value in pairs]).getlist


def refusal(message, get_values):
    with pytest.raises(RPCError) as raised:
        revision(message, get_values)
    return raised.value


@pytest.mark.parametrize(
    "requested, expected",
    [
        ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"),
        ("2024-11-05", "2025-11-25"),
        ("2026-07-28", "2025-11-25"),
        ("", "2025-11-25"),
    ],
)
def test_handshake_agrees_on_a_revision_with_handshake(requested, expected):
    message = Message(1, "initialize", {"protocolVersion": requested})
    assert revision(message, values(HEADERS)) == expected


@pytest.mark.parametrize("params", [{}, {"protocolVersion": None}, {"protocolVersion": 20250618}])
def test_handshake_needs_a_version(params):
    assert refusal(Message(1, "initialize", params), values()).code == INVALID_PARAMS


@pytest.mark.parametrize("version", ["2025-06-18", "2025-11-25"])
def test_header_selects_the_revision_after_handshake(version):
    assert revision(Message(1, "tools/list", {}), values({"MCP-Protocol-Version": version})) == version


def test_request_without_any_version_is_served():
    assert revision(Message(1, "tools/list", {}), values()) == "2025-11-25"


def test_metadata_and_headers_select_the_stateless_revision():
    assert revision(LIST, values(HEADERS)) == "2026-07-28"


@pytest.mark.parametrize("missing", [VERSION_KEY, CAPABILITIES_KEY])
def test_stateless_request_needs_metadata(missing):
    message = Message(1, "tools/list", {"_meta": {key: value for key, value in META.items() if key != missing}})
    error = refusal(message, values(HEADERS))
    assert (error.code, error.status, missing in error.message) == (INVALID_PARAMS, 400, True)


def test_discovery_without_metadata_is_refused():
    assert refusal(Message(1, "server/discover", {}), values()).code == INVALID_PARAMS


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Mcp-Method": "tools/list"},
        {"MCP-Protocol-Version": "2026-07-28"},
        HEADERS | {"MCP-Protocol-Version": "2025-11-25"},
        HEADERS | {"Mcp-Method": "tools/call"},
        HEADERS | {"Mcp-Method": "TOOLS/LIST"},
    ],
    ids=range(6),
)
def test_contradictory_headers_are_refused(headers):
    error = refusal(LIST, values(headers))
    assert (error.code, error.status) == (HEADER_MISMATCH, 400)


def test_repeated_header_is_refused():
    assert refusal(LIST, values(HEADERS, ("mcp-method", "tools/list"))).code == HEADER_MISMATCH


@pytest.mark.parametrize("name", ["best_plays", "ä ", "=?base64?x?="])
def test_name_header_may_be_encoded(name):
    coded = f"=?base64?{base64.b64encode(name.encode()).decode()}?="
    assert revision(call(name), values(HEADERS | {"Mcp-Method": "tools/call", "Mcp-Name": coded})) == "2026-07-28"


@pytest.mark.parametrize("given", ["best", "=?base64?!?=", "=?base64?/w==?=", "=?BASE64?YmVzdF9wbGF5cw==?=", ""])
def test_wrong_name_header_is_refused(given):
    headers = HEADERS | {"Mcp-Method": "tools/call", "Mcp-Name": given}
    assert refusal(call(), values(headers)).code == HEADER_MISMATCH


@pytest.mark.parametrize("version", ["1900-01-01", "2025-03-26", "a" * 1000])
def test_unsupported_version_is_refused_with_alternatives(version):
    message = Message(1, "tools/list", {"_meta": META | {VERSION_KEY: version}})
    errors = [refusal(message, values(HEADERS | {"MCP-Protocol-Version": version}))]
    errors += [refusal(Message(1, "tools/list", {}), values({"MCP-Protocol-Version": version}))]
    expected = {"supported": list(SUPPORTED), "requested": version[:100]}
    assert [(error.code, error.status, error.data) for error in errors] == [(UNSUPPORTED_VERSION, 400, expected)] * 2
