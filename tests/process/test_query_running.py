"""`gateway query` against a running gateway and against other servers, and as an interrupted process."""

import asyncio
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

from gateway.__main__ import main
from gateway.cli.query import CLEAR_LINE, progress
from tests.support.processes import ROOT, gateway_process

OPERATIONS = str(ROOT / "examples/operations.graphql")
# Far above the normal time, for a busy machine.
EXIT_TIMEOUT_S = 60
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"


@pytest.fixture(scope="module")
def gateway():
    """The address of a gateway that requires a token for updates."""
    with gateway_process(update_tokens="a-secret-of-tests") as gateway:
        yield gateway.url


@contextmanager
def one_response_server(response):
    """A server that sends this response to its first request: its address, and the list of received requests."""
    requests: list[str] = []

    def serve_once():
        connection, _ = server.accept()
        with connection:
            requests.append(connection.recv(65536).decode())
            connection.sendall(response)
            # Closing a socket with unread data would reset the connection.
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve_once)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", requests
        thread.join(timeout=10)


@contextmanager
def query_process(*arguments):
    """`gateway query` as a child process."""
    command = [sys.executable, "-m", "gateway", "query", *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    # A child would ignore interrupts as this process does if it is a shell's job in the background.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


def test_response_of_a_running_gateway_is_printed(gateway, capsys):
    code = main(["query", OPERATIONS, "--operation", "AllModes", "--var", "id=131464", "--url", gateway])
    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    assert len(json.loads(out)["data"]["user"]["allStats"]) == 4


def test_url_can_include_the_path(gateway, capsys):
    assert main(["query", OPERATIONS, "--operation", "ByName", "--url", f"{gateway}/graphql"]) == 0


def test_update_without_the_token_exits_with_1(gateway, capsys):
    assert main(["query", OPERATIONS, "--operation", "Update", "--var", "id=1003", "--url", gateway]) == 1
    assert "(UNAUTHENTICATED)" in capsys.readouterr().err


def test_token_is_read_from_the_settings(gateway, capsys, monkeypatch):
    monkeypatch.setenv("GATEWAY_QUERY_TOKEN", "a-secret-of-tests")
    assert main(["query", OPERATIONS, "--operation", "Update", "--var", "id=1003", "--url", gateway]) == 0


def test_url_with_another_path_exits_with_3(gateway, capsys):
    assert main(["query", OPERATIONS, "--operation", "ByName", "--url", f"{gateway}/healthz"]) == 3
    assert (
        capsys.readouterr().err
        == f"error: {gateway}/healthz did not send a GraphQL response (status 405, application/json; charset=utf-8)\n"
    )


def test_refused_connection_exits_with_3_without_password(capsys):
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://somebody:password@127.0.0.1:{server.getsockname()[1]}"
    assert main(["query", OPERATIONS, "--operation", "ByName", "--url", url]) == 3
    error = capsys.readouterr().err
    assert "can't be reached" in error
    assert "password" not in error


@pytest.mark.parametrize(
    "response,reason",
    [
        (PAGE, "did not send a GraphQL response (status 200, text/html)"),
        (PAGE.replace(b"<html>", b'{"a":1'), "did not send a GraphQL response"),
        (PAGE.replace(b"<html>", b"{    }"), "did not send a GraphQL response"),
        (PAGE.replace(b"<html>", b"[    ]"), "did not send a GraphQL response"),
        (b"", "can't be reached: Server disconnected"),
    ],
)
def test_server_other_than_a_gateway_exits_with_3(capsys, response, reason):
    with one_response_server(response) as (url, _):
        assert main(["query", OPERATIONS, "--operation", "ByName", "--url", url]) == 3
    assert reason in capsys.readouterr().err


def test_request_has_user_agent_and_accept_headers(capsys):
    with one_response_server(PAGE) as (url, requests):
        main(["query", OPERATIONS, "--operation", "ByName", "--url", url])
    assert "\r\nUser-Agent: osutrack-gateway-query/" in requests[0]
    assert "\r\nAccept: application/graphql-response+json\r\n" in requests[0]
    assert requests[0].startswith("POST /graphql HTTP/1.1\r\n")


def interrupt(process, server):
    """The exit code and the output after SIGINT during a request to this server, which never responds."""
    connection, _ = server.accept()
    with connection:
        connection.recv(1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=EXIT_TIMEOUT_S)
    return process.returncode, out, err


def test_interrupt_exits_with_130_without_output():
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with query_process(OPERATIONS, "--operation", "ByName", "--url", url) as process:
            assert interrupt(process, server) == (130, b"", b"")


def test_interrupt_ends_a_gateway_in_process(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as osutrack:
        monkeypatch.setenv("GATEWAY_UPSTREAM_URL", f"http://127.0.0.1:{osutrack.getsockname()[1]}")
        with query_process(OPERATIONS, "--operation", "ByName") as process:
            assert interrupt(process, osutrack) == (130, b"", b"")


def test_closed_stdout_exits_with_141_without_output(gateway):
    with query_process(OPERATIONS, "--operation", "ByName", "--url", gateway) as process:
        process.stdout.close()
        assert (process.wait(timeout=EXIT_TIMEOUT_S), process.stderr.read()) == (141, b"")


class Terminal(io.StringIO):
    """A terminal that records its output."""

    def isatty(self):
        return True


@pytest.fixture
def seconds():
    """A sleep function, and a function that lets seconds pass for it."""
    waits: asyncio.Queue[None] = asyncio.Queue()

    async def sleep(_):
        await waits.get()

    async def pass_seconds(count):
        for _ in range(count):
            waits.put_nowait(None)
        # One turn for the task to start, and one per second.
        for _ in range(count + 1):
            await asyncio.sleep(0)

    return sleep, pass_seconds


async def test_progress_counts_seconds_and_clears_its_line(seconds):
    terminal, (sleep, pass_seconds) = Terminal(), seconds
    async with progress(terminal, shown=True, sleep=sleep):
        await pass_seconds(2)
    assert terminal.getvalue() == f"{CLEAR_LINE}waiting for 1 s{CLEAR_LINE}waiting for 2 s{CLEAR_LINE}"


async def test_response_within_a_second_shows_no_progress(seconds):
    sleep, pass_seconds = seconds
    async with progress(terminal := Terminal(), shown=True, sleep=sleep):
        await pass_seconds(0)
    assert terminal.getvalue() == ""


@pytest.mark.parametrize("terminal,shown", [(io.StringIO(), True), (Terminal(), False)])
async def test_progress_is_hidden_in_pipes_or_with_quiet(seconds, terminal, shown):
    sleep, pass_seconds = seconds
    async with progress(terminal, shown=shown, sleep=sleep):
        await pass_seconds(2)
    assert terminal.getvalue() == ""
