"""Logging: one line per event, as text or JSON, for the gateway and its libraries alike.

Importing this module has no effect; the command `serve` calls `configure`.
"""

import json
import logging
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

import msgspec
import structlog
from structlog.typing import EventDict, WrappedLogger

from gateway.settings import Settings

from .request_context import current_request

Fields = Mapping[str, Any]
# Writes the access log line of a request: level, fields.
AccessLogger = Callable[[str, Fields], None]
# Calls a function soon, in the same thread.
Scheduler = Callable[[Callable[[], None]], object]
LEVELS = logging.getLevelNamesMapping()
# Libraries that log every request, as the access log does, or each invalid header that a client sends.
QUIET = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "uvicorn.access": logging.WARNING,
    "opentelemetry.trace": logging.ERROR,
}
# Fields for other formatters.
OMITTED = {"color_message", "exc_info", "positional_args"}
# Values with one of these are quoted in text.
QUOTED = frozenset(" \t\"'=")
# The fields of a line of text that have a fixed place.
HEAD = {"timestamp", "level", "event", "exception"}


def run_immediately(call: Callable[[], None]) -> None:
    """Call the function at once: the scheduler without an event loop."""
    call()


def configure(
    settings: Settings, stream: BinaryIO | None = None, schedule: Scheduler = run_immediately
) -> AccessLogger | None:
    """Configure the logging of this process, libraries included; returns the access logger if it is enabled.

    Lines go to `stream`, by default stdout. Another call replaces the configuration. `schedule` delays writes of the
    access log, so that several lines share one: a write is slower than rendering its line.
    """
    output = structlog.BytesLogger(stream or sys.stdout.buffer)
    render = RENDERERS[settings.log_format]
    handler = _Handler(output)
    handler.setFormatter(_formatter(render))
    logging.basicConfig(handlers=[handler], level=settings.log_level.upper(), force=True)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)
    return _AccessLog(output, render, LEVELS[settings.log_level.upper()], schedule) if settings.access_log else None


def render_json(line: Fields) -> bytes:
    """A line as a JSON object; text from clients is escaped by the encoding."""
    try:
        return msgspec.json.encode(line, enc_hook=repr)
    except (UnicodeEncodeError, TypeError):
        # A lone surrogate has no encoding in UTF-8.
        return json.dumps(line, default=repr).encode()


def render_text(line: Fields) -> bytes:
    """A line as text: timestamp, level, event, fields. A traceback follows, indented so that it can't forge lines."""
    rest = " ".join([f"{name}={_value(value)}" for name, value in line.items() if name not in HEAD])
    text = f"{line['timestamp']} {line['level']:<8} {_printable(line['event'])}{'  ' if rest else ''}{rest}"
    if "exception" in line:
        text += "".join(f"\n    {_printable(part)}" for part in line["exception"].splitlines())
    return text.encode("utf-8", "backslashreplace")


RENDERERS: dict[str, Callable[[Fields], bytes]] = {"json": render_json, "console": render_text}


def _printable(text: Any) -> str:
    text = str(text)
    return text if text.isprintable() else repr(text)[1:-1]


def _value(value: Any) -> str:
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    # A request has a dozen values, nearly all alphanumeric: the cheap check comes first.
    return text if text.isalnum() or (text.isprintable() and QUOTED.isdisjoint(text)) else repr(text)


class _Handler(logging.Handler):
    """Writes the records of standard library loggers: the gateway's and its libraries'."""

    def __init__(self, output: structlog.BytesLogger) -> None:
        super().__init__()
        self._output = output

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record's line."""
        _write(self._output, self.format(record).encode("utf-8", "backslashreplace"))


def _write(output: structlog.BytesLogger, line: bytes) -> None:
    try:
        output.msg(line)
    except (OSError, ValueError):
        # A full disk or a closed pipe must not fail requests.
        return


class _AccessLog:
    """The access logger. It bypasses `logging`, which takes longer than the rest of a response-cache hit."""

    def __init__(
        self, output: structlog.BytesLogger, render: Callable[[Fields], bytes], min_level: int, schedule: Scheduler
    ) -> None:
        self._output = output
        self._render = render
        self._levels = {name.lower() for name, level in LEVELS.items() if level >= min_level}
        self._schedule = schedule
        self._timestamp = _Timestamps()
        self._lines: list[bytes] = []

    def __call__(self, level: str, fields: Fields) -> None:
        if level in self._levels:
            self._lines.append(
                self._render({"timestamp": self._timestamp(), "level": level, "event": "request", **fields})
            )
            if len(self._lines) == 1:
                self._schedule(self._flush)

    def _flush(self) -> None:
        lines, self._lines = self._lines, []
        _write(self._output, b"\n".join(lines))


class _Timestamps:
    """The current time in RFC 3339. Everything except the milliseconds is formatted once per second."""

    def __init__(self) -> None:
        self._second = 0
        self._text = ""

    def __call__(self) -> str:
        now = time.time()
        second = int(now)
        if second != self._second:
            self._text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
            self._second = second
        return f"{self._text}.{int((now - second) * 1000):03d}Z"


def _formatter(render: Callable[[Fields], bytes]) -> logging.Formatter:
    timestamp = _Timestamps()

    def line(_: WrappedLogger, __: str, event: EventDict) -> str:
        request_context = current_request.get()
        head = {"timestamp": timestamp(), "level": event.pop("level"), "event": event.pop("event")}
        fields = {name: value for name, value in event.items() if name not in OMITTED}
        return render(head | (request_context.log_ids if request_context else {}) | fields).decode()

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.format_exc_info,
        ],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, line],
    )
