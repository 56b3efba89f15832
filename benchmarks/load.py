"""Servers as separate processes, and load on them by `wrk`: CPU time and latency per request."""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx

# The server has one core; the load generator and the upstream share the other.
SERVER_CORE, OTHER_CORE = "0", "1"
# Created before any measurement, because creation loads certificates (16 ms).
HTTP = httpx.Client(timeout=60)
MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


class Load(NamedTuple):
    """The result of `wrk`. `per_core_s` is the number of requests in a second of the server's CPU time."""

    per_core_s: float
    per_s: float
    p50_ms: float
    p99_ms: float


class Server(NamedTuple):
    """A running server."""

    url: str
    process: subprocess.Popen[bytes]
    started_s: float

    def cpu_s(self) -> float:
        """CPU time used so far, user and system, of all threads and child processes."""
        # The kernel's number for the CPU clock of a process (clock_getcpuclockid).
        return sum(time.clock_gettime(~pid << 3 | 2) for pid in process_tree(self.process.pid))

    def memory_mb(self) -> float:
        """Resident memory."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def query(self, query: str, headers: Mapping[str, str] | None = None) -> Any:
        """The data of a query; fails if the response has errors."""
        response = HTTP.post(f"{self.url}/graphql", json={"query": query}, headers=headers).raise_for_status()
        content = response.json()
        assert not content.get("errors"), content["errors"]
        return content["data"]


def process_tree(pid: int) -> list[int]:
    """The process and all its descendants."""
    children = " ".join(path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")).split()
    return [pid, *(each for child in children for each in process_tree(int(child)))]


def free_port() -> int:
    """An unused port of 127.0.0.1."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


@contextmanager
def serving(
    command: list[str], *, core: str = SERVER_CORE, folder: Path = Path(), **environment: str
) -> Iterator[Server]:
    """A server that is ready; `{port}` in the command or the environment is replaced by its port."""
    port = str(free_port())
    variables = {name: value.format(port=port) for name, value in environment.items()}
    arguments = [part.format(port=port) for part in command]
    began = time.monotonic()
    with tempfile.TemporaryFile() as printed:
        process = subprocess.Popen(
            ["taskset", "-c", core, *arguments],
            cwd=folder,
            env=os.environ | variables,
            stdout=printed,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(url, process)
            yield Server(url, process, time.monotonic() - began)
        finally:
            process.terminate()
            process.wait()


def uvicorn(app: str, *, core: str = SERVER_CORE, **environment: str) -> Any:
    """An ASGI application in uvicorn, with the gateway's logging options."""
    command = [sys.executable, "-m", "uvicorn", app, "--port", "{port}", "--no-access-log", "--log-level", "warning"]
    return serving(command, core=core, folder=Path(), **environment)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(3000):
        if process.poll() is not None:
            raise RuntimeError(f"The server at {url} ended with status {process.returncode}.")
        try:
            HTTP.get(f"{url}/healthz")
        except httpx.TransportError:
            time.sleep(0.01)
        else:
            return
    raise RuntimeError(f"The server at {url} does not answer.")


def load(
    server: Server, query: str, *, seconds: int, clients: int = 8, headers: Mapping[str, str] | None = None
) -> Load:
    """The load of `clients` connections that repeat one query for `seconds`."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_script(query, {"Content-Type": "application/json", **(headers or {})}))
        script.flush()
        options = ["-t1", f"-c{clients}", "--timeout", "20", "--latency", "-s", script.name, f"{server.url}/graphql"]
        before = server.cpu_s()
        printed = _wrk(f"-d{seconds}", *options)
        if " 0 requests in" in printed:
            # A busy machine: the server had no time.
            printed = _wrk(f"-d{seconds * 10}", *options)
    return parse(printed, server.cpu_s() - before)


def _wrk(*options: str) -> str:
    command = ["taskset", "-c", OTHER_CORE, "wrk", *options]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _script(query: str, headers: Mapping[str, str]) -> str:
    lines = [f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}" for name, value in headers.items()]
    body = json.dumps(json.dumps({"query": query}))
    return "\n".join(['wrk.method = "POST"', f"wrk.body = {body}", *lines])


def parse(printed: str, cpu_s: float) -> Load:
    """The result of `wrk`, whose requests took so much of the server's CPU time."""
    found = re.search(r"(\d+) requests in", printed)
    if found is None or found[1] == "0" or "Non-2xx" in printed or "Socket errors" in printed:
        raise RuntimeError(f"The load failed:\n{printed}")
    p50, p99 = (
        float(number) * MILLISECONDS[unit] for number, unit in re.findall(r"(?:50|99)%\s+([\d.]+)(us|ms|s)", printed)
    )
    per_s = re.search(r"Requests/sec:\s+([\d.]+)", printed)
    assert per_s
    return Load(int(found[1]) / cpu_s, float(per_s[1]), p50, p99)
