"""The program as a user starts it: a process of its own, on a free port, over its sandbox."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Process:
    """A gateway, over its sandbox if it is given no other osu!track, and what it has printed."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.workers = int(settings.get("workers", "1"))
        self._printed = folder / "printed"
        sandbox = [] if "upstream_url" in settings else ["--sandbox"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
        with self._printed.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gateway", "serve", *sandbox],
                cwd=folder,
                env={**environment, "GATEWAY_PORT": "0", "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
                | {f"GATEWAY_{name.upper()}": value for name, value in settings.items()},
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

    def sandbox(self) -> str:
        """Where its sandbox is, once it has said so."""
        self.address()
        [found] = re.findall(r"simulated osu!track at (http://127\.0\.0\.1:\d+)", self.printed)
        return str(found)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


@contextmanager
def serving(**settings: str) -> Iterator[str]:
    """Its address, while it runs. No client is limited."""
    with sandboxed(**settings) as (address, _):
        yield address


@contextmanager
def sandboxed(**settings: str) -> Iterator[tuple[str, str]]:
    """The same, and the address of its sandbox."""
    with tempfile.TemporaryDirectory() as folder:
        running = Process(Path(folder), **{"client_points": "0", **settings})
        try:
            yield running.address(), running.sandbox()
        finally:
            running.process.kill()
            running.process.wait()
