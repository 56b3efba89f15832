"""The listening address: both IP versions with `::`, and the options of `serve`."""

import socket
import subprocess
import sys

import httpx
import pytest

from gateway.server.config import ServerConfig
from tests.support.processes import ROOT, gateway_process
from tests.support.redis_server import redis_server
from tests.support.waiting import wait_until


def statuses(url):
    """The status of `/healthz` over IPv4 and over IPv6."""
    port = httpx.URL(url).port
    return [httpx.get(f"http://{host}:{port}/healthz", timeout=30).status_code for host in ("127.0.0.1", "[::1]")]


def test_one_worker_serves_both_ip_versions():
    with gateway_process(host="::") as gateway:
        assert statuses(gateway.url) == [200, 200]
        assert gateway.stop() == 0


def test_several_workers_serve_both_ip_versions(tmp_path):
    with redis_server(tmp_path) as redis, gateway_process(host="::", workers="2", redis_url=redis.url) as gateway:
        wait_until(lambda: gateway.output.count("Application startup complete") == 2)
        assert statuses(gateway.url) == [200, 200]
        assert gateway.stop() == 0


def test_ipv4_is_served_on_a_machine_without_ipv6(monkeypatch):
    monkeypatch.setattr("gateway.server.config.has_dualstack_ipv6", lambda: False)
    with ServerConfig(None, header_timeout_s=1, host="::", port=0).bind_socket() as listener:
        assert listener.family == socket.AF_INET


def test_used_port_stops_the_start():
    with (
        socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as server,
        gateway_process(host="::", port=str(server.getsockname()[1])) as gateway,
    ):
        assert gateway.process.wait(timeout=60) == 1
        assert "Address already in use. Another program uses the port: stop it" in gateway.output


def test_options_override_the_settings(tmp_path):
    command = [sys.executable, "-m", "gateway", "serve", "--host", "127.0.0.1", "--port", "0", "--workers", "1"]
    environment = {"PYTHONPATH": str(ROOT), "GATEWAY_HOST": "192.0.2.1", "GATEWAY_PORT": "1", "GATEWAY_WORKERS": "2"}
    with subprocess.Popen([*command, "--sandbox"], cwd=tmp_path, env=environment, stdout=subprocess.PIPE) as process:
        try:
            assert any(b"running on http://127.0.0.1:" in line for line in process.stdout or ())
        finally:
            process.terminate()


@pytest.mark.parametrize(
    "options,reason",
    [
        (["--port", "x"], "GATEWAY_PORT: "),
        (["--port", "65536"], "GATEWAY_PORT: "),
        (["--workers", "0"], "GATEWAY_WORKERS: "),
        (["--workers", "2"], "require GATEWAY_REDIS_URL"),
    ],
)
def test_invalid_option_is_a_usage_error(tmp_path, options, reason):
    command = [sys.executable, "-m", "gateway", "serve", *options]
    ran = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 2
    assert reason in ran.stderr
