"""JSON-RPC messages of the Model Context Protocol."""

import json

import pytest

from gateway.mcp.messages import INVALID_REQUEST, PARSE_ERROR, Message, RPCError, encode_error, parse

PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}


@pytest.mark.parametrize("identity", ["", "a", "ä" * 100, 0, -1, 2**53 - 1])
def test_request_has_its_id(identity):
    assert parse(json.dumps(PING | {"id": identity}).encode()) == Message(identity, "ping", {})


def test_message_without_id_is_a_notification():
    assert parse(b'{"jsonrpc":"2.0","method":"notifications/initialized"}').id is None


def test_last_of_duplicate_keys_counts():
    assert parse(b'{"jsonrpc":"2.0","id":1,"id":2,"method":"ping","method":"tools/list"}') == Message(
        2, "tools/list", {}
    )


@pytest.mark.parametrize("meta", [None, 1, [], "a"])
def test_metadata_of_wrong_type_is_ignored(meta):
    assert parse(json.dumps(PING | {"params": {"_meta": meta}}).encode()).meta == {}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b'{"jsonrpc":"2.0","id":NaN,"method":"ping"}',
        b'{"jsonrpc":"2.0","id":1e999,"method":"ping"}',
        b'{"jsonrpc":"2.0","id":"\\ud800","method":"ping"}',
        b"\xef\xbb\xbf{}",
        b"[" * 60_000,
        b'{"a":' * 10_000,
        b"1" * 60_000,
        "{}".encode("utf-16"),
    ],
    ids=range(11),
)
def test_invalid_json_is_a_parse_error(body):
    with pytest.raises(RPCError) as raised:
        parse(body)
    assert (raised.value.code, raised.value.status) == (PARSE_ERROR, 400)


@pytest.mark.parametrize(
    "message",
    [
        None,
        1,
        "ping",
        {},
        [],
        [PING],
        PING | {"jsonrpc": "1.0"},
        PING | {"jsonrpc": 2.0},
        PING | {"method": None},
        PING | {"method": ["ping"]},
        PING | {"id": None},
        PING | {"id": True},
        PING | {"id": 1.5},
        PING | {"id": 2**53},
        PING | {"id": 10**30},
        PING | {"id": {}},
        PING | {"params": None},
        PING | {"params": []},
        PING | {"params": "a"},
        {"jsonrpc": "2.0", "id": 1, "result": {}},
        {"jsonrpc": "2.0", "id": 1, "error": {"code": 1, "message": ""}},
    ],
    ids=range(21),
)
def test_other_json_is_an_invalid_request(message):
    with pytest.raises(RPCError) as raised:
        parse(json.dumps(message).encode())
    assert (raised.value.code, raised.value.status) == (INVALID_REQUEST, 400)


def test_error_has_data_and_reference():
    error = RPCError(-32600, "No.", {"a": 1})
    assert json.loads(encode_error(None, error, "r1")) == {
        "jsonrpc": "2.0",
        "id": None,
        "error": {"code": -32600, "message": "No.", "data": {"a": 1, "requestId": "r1"}},
    }
