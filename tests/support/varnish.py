"""Varnish with the VCL of docs/edge.md."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.binaries import find_binary
from tests.support.code_blocks import code_blocks


@contextmanager
def varnish(folder: Path, port: int, gateway: int, token: str) -> Iterator[str]:
    """The address of a Varnish on this port, in front of a gateway on another port."""
    [text] = code_blocks("edge.md", "vcl")
    for old, new in {'"gateway"': '"127.0.0.1"', "8000": str(gateway), '"172.30.70.0"/24': '"127.0.0.1"'}.items():
        assert old in text
        text = text.replace(old, new)
    (folder / "gateway.vcl").write_text(text.replace("PURGE_TOKEN", token))
    program = find_binary("varnishd", "varnish")
    where = ["-n", str(folder / "varnish"), "-a", f"127.0.0.1:{port}", "-f", str(folder / "gateway.vcl")]
    with (folder / "varnish.log").open("wb") as output:
        process = subprocess.Popen(
            [program, "-F", "-j", "none", *where, "-s", "malloc,32m"], stdout=output, stderr=subprocess.STDOUT
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, process, folder)
        yield address
    finally:
        process.terminate()
        process.wait()


def _wait_for(address: str, process: subprocess.Popen[bytes], folder: Path) -> None:
    while process.poll() is None:
        try:
            httpx.get(f"{address}/healthz")
        except httpx.ConnectError:
            time.sleep(0.05)
        else:
            return
    pytest.fail((folder / "varnish.log").read_text())
