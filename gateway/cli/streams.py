"""The standard streams of a command: UTF-8 in every locale, and no traceback if stdout is full or closed."""

import os
import sys
from collections.abc import Callable
from errno import EBADF, EDQUOT, EFBIG, EIO, ENOSPC, EPIPE
from io import TextIOWrapper

# The exit code of a shell for programs ended by SIGPIPE.
BROKEN_PIPE = 141
OUTPUT_ERRORS = {EBADF, EDQUOT, EFBIG, EIO, ENOSPC, EPIPE}


def run(command: Callable[[], int]) -> int:
    """The command's exit code; 1 if its output can't be written, 141 if the reader of a pipe has closed it."""
    _prepare()
    try:
        try:
            return command()
        finally:
            sys.stdout.flush()
    except OSError as exc:
        if exc.errno not in OUTPUT_ERRORS:
            raise
        # Python flushes stdout at exit, which would fail with a traceback.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if exc.errno == EPIPE:
            return BROKEN_PIPE
        print(f"error: stdout: {exc.strerror}", file=sys.stderr)
        return 1


def _prepare() -> None:
    for name in ("stdin", "stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="strict" if name == "stdin" else "backslashreplace")
        elif stream is None:  # closed by the caller, as in `>&-`
            # Read-only: writing to it fails like writing to a closed stdout.
            setattr(sys, name, open(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8"))  # noqa: PTH123, SIM115
