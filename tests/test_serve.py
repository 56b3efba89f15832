"""The program as a user starts it: a process, a port, a signal."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[1]
OPERATIONS = (ROOT / "examples/operations.graphql").read_text()


class Process:
    """A gateway over its sandbox, and what it has printed."""

    def __init__(self, folder: Path) -> None:
        self._printed = folder / "printed"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
        with self._printed.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gateway", "serve", "--sandbox"],
                cwd=folder,
                env={**environment, "GATEWAY_PORT": "0", "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def printed(self) -> str:
        return self._printed.read_text()

    def address(self) -> str:
        """Where it says that it serves; waits until it does."""
        while not (found := re.search(r"running on (http://127\.0\.0\.1:\d+)", self.printed)):
            assert self.process.poll() is None, self.printed
            time.sleep(0.02)
        return found[1]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=10)


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
