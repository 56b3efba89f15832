"""Throughput of two worker processes compared with one, on two cores: `python -m benchmarks.workers`.

Without the response cache, so that the load generator, which shares the cores, needs little of them. Needs `wrk` and
`redis-server` (Debian packages).
"""

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import create_connection
from typing import Any

from .contenders import UNLIMITED
from .load import Server, free_port, load, serving, uvicorn
from .queries import MEDIUM

ROUNDS = 3
WORKERS = (1, 2)
CORES = "0,1"


def main() -> None:
    """Measure both in turns and print the result."""
    if shutil.which("wrk") is None or shutil.which("redis-server") is None:
        sys.exit("Needs wrk and redis-server: install them (Debian: apt-get install wrk redis-server).")
    with (
        uvicorn("benchmarks.upstream_twin:app", core=CORES) as twin,
        _redis() as url,
        _gateway(twin, url, 1) as one,
        _gateway(twin, url, 2) as two,
    ):
        rates: dict[int, list[float]] = {workers: [] for workers in WORKERS}
        for _ in range(ROUNDS):
            for workers, server in zip(WORKERS, (one, two), strict=True):
                rates[workers].append(load(server, MEDIUM, seconds=3, clients=16).per_s)
    per_s = {workers: statistics.median(each) for workers, each in rates.items()}
    print(f"The medium query, executed, on {os.cpu_count()} cores shared with the load generator:")
    print(f"    1 worker {per_s[1]:.0f}/s, 2 workers {per_s[2]:.0f}/s: {per_s[2] / per_s[1]:.2f} times the throughput")


@contextmanager
def _gateway(twin: Server, redis_url: str, workers: int) -> Iterator[Server]:
    settings: dict[str, Any] = {
        "GATEWAY_UPSTREAM_URL": twin.url,
        "GATEWAY_RESPONSE_CACHE_MAX_BYTES": "0",
        "GATEWAY_WORKERS": str(workers),
        "GATEWAY_REDIS_URL": redis_url,
    }
    with serving([sys.executable, "-m", "gateway", "serve"], core=CORES, **{**UNLIMITED, **settings}) as server:
        for _ in range(20 * workers):
            server.query(MEDIUM)
        yield server


@contextmanager
def _redis() -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen(
        ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", ""], stdout=subprocess.DEVNULL
    )
    try:
        for _ in range(100):
            with suppress(OSError), create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.02)
        yield f"redis://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
