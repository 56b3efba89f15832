"""`serve`: the gateway under uvicorn, and the sandbox beside it if wanted."""

import threading
import time

import uvicorn

from .sandbox import create_sandbox
from .settings import Settings
from .web.app import create_app

LOCAL = "127.0.0.1"
START_S = 10.0


def serve(settings: Settings, *, sandbox: bool) -> int:
    """Serve until a signal ends it; returns the exit code."""
    if sandbox:
        settings = settings.model_copy(update={"upstream_url": start_sandbox()})
    config = uvicorn.Config(
        create_app(settings), host=settings.host, port=settings.port, access_log=False, server_header=False
    )
    server = uvicorn.Server(config)
    server.run()
    return 0 if server.started else 1


def start_sandbox() -> str:
    """Start the simulated osu!track in a thread of this process, on a free port; returns its URL."""
    server = uvicorn.Server(
        uvicorn.Config(create_sandbox(rate_limits=True), host=LOCAL, port=0, log_level="warning", access_log=False)
    )
    threading.Thread(target=server.run, name="sandbox", daemon=True).start()
    deadline = time.monotonic() + START_S
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    url = f"http://{LOCAL}:{port}"
    print(f"Sandbox: a simulated osu!track at {url} (players and faults: {url}/_sandbox/)", flush=True)
    return url
