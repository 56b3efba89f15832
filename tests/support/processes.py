"""The program in a process of its own, on a free port, over its sandbox."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]
UNLIMITED = dict.fromkeys(
    ("client_points", "reads_per_minute", "hiscores_per_minute", "updates_per_minute", "names_per_minute"), "0"
)


class GatewayProcess:
    """`gateway serve` as a child process. Without `upstream_url` in the settings, its upstream is a sandbox.

    `stdout` replaces the file that receives standard output and standard error; -1 closes standard output.
    """

    def __init__(self, folder: Path, settings: Mapping[str, str], *, stdout: int | None = None) -> None:
        self.workers = int(settings.get("workers", "1"))
        self._output = folder / "output"
        sandbox = [] if "upstream_url" in settings else ["--sandbox"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gateway", "serve", *sandbox],
                cwd=folder,
                env={**environment, "GATEWAY_PORT": "0", "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
                | {f"GATEWAY_{name.upper()}": value for name, value in settings.items()},
                stdout=stdout if stdout and stdout > 0 else output,
                stderr=subprocess.STDOUT,
                preexec_fn=(lambda: os.close(1)) if stdout == -1 else None,  # noqa: PLW1509 - no threads here
            )

    @property
    def output(self) -> str:
        """Standard output and standard error so far."""
        return self._output.read_text()

    @property
    def url(self) -> str:
        """The address, once the gateway serves it."""
        return self._announced(r"running on (http://(?:127\.0\.0\.1|\[::\]):\d+)")

    @property
    def sandbox_url(self) -> str:
        """The address of the sandbox."""
        return self._announced(r"simulated osu!track at (http://127\.0\.0\.1:\d+)")

    def post(self, query: str, **variables: Any) -> httpx.Response:
        """The response to an operation, over a new connection."""
        return httpx.post(f"{self.url}/graphql", json={"query": query, "variables": variables}, timeout=60)

    def stop(self) -> int:
        """The exit code after SIGTERM."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def close(self) -> None:
        """End the process; several workers would outlive a parent that is killed."""
        if self.workers > 1 and self.process.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                self.stop()
        self.process.kill()
        self.process.wait()

    def _announced(self, pattern: str) -> str:
        while not (match := re.search(pattern, self.output)):
            assert self.process.poll() is None, self.output
            time.sleep(0.02)
        return match[1]


@contextmanager
def gateway_process(stdout: int | None = None, /, **settings: str) -> Iterator[GatewayProcess]:
    """A gateway that has just been started; `url` waits until it serves. No limits and no budgets by default."""
    with tempfile.TemporaryDirectory() as folder:
        gateway = GatewayProcess(Path(folder), UNLIMITED | settings, stdout=stdout)
        try:
            yield gateway
        finally:
            gateway.close()
