"""Several server processes: their supervisor, and the preparation of each."""

import logging
import multiprocessing
import os
import signal
import threading
import time
from socket import socket
from tempfile import TemporaryDirectory

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

from gateway.telemetry.metrics import count_worker_death, discard_live_metrics

from .process import handle_signals, keep_freed_memory

log = logging.getLogger(__name__)

# A worker that hangs ends after this time if its supervisor was killed.
ORPHAN_S = 60.0


class Supervisor(Multiprocess):
    """Discards the live metrics of workers that have died, and stops accepting connections at shutdown."""

    def __init__(self, config: uvicorn.Config, sockets: list[socket], folder: str) -> None:
        super().__init__(config, sockets)
        self._folder = folder
        self._pids: set[int | None] = set()
        self._deaths = 0

    def keep_subprocess_alive(self) -> None:
        workers = list(self.processes)
        for worker in workers:
            # Only the worker has this end of the pipe then: its death ends a health check at once.
            worker.child_conn.close()
        ended = [not worker.process.is_alive() for worker in workers]
        # The superclass replaces dead workers.
        super().keep_subprocess_alive()
        for worker, has_ended, current in zip(workers, ended, self.processes, strict=True):
            if worker is not current:
                self._report_death(worker, has_ended=has_ended)
        pids = {worker.pid for worker in self.processes}
        for dead in self._pids - pids:
            discard_live_metrics(dead, self._folder)
        self._pids = pids

    def _report_death(self, worker: Process, *, has_ended: bool) -> None:
        self._deaths += 1
        count_worker_death(self._deaths, self._folder)
        code = worker.exitcode or 0
        how = {"signal": _signal_name(-code)} if code < 0 else {"exit_code": code}
        text = "A worker process has died" if has_ended else "A worker process did not respond, and was killed"
        log.error("%s; another replaces it", text, extra={"pid": worker.pid, **how})

    def terminate_all(self) -> None:
        # While any process has the socket open, the kernel accepts connections that no worker serves.
        for listener in self.sockets:
            listener.close()
        super().terminate_all()


def _signal_name(number: int) -> str:
    return signal.Signals(number).name if number in set(signal.Signals) else str(number)


def serve_workers(config: uvicorn.Config) -> bool:
    """Serve until SIGINT or SIGTERM; returns whether all workers could start. The log has the reason if not."""
    try:
        listener, folder = config.bind_socket(), TemporaryDirectory()
    except SystemExit:
        return False
    except OSError as exc:
        log.error("The workers need a writable temporary folder (%s)", exc)  # noqa: TRY400 - no bug, no traceback
        return False
    with folder as path:
        # prometheus-client reads it in each worker process and stores the metrics there.
        os.putenv("PROMETHEUS_MULTIPROC_DIR", path)
        supervisor = Supervisor(config, sockets=[listener], folder=path)
        supervisor.run()
    return all(worker.exitcode != STARTUP_FAILURE for worker in supervisor.processes)


def start_worker() -> None:
    """Prepare a worker process, before its server starts."""
    handle_signals()
    keep_freed_memory()
    threading.Thread(target=_follow_supervisor, name="supervisor", daemon=True).start()


def _follow_supervisor() -> None:
    """Shut down gracefully at the end of the supervisor, which sends no signal if it was killed."""
    supervisor = multiprocessing.parent_process()
    if supervisor is not None:
        supervisor.join()
        log.warning("The supervisor process has ended; shutting down")
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(ORPHAN_S)
        os._exit(1)
