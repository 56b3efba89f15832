"""Signals and exit codes of `serve`: equal for one process and for several."""

import os
import re
import signal
import socket
from contextlib import suppress

import httpx
import pytest
from uvicorn.config import STARTUP_FAILURE

from gateway.server.config import ServerConfig
from tests.support.processes import gateway_process
from tests.support.waiting import wait_until

NO_REDIS = "redis://127.0.0.1:1"
STARTED = "Application startup complete"
SETTINGS = [{"workers": "1"}, {"workers": "2", "redis_url": NO_REDIS}]
IDS = ["one process", "two processes"]
both = pytest.mark.parametrize("settings", SETTINGS, ids=IDS)


def pids(gateway, event="Started"):
    """The server processes; that of the sandbox is the first one."""
    return {int(pid) for pid in re.findall(rf"{event} server process \[(\d+)\]", gateway.output)}


def is_running(pid):
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


@both
def test_only_sigterm_ends_the_gateway(settings):
    with gateway_process(**settings) as gateway:
        wait_until(lambda: gateway.output.count(STARTED) == gateway.workers)
        for pid in pids(gateway):
            for number in (signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2):
                os.kill(pid, number)
        assert httpx.get(f"{gateway.url}/last-request").status_code == 404
        assert all(map(is_running, pids(gateway)))
        assert gateway.stop() == 0
        assert pids(gateway, "Finished") >= pids(gateway)
        assert "/last-request" in gateway.output
        assert "Traceback" not in gateway.output


@both
def test_sigterm_during_the_start_exits_with_0(settings):
    with gateway_process(**settings) as gateway:
        wait_until(lambda: "Sandbox:" in gateway.output)
        assert gateway.stop() == 0
        assert "Traceback" not in gateway.output


@both
def test_port_in_use_exits_with_1(settings):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        with gateway_process(port=str(listener.getsockname()[1]), **settings) as gateway:
            assert gateway.process.wait(timeout=30) == 1
            assert "address already in use" in gateway.output.lower()
            assert "Another program uses the port: stop it, or set GATEWAY_PORT." in gateway.output
            assert "Traceback" not in gateway.output


@both
def test_unknown_host_exits_with_1(settings):
    with gateway_process(host="no.such.host.invalid", **settings) as gateway:
        assert gateway.process.wait(timeout=30) == 1
        assert "Traceback" not in gateway.output


def test_application_that_cannot_start_exits_with_1(caplog):
    config = ServerConfig(lambda: 1 / 0, header_timeout_s=1, factory=True, log_config=None)
    with pytest.raises(SystemExit) as exit_:
        config.load()
    assert exit_.value.code == STARTUP_FAILURE
    assert "The gateway cannot start" in caplog.text


@both
def test_unreadable_trusted_documents_exit_with_2(settings, tmp_path):
    (tmp_path / "binary.graphql").write_bytes(b"\xff")
    with gateway_process(trusted_documents=str(tmp_path), **settings) as gateway:
        assert gateway.process.wait(timeout=30) == 2
        assert "binary.graphql is not UTF-8 text" in gateway.output


@both
def test_invalid_setting_exits_with_2(settings):
    with gateway_process(log_level="loud", **settings) as gateway:
        assert gateway.process.wait(timeout=30) == 2
        assert "GATEWAY_LOG_LEVEL" in gateway.output


def test_workers_end_with_a_killed_supervisor():
    with gateway_process(**SETTINGS[1]) as gateway:
        wait_until(lambda: gateway.output.count(STARTED) == 2)
        workers = pids(gateway) - {gateway.process.pid}
        gateway.process.kill()
        wait_until(lambda: not any(map(is_running, workers)), timeout_s=20)
        assert workers <= pids(gateway, "Finished")
