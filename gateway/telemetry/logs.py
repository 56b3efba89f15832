"""Logging: one line per event, as text or JSON, for the gateway and its libraries alike.

Importing this module has no effect; the command `serve` calls `configure`.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import structlog
from structlog.typing import EventDict, WrappedLogger

from gateway.settings import Settings

from .log_writer import LogWriter
from .request_context import current_request

Fields = Mapping[str, Any]
# Writes the access log line of a request: level, fields.
AccessLogger = Callable[[str, Fields], None]
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


def configure(settings: Settings, writer: LogWriter) -> AccessLogger | None:
    """Configure the logging of this process, libraries included; returns the access logger if it is enabled.

    Another call replaces the configuration. The writer is closed with it, or at the end of the process.
    """
    render = RENDERERS[settings.log_format]
    handler = _Handler(writer)
    handler.setFormatter(_formatter(render))
    logging.basicConfig(handlers=[handler], level=settings.log_level.upper(), force=True)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)
    return _AccessLog(writer, render, LEVELS[settings.log_level.upper()]) if settings.access_log else None


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

    def __init__(self, writer: LogWriter) -> None:
        super().__init__()
        self._writer = writer

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record's line."""
        self._writer.put(self.format(record).encode("utf-8", "backslashreplace"))

    def close(self) -> None:
        """Write the last lines: called by `logging` at the end of the process."""
        super().close()
        self._writer.close()


class _AccessLog:
    """The access logger. It bypasses `logging`, which takes longer than the rest of a response-cache hit."""

    def __init__(self, writer: LogWriter, render: Callable[[Fields], bytes], min_level: int) -> None:
        self._put = writer.put
        self._render = render
        self._levels = {name.lower() for name, level in LEVELS.items() if level >= min_level}
        self._timestamp = _Timestamps()

    def __call__(self, level: str, fields: Fields) -> None:
        if level in self._levels:
            self._put(self._render({"timestamp": self._timestamp(), "level": level, "event": "request", **fields}))


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
