"""The output of the log: a bounded queue, and a thread that writes it.

The reader of standard output can be slow, stopped or gone. Then lines are dropped and counted; no request waits.
"""

import os
import select
import threading
from collections.abc import Callable
from contextlib import suppress
from itertools import accumulate
from typing import TextIO

# The lines of a quarter of a second at the highest rate of requests.
MAX_BYTES = 4 * 2**20
# Lines of this time share one write: waking the thread takes longer than rendering a line.
COLLECT_S = 0.01
# The time for the last lines at the end of the process.
CLOSE_S = 2.0

# Writes a part of the content and returns its length, as `os.write` does; raises `OSError` or `ValueError`.
Write = Callable[[bytes | memoryview], int]


class LogWriter:
    """Writes lines in a thread of its own. Lines are dropped if the queue is full, or if they cannot be written."""

    def __init__(self, write: Write, *, max_bytes: int = MAX_BYTES) -> None:
        self.dropped = 0
        self._write = write
        self._max_bytes = max_bytes
        # Reentrant: a signal handler or the garbage collector can log while its thread holds the lock.
        self._lock = threading.RLock()
        self._has_lines = threading.Condition(self._lock)
        self._lines: list[bytes] = []
        # Lines that are being written count as well.
        self._queued_bytes = 0
        self._is_line_start = True
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def put(self, line: bytes) -> None:
        """Queue a line, without its line break."""
        with self._lock:
            if self._queued_bytes + len(line) > self._max_bytes:
                self.dropped += 1
                return
            self._lines.append(line)
            self._queued_bytes += len(line)
            if len(self._lines) == 1:
                self._has_lines.notify()

    def close(self, timeout_s: float = CLOSE_S) -> None:
        """Write the queued lines; gives up after the timeout if the output is blocked."""
        self._closing.set()
        with self._lock:
            self._has_lines.notify()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while lines := self._take():
            written = self._write_lines(lines)
            with self._lock:
                self._queued_bytes -= sum(map(len, lines))
                self.dropped += len(lines) - written

    def _take(self) -> list[bytes]:
        """All queued lines, as soon as there are some; none at the end."""
        with self._lock:
            while not self._lines and not self._closing.is_set():
                self._has_lines.wait()
        self._closing.wait(COLLECT_S)
        with self._lock:
            lines, self._lines = self._lines, []
        return lines

    def _write_lines(self, lines: list[bytes]) -> int:
        """The number of lines written completely."""
        # A line after an incomplete one starts on a line of its own.
        start = b"" if self._is_line_start else b"\n"
        content = start + b"\n".join([*lines, b""])
        size = self._write_all(content)
        if size:
            self._is_line_start = content.endswith(b"\n", 0, size)
        _, *ends = accumulate((len(line) + 1 for line in lines), initial=len(start))
        return sum(end <= size for end in ends)

    def _write_all(self, content: bytes) -> int:
        """The number of bytes written: not all if the disk is full or the reader has left."""
        size, rest = 0, memoryview(content)
        with suppress(OSError, ValueError):
            while size < len(content):
                size += self._write(rest[size:])
        return size


def write_to(stream: TextIO | None) -> Write:
    """A function that writes to the file descriptor of a standard stream; None if that was closed before the start.

    The stream itself would be locked by a blocked thread, and then block the interpreter's exit.
    """
    # Not number 1 in any case: a socket has this number if standard output was closed.
    descriptor = -1 if stream is None else stream.fileno()

    def write(content: bytes | memoryview) -> int:
        try:
            return os.write(descriptor, content)
        except BlockingIOError:
            # Another program with the same pipe or terminal has made it non-blocking.
            select.select((), (descriptor,), ())
            return 0

    return write
