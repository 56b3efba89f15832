"""The signals and standard streams of the processes of `serve`."""

import os
import signal
import sys

from gateway.telemetry.log_writer import LogWriter, write_to

# Log rotation and closed terminals send them. Python's default is to end the process.
IGNORED_SIGNALS = [signal.Signals[name] for name in ("SIGHUP", "SIGUSR1", "SIGUSR2") if hasattr(signal, name)]
STDERR = 2


def handle_signals() -> None:
    """Let SIGTERM end this process as SIGINT does: with the same exit code, and after the last lines of the log.

    uvicorn replaces both handlers while it serves, and raises the signal again after its graceful shutdown.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    for ignored in IGNORED_SIGNALS:
        signal.signal(ignored, signal.SIG_IGN)


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
