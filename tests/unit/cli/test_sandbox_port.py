"""The port of the sandbox of `serve --sandbox`: documented, unless it is taken."""

import socket

import httpx
import pytest

from gateway.cli.commands import LOCAL, run_sandbox


@pytest.fixture
def free_port():
    with socket.create_server((LOCAL, 0)) as probe:
        return probe.getsockname()[1]


def test_sandbox_listens_on_the_given_port(free_port):
    with run_sandbox(free_port) as url:
        assert url == f"http://{LOCAL}:{free_port}"
        assert httpx.get(f"{url}/_sandbox/faults").json() == []


@pytest.mark.parametrize("port", [0, 65536])
def test_sandbox_finds_a_free_port(port):
    with run_sandbox(port) as url:
        assert httpx.get(f"{url}/_sandbox/faults").json() == []


def test_taken_port_is_replaced(free_port):
    with run_sandbox(free_port) as first, run_sandbox(free_port) as second:
        assert first != second
        assert httpx.get(f"{second}/_sandbox/faults").json() == []
