"""The commands `serve`, `schema`, `settings` and `completion`; each returns its exit code."""

import logging
import re
import socket
import sys
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any

import shtab
import uvicorn

from gateway.graph.schema import sdl
from gateway.graph.schema_changes import SchemaFileError, changes_since
from gateway.osutrack.retries import log_retries
from gateway.sandbox import NAMES_PATH, create_sandbox
from gateway.server.config import ServerConfig
from gateway.setting_sources import read_settings
from gateway.setting_types import secret
from gateway.settings import Settings
from gateway.shared.redis_link import connection_pool
from gateway.store.cooldown_file import check_state_dir, cooldown_file
from gateway.telemetry.captured_output import capture_output
from gateway.telemetry.log_writer import LogWriter, write_to
from gateway.telemetry.logs import AccessLogger, configure
from gateway.telemetry.setup import check_extra
from gateway.web.app import create_app
from gateway.web.documents.trusted_documents import trusted_documents

from .setting_infos import setting_infos, start_facts
from .setting_risks import setting_risks
from .workers import serve_workers, start_worker

log = logging.getLogger(__name__)

# Values that need no quotes in a file `.env`.
UNQUOTED = re.compile(r"[A-Za-z0-9_./:,*@+=-]*")
LOCAL = "127.0.0.1"
MAX_PORT = 65535
SANDBOX_START_S = 10.0
# Time for accepted requests to finish: as long as an update can take.
SHUTDOWN_S = 30
# A worker process that does not respond for this long is replaced. Starting on a busy machine takes a part of it.
WORKER_START_S = 20


def serve(overrides: dict[str, str], *, sandbox: bool) -> int:
    """Serve the gateway until SIGINT or SIGTERM. `overrides` are settings of the command line."""
    settings = read_settings(**overrides)
    # Checked before workers start: one that fails to start would be replaced forever.
    _check(settings)
    log_request, log_writer = _start_log(settings)
    # It can have unreadable lines, which are logged.
    cooldown_file(settings)
    with run_sandbox(settings.port and settings.port + 1) if sandbox else nullcontext() as url:
        served = settings.model_copy(update=sandbox_settings(url)) if url else settings
        log.info("Gateway starts", extra=start_facts(served))
        for risk in setting_risks(served):
            log.warning("%s", risk)
        if settings.workers > 1:
            started = serve_workers(_server_config(served, partial(create_worker_app, served)))
        else:
            create = partial(create_app, served, log_request=log_request, log_writer=log_writer)
            started = _serve(_server_config(served, create))
    return 0 if started else 1


def _check(settings: Settings) -> None:
    """Raise `BadSettings` for values that only their users can check; changes nothing."""
    check_extra(settings)
    connection_pool(secret(settings.redis_url))
    check_state_dir(settings)
    if settings.trusted_documents:
        trusted_documents(settings.trusted_documents)


def _serve(config: ServerConfig) -> bool:
    log_retries()
    server = uvicorn.Server(config)
    try:
        server.run(config.sockets())
    except KeyboardInterrupt:
        # uvicorn raises the signal again after a graceful shutdown.
        return True
    except SystemExit:
        # The log has the reason.
        return False
    return server.started


def _server_config(settings: Settings, create: Callable[[], Any]) -> ServerConfig:
    return ServerConfig(
        create,
        factory=True,
        start_worker=start_worker,
        header_timeout_s=settings.header_timeout_s,
        send_timeout_s=settings.send_timeout_s,
        unsent_max_bytes=settings.unsent_max_bytes,
        client_unsent_max_bytes=settings.client_unsent_max_bytes,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        # The schema has no subscriptions.
        ws="none",
        log_config=None,
        log_level=settings.log_level,
        access_log=False,
        server_header=False,
        timeout_keep_alive=settings.keepalive_s,
        timeout_graceful_shutdown=SHUTDOWN_S,
        timeout_worker_healthcheck=WORKER_START_S,
    )


def create_worker_app(settings: Settings) -> Any:
    """The application of a worker process, with a log of its own."""
    log_request, log_writer = _start_log(settings)
    log_retries()
    return create_app(settings, log_request=log_request, log_writer=log_writer)


def _start_log(settings: Settings) -> tuple[AccessLogger | None, LogWriter]:
    writer = LogWriter(write_to(sys.__stdout__))
    log_request = configure(settings, writer)
    capture_output()
    return log_request, writer


def sandbox_settings(url: str) -> dict[str, str | bool | None]:
    """The settings for the sandbox at this address of the machine, which no proxy reaches."""
    return {"upstream_url": url, "names_url": f"{url}{NAMES_PATH}", "upstream_proxy": None, "sample_data": True}


@contextmanager
def run_sandbox(port: int = 0) -> Iterator[str]:
    """The URL of a simulated osu!track, which a thread of this process serves on this port, or on a free one."""
    options: dict[str, Any] = {"lifespan": "off", "log_config": None, "log_level": "warning"}
    server = uvicorn.Server(uvicorn.Config(create_sandbox(rate_limits=True), **options))
    listening = _local_socket(port)
    thread = threading.Thread(target=server.run, args=([listening],), name="sandbox", daemon=True)
    thread.start()
    deadline = time.monotonic() + SANDBOX_START_S
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    url = f"http://{LOCAL}:{listening.getsockname()[1]}"
    log.info("Sandbox: simulated osu!track at %s (control endpoint: %s/_sandbox/)", url, url)
    try:
        yield url
    finally:
        # A thread that runs uvloop while the interpreter exits can crash it.
        server.should_exit = server.force_exit = True
        thread.join(SANDBOX_START_S)


def _local_socket(port: int) -> socket.socket:
    """A listening socket on this port, or on a free one if it is taken or does not exist."""
    try:
        return socket.create_server((LOCAL, port if port <= MAX_PORT else 0))
    except OSError:
        return socket.create_server((LOCAL, 0))


def schema(old: str | None, *, strict: bool) -> int:
    """Print the schema, or the changes since the file `old` that concern clients."""
    if old is None:
        print(sdl(), end="")
        return 0
    try:
        breaking, dangerous = changes_since(old, sdl())
    except SchemaFileError as exc:
        print(f"error: {exc}", file=sys.stderr)
        return 2
    lines = [*(f"breaking: {change}" for change in breaking), *(f"dangerous: {change}" for change in dangerous)]
    print("\n".join(lines) or "No change concerns clients.")
    return 1 if breaking or (strict and dangerous) else 0


def settings() -> int:
    """Print every setting with its value, meaning, default and source, as a file `.env`."""
    current = read_settings()
    _check(current)
    risks = setting_risks(current)
    for info in setting_infos(current):
        default = f"{info.default} {info.unit}".strip() or "none"
        print(f"# {info.meaning} Default: {default}. Source: {info.source}.")
        for risk in risks:
            if risk.variable == info.variable:
                print(f"# Warning: {risk.warning}.")
        print(f"# {info.variable}: set, hidden" if info.value is None else f"{info.variable}={_quoted(info.value)}")
    return 0


def _quoted(value: str) -> str:
    """The value as it is written in a file `.env`."""
    if UNQUOTED.fullmatch(value):
        return value
    # `${:-$}` is a variable without a name, and its default `$`.
    escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("${", "${:-$}{")
    return f"'{escaped}'"


def completion(parser: ArgumentParser, shell: str) -> int:
    """Print the shell's completion script."""
    print(shtab.complete(parser, shell))
    return 0
