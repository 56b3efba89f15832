"""nginx with the configuration of deploy/, on free ports."""

import json
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from benchmarks.load import free_port
from tests.support.binaries import find_binary
from tests.support.processes import ROOT

CONFIGURATION = ROOT / "deploy/nginx.conf"


class Proxy(NamedTuple):
    """A running nginx: its address and its access log."""

    address: str
    folder: Path

    def log(self) -> list[dict[str, str]]:
        """The access log, in the order in which responses ended."""
        return [json.loads(line) for line in (self.folder / "access.log").read_text().splitlines()]

    def replicas(self) -> list[str]:
        """The ports of the replicas that nginx tried for each request; the last one responded."""
        return [line["replica"].replace("127.0.0.1:", "") for line in self.log()]


def adapted(folder: Path, port: int, replicas: Sequence[int], extend: Callable[[str], str]) -> str:
    """The deployed configuration, extended, with the paths and addresses of this test."""
    text = (
        extend(CONFIGURATION.read_text()).replace("/tmp/", f"{folder}/").replace("/dev/stdout", f"{folder}/access.log")
    )
    text = re.sub(r"listen \d+;", f"listen 127.0.0.1:{port};", text)
    for number, replica in enumerate(replicas, start=1):
        assert f"server gateway-{number}:8000" in text
        text = text.replace(f"server gateway-{number}:8000", f"server 127.0.0.1:{replica}")
    return text


@contextmanager
def proxy(folder: Path, replicas: Sequence[int], extend: Callable[[str], str] = lambda text: text) -> Iterator[Proxy]:
    """A proxy in front of gateways on these ports. `extend` changes the deployed configuration."""
    program = find_binary("nginx", "nginx-light")
    port = free_port()
    (folder / "nginx.conf").write_text(adapted(folder, port, replicas, extend))
    # As root, nginx would switch to a user without access to this folder.
    user = "user root; " if os.geteuid() == 0 else ""
    command = [program, "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", f"{user}daemon off;"]
    # Not a pipe: nginx would stop once its log fills one that nobody reads.
    with (folder / "error.log").open("wb") as errors:
        process = subprocess.Popen(command, stderr=errors)
    running = Proxy(f"http://127.0.0.1:{port}", folder)
    try:
        _wait_for(running, process)
        yield running
    finally:
        process.terminate()
        process.wait()


def _wait_for(running: Proxy, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            httpx.get(f"{running.address}/healthz")
        except httpx.ConnectError:
            time.sleep(0.02)
        else:
            return
    pytest.fail((running.folder / "error.log").read_text())
