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
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
# Created before any measurement, because creation loads certificates (16 ms).
HTTP = httpx.Client(timeout=60)
MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


class Load(NamedTuple):
    """The result of `wrk`. `cpu_ms` is the server's CPU time per request."""

    per_s: float
    cpu_ms: float
    p50_ms: float
    p99_ms: float


class Server(NamedTuple):
    """A running server."""

    url: str
    process: subprocess.Popen[bytes]
    started_s: float

    def cpu_s(self) -> float:
        """CPU time used so far, user and system."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_S

    def memory_mb(self) -> float:
        """Resident memory."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def free_port() -> int:
    """An unused port of 127.0.0.1."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


@contextmanager
def serving(command: list[str], *, core: str = SERVER_CORE, **environment: str) -> Iterator[Server]:
    """A server that is ready; `{port}` in the command or the environment is replaced by its port."""
    port = str(free_port())
    variables = {name: value.format(port=port) for name, value in environment.items()}
    arguments = [part.format(port=port) for part in command]
    began = time.monotonic()
    with tempfile.TemporaryFile() as printed:
        process = subprocess.Popen(
            ["taskset", "-c", core, sys.executable, *arguments],
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


def uvicorn(app: str, **environment: str) -> Any:
    """An ASGI application in uvicorn, with the gateway's logging options."""
    core = environment.pop("core", SERVER_CORE)
    command = ["-m", "uvicorn", app, "--port", "{port}", "--no-access-log", "--log-level", "warning"]
    return serving(command, core=core, **environment)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(1000):
        if process.poll() is not None:
            raise RuntimeError(f"The server at {url} ended with status {process.returncode}.")
        try:
            HTTP.get(f"{url}/healthz")
        except httpx.TransportError:
            time.sleep(0.01)
        else:
            return
    raise RuntimeError(f"The server at {url} does not answer.")


def query_data(server: Server, query: str) -> Any:
    """The data of a query; fails if the response has errors."""
    content = HTTP.post(f"{server.url}/graphql", json={"query": query}).raise_for_status().json()
    assert not content.get("errors"), content["errors"]
    return content["data"]


def load(
    server: Server, query: str, *, seconds: float, clients: int = 8, headers: Mapping[str, str] | None = None
) -> Load:
    """The load of `clients` connections that repeat one query for `seconds`."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_script(query, {"Content-Type": "application/json", **(headers or {})}))
        script.flush()
        before = server.cpu_s()
        command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds:g}", "--timeout", "20", "--latency", "-s", script.name]
        printed = subprocess.run(
            ["taskset", "-c", OTHER_CORE, *command, f"{server.url}/graphql"], capture_output=True, text=True, check=True
        ).stdout
    return _parse(printed, server.cpu_s() - before)


def _script(query: str, headers: Mapping[str, str]) -> str:
    lines = [f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}" for name, value in headers.items()]
    body = json.dumps(json.dumps({"query": query}))
    return "\n".join(['wrk.method = "POST"', f"wrk.body = {body}", *lines])


def _parse(printed: str, cpu_s: float) -> Load:
    found = re.search(r"(\d+) requests in", printed)
    if found is None or found[1] == "0" or "Non-2xx" in printed or "Socket errors" in printed:
        raise RuntimeError(f"The load failed:\n{printed}")
    p50, p99 = (
        float(number) * MILLISECONDS[unit] for number, unit in re.findall(r"(?:50|99)%\s+([\d.]+)(us|ms|s)", printed)
    )
    per_s = re.search(r"Requests/sec:\s+([\d.]+)", printed)
    assert per_s
    return Load(float(per_s[1]), cpu_s * 1000 / int(found[1]), p50, p99)
