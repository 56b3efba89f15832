"""Servers in processes of their own, and load on them by `wrk`: what a request costs, and how long it takes."""

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

# The server has a core of its own; whatever loads it, and its upstream, have the other.
SERVER_CORE, OTHER_CORE = "0", "1"
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
# Made before anything is measured: to make one loads certificates, for 16 ms.
HTTP = httpx.Client(timeout=60)
MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


class Load(NamedTuple):
    """What `wrk` saw. CPU is the server's, in milliseconds for each request."""

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
        """Used so far, in the program and in the kernel for it."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_S

    def memory_mb(self) -> float:
        """Resident now."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


@contextmanager
def serving(command: list[str], *, core: str = SERVER_CORE, **environment: str) -> Iterator[Server]:
    """The server, from its first answer on; `{port}` in the command or the environment is where it is to listen."""
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
    """A server of an ASGI application, as bare as the gateway's own."""
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


def ask(server: Server, query: str) -> Any:
    """The data of a query that must succeed."""
    content = HTTP.post(f"{server.url}/graphql", json={"query": query}).raise_for_status().json()
    assert not content.get("errors"), content["errors"]
    return content["data"]


def loaded(
    server: Server, query: str, *, seconds: float, clients: int = 8, headers: Mapping[str, str] | None = None
) -> Load:
    """What so many clients see who ask the same again and again for so long."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_script(query, {"Content-Type": "application/json", **(headers or {})}))
        script.flush()
        before = server.cpu_s()
        command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds:g}", "--timeout", "20", "--latency", "-s", script.name]
        printed = subprocess.run(
            ["taskset", "-c", OTHER_CORE, *command, f"{server.url}/graphql"], capture_output=True, text=True, check=True
        ).stdout
    return _seen(printed, server.cpu_s() - before)


def _script(query: str, headers: Mapping[str, str]) -> str:
    lines = [f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}" for name, value in headers.items()]
    body = json.dumps(json.dumps({"query": query}))
    return "\n".join(['wrk.method = "POST"', f"wrk.body = {body}", *lines])


def _seen(printed: str, cpu_s: float) -> Load:
    found = re.search(r"(\d+) requests in", printed)
    if found is None or found[1] == "0" or "Non-2xx" in printed or "Socket errors" in printed:
        raise RuntimeError(f"The load was not answered:\n{printed}")
    p50, p99 = (
        float(number) * MILLISECONDS[unit] for number, unit in re.findall(r"(?:50|99)%\s+([\d.]+)(us|ms|s)", printed)
    )
    per_s = re.search(r"Requests/sec:\s+([\d.]+)", printed)
    assert per_s
    return Load(float(per_s[1]), cpu_s * 1000 / int(found[1]), p50, p99)
