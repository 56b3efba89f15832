"""The commands, each of which returns an exit code: 0 if all is well, 1 if not."""

import asyncio
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from socket import socket
from tempfile import TemporaryDirectory
from typing import Any

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from gateway.graph.schema import NoSchema, breaking_changes, sdl
from gateway.osutrack.doctor import examine
from gateway.osutrack.transport import log_retries
from gateway.osutrack.upstream import Upstream
from gateway.sandbox import create_sandbox
from gateway.server.protocol import ServerConfig
from gateway.settings import Settings, read_settings, setting_infos
from gateway.shared.redis_link import connection_pool
from gateway.telemetry.logs import configure
from gateway.telemetry.metrics import forget_process
from gateway.telemetry.setup import check_extra
from gateway.web.app import create_app

log = logging.getLogger(__name__)

LOCAL = "127.0.0.1"
START_S = 10.0
# What has been accepted may take so long to end: an operation, or an update.
SHUTDOWN_S = 30
# A worker process that gives no sign of life for so long is taken for dead; it needs some to start on a busy machine.
WORKER_START_S = 20


def serve(*, sandbox: bool) -> int:
    """Serve until a signal ends it."""
    settings = read_settings()
    configure(settings)
    check_extra(settings)
    # Here, as a worker process that finds it out is only replaced.
    connection_pool(settings.redis_url)
    with simulated() if sandbox else nullcontext(settings.upstream_url) as url:
        return _serve(settings.model_copy(update={"upstream_url": url}))


def _serve(settings: Settings) -> int:
    config = ServerConfig(
        partial(application, settings),
        factory=True,
        header_timeout_s=settings.header_timeout_s,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        # Nothing is pushed, so there is nothing to speak WebSocket for.
        ws="none",
        log_config=None,
        log_level=settings.log_level,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_S,
        timeout_worker_healthcheck=WORKER_START_S,
    )
    if settings.workers > 1:
        return _serve_together(config)
    server = uvicorn.Server(config)
    try:
        server.run()
    except KeyboardInterrupt:
        # uvicorn raises it anew when it has ended what it was doing.
        return 0
    except SystemExit:
        # It can't start, and has said why.
        return 1
    return 0 if server.started else 1


def application(settings: Settings) -> Callable[..., Any]:
    """The gateway as each process serves it; the process logs in our way from then on."""
    # What is told of in one round of the event loop is written at its end.
    log_request = configure(settings, schedule=lambda call: asyncio.get_running_loop().call_soon(call))
    log_retries()
    return create_app(settings, log_request=log_request)


class _Supervisor(Multiprocess):
    """Replaces processes that die, and what they held is not counted any more; at the end lets nobody in."""

    def __init__(self, config: uvicorn.Config, sockets: list[socket], folder: str) -> None:
        super().__init__(config, sockets)
        self._folder = folder
        self._pids: set[int | None] = set()

    def keep_subprocess_alive(self) -> None:
        # They are replaced here when they die, and elsewhere on SIGHUP.
        super().keep_subprocess_alive()
        pids = {worker.pid for worker in self.processes}
        for dead in self._pids - pids:
            forget_process(dead, self._folder)
        self._pids = pids

    def terminate_all(self) -> None:
        # As long as one process holds it the kernel accepts for all, though nobody will answer.
        for listening in self.sockets:
            listening.close()
        super().terminate_all()


def _serve_together(config: uvicorn.Config) -> int:
    with TemporaryDirectory() as folder:
        # Where prometheus-client, in each worker process, puts what it counts: how it wants to be told.
        os.putenv("PROMETHEUS_MULTIPROC_DIR", folder)
        supervisor = _Supervisor(config, sockets=[config.bind_socket()], folder=folder)
        supervisor.run()
    return 1 if any(worker.exitcode == STARTUP_FAILURE for worker in supervisor.processes) else 0


@contextmanager
def simulated() -> Iterator[str]:
    """The address of a simulated osu!track, served by a thread of this process on a free port."""
    options: dict[str, Any] = {"host": LOCAL, "port": 0, "lifespan": "off", "log_config": None, "log_level": "warning"}
    server = uvicorn.Server(uvicorn.Config(create_sandbox(rate_limits=True), **options))
    thread = threading.Thread(target=server.run, name="sandbox", daemon=True)
    thread.start()
    deadline = time.monotonic() + START_S
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    url = f"http://{LOCAL}:{port}"
    log.info("Sandbox: a simulated osu!track at %s (players and faults: %s/_sandbox/)", url, url)
    try:
        yield url
    finally:
        # Waited for: a thread that still runs uvloop when the interpreter ends can crash it.
        server.should_exit = server.force_exit = True
        thread.join(START_S)


def schema(old: str | None) -> int:
    """Print the schema, or what in it breaks clients of an older one; 2 if there is no older one."""
    if old is None:
        print(sdl(), end="")
        return 0
    try:
        changes = breaking_changes(old)
    except NoSchema as exc:
        print(f"error: {exc}", file=sys.stderr)
        return 2
    print("\n".join(changes) or "No change breaks clients.")
    return 1 if changes else 0


def settings() -> int:
    """Print every setting: its value, default, where it is from, and what it means with its unit."""
    for info in setting_infos(read_settings()):
        default = f"{info.default} {info.unit}".strip() or "none"
        print(f"{info.variable}={info.value}\n    {info.meaning} Default: {default}. From: {info.source}.")
    return 0


def doctor() -> int:
    """Ask osu!track what a gateway asks, once each, and print what is not as expected."""
    findings = asyncio.run(_examined())
    for what, problems in findings.items():
        print(f"{what}: {'; '.join(problems) if problems else 'as expected'}")
    return 1 if any(findings.values()) else 0


async def _examined() -> dict[str, list[str]]:
    upstream = Upstream(read_settings())
    try:
        return await examine(upstream.client)
    finally:
        await upstream.close()
