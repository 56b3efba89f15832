"""Output of Python and of libraries besides `logging`: it is logged too, because a full pipe would block its writer."""

import io
import logging
import sys
import threading
from types import TracebackType

MAX_LINE = 10_000

log = logging.getLogger(__name__)


def capture_output() -> None:
    """Log warnings, unhandled exceptions, and all text that this process prints."""
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_exception
    threading.excepthook = lambda failure: _log_exception(failure.exc_type, failure.exc_value)
    sys.unraisablehook = lambda failure: _log_exception(failure.exc_type, failure.exc_value)
    sys.stdout = sys.stderr = LoggedStream()


def _log_exception(kind: type[BaseException], exc: BaseException | None, _: TracebackType | None = None) -> None:
    if not issubclass(kind, SystemExit | KeyboardInterrupt):
        log.error("unhandled exception", exc_info=exc)


class LoggedStream(io.TextIOBase):
    """A text stream that logs each line. `print` writes the parts of a line separately."""

    def __init__(self) -> None:
        self._line = ""

    def write(self, text: str) -> int:
        """Log the complete lines, and those that are too long to wait for their end."""
        *lines, self._line = (self._line + text).split("\n")
        if len(self._line) > MAX_LINE:
            lines.append(self._line)
            self._line = ""
        for line in filter(str.strip, lines):
            log.warning("%s", line)
        return len(text)
