"""A Redis server on a free port, which tests can kill and restart."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.binaries import find_binary


class RedisServer:
    """A server without persistence: a restart empties it."""

    def __init__(self, folder: Path, *options: str, url: str = "redis://127.0.0.1:{port}") -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = url.format(port=self.port)
        self._folder = folder
        self._options = [option.format(port=self.port) for option in options or ("--port", "{port}")]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [find_binary("redis-server", "redis-server"), "--bind", "127.0.0.1", "--save", "", *self._options]
        self._process = subprocess.Popen(command, cwd=self._folder, stdout=subprocess.DEVNULL)
        while True:
            with socket.socket() as trial:
                if trial.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self._process.poll() is None, "redis-server has ended"
            time.sleep(0.01)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def redis_server(folder: Path, *options: str, url: str = "redis://127.0.0.1:{port}") -> Iterator[RedisServer]:
    """A running server. `{port}` in the options and in the URL is replaced by its port."""
    server = RedisServer(folder, *options, url=url)
    server.start()
    try:
        yield server
    finally:
        server.kill()
