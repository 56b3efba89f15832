"""The self-check of the HTTP protocol, with the installed uvicorn and with simulated changes to it."""

import pytest

from gateway.server.protocol import GatewayProtocol
from gateway.server.self_check import is_supported, supported_protocol

CHANGES = {
    "_schedule_check": lambda self, after_s: None,
    "_dispatch": lambda self, cycle, app: None,
    "_start_asgi_task": lambda self, cycle: None,
    "on_headers_complete": lambda self: None,
    "cycle": property(lambda self: None, lambda self, cycle: None),
}


def test_locked_uvicorn_version_is_supported():
    assert supported_protocol() is GatewayProtocol


@pytest.mark.parametrize("name", CHANGES)
def test_changed_protocol_is_not_supported(name):
    assert not is_supported(type("Changed", (GatewayProtocol,), {name: CHANGES[name]}))
