"""The program as a user starts it: a process, a port, a signal."""

import json
import signal

import httpx
import pytest

from tests.support.processes import ROOT, Process

OPERATIONS = (ROOT / "examples/operations.graphql").read_text()


@pytest.fixture
def running(tmp_path):
    running = Process(tmp_path)
    yield running
    running.process.kill()
    running.process.wait()


def test_serve_with_the_sandbox_answers_over_http_and_ends_cleanly(running):
    address = running.address()
    body = {"query": OPERATIONS, "operationName": "Profile", "variables": {"id": "2"}}

    answer = httpx.post(f"{address}/graphql", json=body).json()
    alive = httpx.get(f"{address}/healthz")
    page = httpx.get(f"{address}/graphql", headers={"Accept": "text/html"})
    code = running.stop()

    assert "errors" not in answer
    assert answer["data"]["user"]["stats"]["latest"]["pp"] > 0
    assert alive.status_code == 200
    assert "graphiql" in page.text.lower()
    assert code in {0, -signal.SIGTERM}
    assert "Traceback" not in running.printed


def test_a_connection_that_is_kept_alive_does_not_keep_the_process_from_ending(running):
    with httpx.Client(base_url=running.address()) as client:
        client.get("/healthz")
        code = running.stop()

    assert code in {0, -signal.SIGTERM}
    assert "Traceback" not in running.printed


def test_who_ends_it_by_the_keyboard_sees_no_traceback(running):
    running.address()
    running.process.send_signal(signal.SIGINT)

    assert running.process.wait(timeout=30) == 0
    assert "Traceback" not in running.printed


def test_a_port_that_is_taken_ends_the_start(running, tmp_path_factory):
    port = httpx.URL(running.address()).port
    second = Process(tmp_path_factory.mktemp("second"), port=str(port))

    assert second.process.wait(timeout=30) == 1
    assert "address already in use" in second.printed
    assert "Traceback" not in second.printed


def test_every_line_that_it_prints_is_json_if_that_is_wanted(tmp_path):
    running = Process(tmp_path, log_format="json")
    try:
        httpx.get(f"{running.address()}/graphql", params={"query": '{ user(id: "2") { id } }'})
        running.stop()
    finally:
        running.process.kill()
        running.process.wait()

    lines = [json.loads(line) for line in running.printed.splitlines()]
    assert {line["level"] for line in lines} == {"info"}
    assert [line["path"] for line in lines if line["event"] == "request"] == ["/graphql"]
