"""`gateway query` against a gateway that runs, or something else that listens; and as a process that can be interrupted."""

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
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"


@pytest.fixture(scope="module")
def gateway():
    """The address of a gateway that wants a token for updates."""
    with gateway_process(update_tokens="secret") as gateway:
        yield gateway.url


@contextmanager
def listening(answer):
    """Something that gives one answer: its address, and in a list what it was asked."""
    asked: list[str] = []

    def serve_once():
        connection, _ = server.accept()
        with connection:
            asked.append(connection.recv(65536).decode())
            connection.sendall(answer)
            # What is closed with something unread in it is reset.
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve_once)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", asked
        thread.join(timeout=10)


def started(*arguments):
    """The command as a process of its own."""
    command = [sys.executable, "-m", "gateway", "query", *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)


def test_a_running_gateway_answers(gateway, capsys):
    code = main(["query", OPERATIONS, "--operation", "AllModes", "--var", "id=131464", "--url", gateway])
    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    assert len(json.loads(out)["data"]["user"]["allStats"]) == 4


def test_the_path_can_be_given(gateway, capsys):
    assert main(["query", OPERATIONS, "--operation", "ByName", "--url", f"{gateway}/graphql"]) == 0


def test_an_update_without_the_token_is_an_error(gateway, capsys):
    assert main(["query", OPERATIONS, "--operation", "Update", "--var", "id=1003", "--url", gateway]) == 1
    assert "(UNAUTHENTICATED)" in capsys.readouterr().err


def test_the_token_comes_from_the_settings(gateway, capsys, monkeypatch):
    monkeypatch.setenv("GATEWAY_QUERY_TOKEN", "secret")
    assert main(["query", OPERATIONS, "--operation", "Update", "--var", "id=1003", "--url", gateway]) == 0


def test_a_path_without_a_gateway_is_told(gateway, capsys):
    assert main(["query", OPERATIONS, "--operation", "ByName", "--url", f"{gateway}/healthz"]) == 3
    assert (
        capsys.readouterr().err
        == f"error: {gateway}/healthz did not send a GraphQL response (status 405, text/plain; charset=utf-8)\n"
    )


def test_nobody_who_listens_is_told(capsys):
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://somebody:password@127.0.0.1:{server.getsockname()[1]}"
    assert main(["query", OPERATIONS, "--operation", "ByName", "--url", url]) == 3
    assert "can't be reached" in (told := capsys.readouterr().err)
    assert "password" not in told


@pytest.mark.parametrize(
    "answer,reason",
    [
        (PAGE, "did not send a GraphQL response (status 200, text/html)"),
        (PAGE.replace(b"<html>", b'{"a":1'), "did not send a GraphQL response"),
        (PAGE.replace(b"<html>", b"{    }"), "did not send a GraphQL response"),
        (PAGE.replace(b"<html>", b"[    ]"), "did not send a GraphQL response"),
        (b"", "can't be reached: Server disconnected"),
    ],
)
def test_what_is_no_gateway_is_told(capsys, answer, reason):
    with listening(answer) as (url, _):
        assert main(["query", OPERATIONS, "--operation", "ByName", "--url", url]) == 3
    assert reason in capsys.readouterr().err


def test_it_says_who_it_is_and_what_it_takes(capsys):
    with listening(PAGE) as (url, asked):
        main(["query", OPERATIONS, "--operation", "ByName", "--url", url])
    assert "\r\nUser-Agent: osutrack-gateway-query/" in asked[0]
    assert "\r\nAccept: application/graphql-response+json\r\n" in asked[0]
    assert asked[0].startswith("POST /graphql HTTP/1.1\r\n")


def interrupted(running, server):
    """Its exit code and what it has printed, when it is interrupted while it waits for the server."""
    connection, _ = server.accept()
    with connection:
        connection.recv(1)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=10)
    return running.returncode, out, err


def test_an_interrupt_ends_it_without_a_word():
    with socket.create_server(("127.0.0.1", 0)) as server:
        running = started(OPERATIONS, "--operation", "ByName", "--url", f"http://127.0.0.1:{server.getsockname()[1]}")
        assert interrupted(running, server) == (130, b"", b"")


def test_an_interrupt_ends_a_gateway_in_process_too():
    # osu!track is a socket that accepts and says nothing.
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("GATEWAY_UPSTREAM_URL", f"http://127.0.0.1:{server.getsockname()[1]}")
        running = started(OPERATIONS, "--operation", "ByName")
        assert interrupted(running, server) == (130, b"", b"")


def test_a_reader_that_goes_away_ends_it_without_a_word(gateway):
    running = started(OPERATIONS, "--operation", "ByName", "--url", gateway)
    running.stdout.close()
    assert (running.wait(timeout=10), running.stderr.read()) == (141, b"")
    running.stderr.close()


class Terminal(io.StringIO):
    """What has been written to a terminal."""

    def isatty(self):
        return True


@pytest.fixture
def seconds():
    """A sleep, and how to let seconds pass."""
    waits: asyncio.Queue[None] = asyncio.Queue()

    async def sleep(_):
        await waits.get()

    async def pass_by(count):
        for _ in range(count):
            waits.put_nowait(None)
        # Once for the task to begin to wait, and once for each second.
        for _ in range(count + 1):
            await asyncio.sleep(0)

    return sleep, pass_by


async def test_whoever_waits_at_a_terminal_sees_the_seconds_which_then_vanish(seconds):
    terminal, (sleep, pass_by) = Terminal(), seconds
    async with progress(terminal, shown=True, sleep=sleep):
        await pass_by(2)
    assert terminal.getvalue() == f"{CLEAR_LINE}waiting for 1 s{CLEAR_LINE}waiting for 2 s{CLEAR_LINE}"


async def test_an_answer_within_a_second_leaves_no_trace(seconds):
    sleep, pass_by = seconds
    async with progress(terminal := Terminal(), shown=True, sleep=sleep):
        await pass_by(0)
    assert terminal.getvalue() == ""


@pytest.mark.parametrize("terminal,shown", [(io.StringIO(), True), (Terminal(), False)])
async def test_in_a_pipe_or_when_told_to_be_quiet_nothing_is_seen(seconds, terminal, shown):
    sleep, pass_by = seconds
    async with progress(terminal, shown=shown, sleep=sleep):
        await pass_by(2)
    assert terminal.getvalue() == ""
