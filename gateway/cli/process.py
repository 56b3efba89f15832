"""The signals, standard streams and memory of the processes of `serve`."""

import ctypes
import os
import signal
import sys
from typing import Any

from gateway.telemetry.log_writer import LogWriter, write_to

# Log rotation and closed terminals send them. Python's default is to end the process.
IGNORED_SIGNALS = [signal.Signals[name] for name in ("SIGHUP", "SIGUSR1", "SIGUSR2") if hasattr(signal, name)]
STDERR = 2
# Of glibc's `mallopt`, in bytes: the numbers of M_TRIM_THRESHOLD and M_MMAP_THRESHOLD, with their values.
MALLOC_SETTINGS = ((-1, 8 * 2**20), (-3, 4 * 2**20))


def handle_signals() -> None:
    """Let SIGTERM end this process as SIGINT does: with the same exit code, and after the last lines of the log.

    uvicorn replaces both handlers while it serves, and raises the signal again after its graceful shutdown.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    for ignored in IGNORED_SIGNALS:
        signal.signal(ignored, signal.SIG_IGN)


def keep_freed_memory() -> None:
    """Let malloc keep up to 8 MiB that it could return to the kernel, if it is glibc's.

    By default it returns the memory of each large response, and the page faults of the next one take a third of its
    CPU time.
    """
    libc: Any = ctypes.CDLL(None) if sys.platform == "linux" else None
    if hasattr(libc, "mallopt"):
        for number, value in MALLOC_SETTINGS:
            libc.mallopt(number, value)


def print_error(message: object) -> None:
    """Print the message to standard error; a blocked one does not delay the end of the process."""
    writer = LogWriter(write_to(sys.__stderr__))
    writer.put(str(message).encode("utf-8", "backslashreplace"))
    writer.close()


def replace_closed_streams() -> None:
    """Open standard streams that are closed. A socket with one of their numbers would abort libuv at its end."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= STDERR:
        pass
    os.close(descriptor)
    for stream in range(STDERR + 1):
        os.set_inheritable(stream, True)  # noqa: FBT003 - a parameter without a name
