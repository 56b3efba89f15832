"""`gateway serve` as a process: a port, signals and the log."""

import json
import signal
import time
from importlib.metadata import version

import httpx
import pytest

from tests.support.operations import OPERATIONS
from tests.support.processes import gateway_process
from tests.support.sockets import connect, read_to_the_end
from tests.support.waiting import wait_until


@pytest.fixture
def running():
    with gateway_process() as running:
        yield running


def test_serve_responds_over_http_and_stops_cleanly(running):
    address = running.url
    body = {"query": OPERATIONS, "operationName": "Profile", "variables": {"id": "2"}}

    response = httpx.post(f"{address}/graphql", json=body).json()
    alive = httpx.get(f"{address}/healthz")
    page = httpx.get(f"{address}/graphql", headers={"Accept": "text/html"})
    code = running.stop()

    assert "errors" not in response
    assert response["data"]["user"]["stats"]["latest"]["pp"] > 0
    assert alive.status_code == 200
    assert "graphiql" in page.text.lower()
    assert code == 0
    assert "Traceback" not in running.output


def test_idle_connection_does_not_delay_the_shutdown(running):
    with httpx.Client(base_url=running.url) as client:
        client.get("/healthz")
        code = running.stop()

    assert code == 0
    assert "Traceback" not in running.output


def test_keyboard_interrupt_prints_no_traceback(running):
    assert running.url
    running.process.send_signal(signal.SIGINT)

    assert running.process.wait(timeout=30) == 0
    assert "Traceback" not in running.output


def test_port_in_use_ends_the_start(running):
    port = httpx.URL(running.url).port
    with gateway_process(port=str(port)) as second:
        assert second.process.wait(timeout=30) == 1
        assert "address already in use" in second.output
        assert "Traceback" not in second.output


@pytest.mark.parametrize("workers", ["1", "2"])
def test_unwritable_state_folder_ends_the_start(tmp_path, workers):
    (tmp_path / "file").touch()
    settings = {"state_dir": str(tmp_path / "file" / "state"), "workers": workers, "redis_url": "redis://127.0.0.1:1"}
    with gateway_process(**settings) as refused:
        assert refused.process.wait(timeout=30) == 2
        assert "GATEWAY_STATE_DIR: " in refused.output
        assert "Traceback" not in refused.output


def test_every_output_line_is_json_on_request():
    with gateway_process(log_format="json") as running:
        httpx.get(f"{running.url}/graphql", params={"query": '{ user(id: "2") { id } }'})
        running.stop()
        lines = [json.loads(line) for line in running.output.splitlines()]

    assert {line["level"] for line in lines} == {"info"}
    assert [line["path"] for line in lines if line["event"] == "request"] == ["/graphql"]


def test_idle_connection_is_kept_for_the_configured_time():
    with gateway_process(keepalive_s="0.5") as gateway, connect(gateway.url) as connection:
        started = time.monotonic()
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: gateway\r\n\r\n")
        assert read_to_the_end(connection).startswith(b"HTTP/1.1 200 ")
        assert 0.4 < time.monotonic() - started < 4


@pytest.mark.parametrize("contact, warnings", [("", 1), ("me@gateway.dev", 0)])
def test_missing_contact_is_logged_once(contact, warnings):
    settings = {"upstream_url": "https://osutrack-api.ameo.dev/", "contact": contact}
    with gateway_process(workers="2", redis_url="redis://127.0.0.1:1", **settings) as gateway:
        wait_until(lambda: gateway.output.count("Application startup complete") == 2)
        assert gateway.output.count("GATEWAY_CONTACT: not set") == warnings


def test_first_line_has_budgets_and_update_policy():
    with gateway_process(
        log_format="json", reads_per_minute="90", updates_per_minute="3", update_tokens="0123456789abcdef"
    ) as gateway:
        assert gateway.url
        [line] = [line for line in map(json.loads, gateway.output.splitlines()) if line["event"] == "Gateway starts"]
    assert line["version"] == version("osutrack-gateway")
    assert line["upstream"].startswith("http")
    assert line["updates"] == "with a token"
    assert (line["reads_per_minute"], line["updates_per_minute"], line["update_cooldown_s"]) == (90, 3, 900)
