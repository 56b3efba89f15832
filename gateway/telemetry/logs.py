"""One way for everything that is logged: a line each, as JSON or for people, whether it is ours or a library's.

Only the program that serves calls `configure`; to import this changes nothing.
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

Facts = Mapping[str, Any]
# Tells of one request, at a level.
AccessLogger = Callable[[str, Facts], None]
# Calls something schedule, in the same thread.
Scheduler = Callable[[Callable[[], None]], object]
LEVELS = logging.getLevelNamesMapping()
# Libraries that log every request, as the access log does, or each invalid header that a client sends.
QUIET = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "uvicorn.access": logging.WARNING,
    "opentelemetry.trace": logging.ERROR,
}
# What is only there to be read by something else, or coloured.
UNTOLD = {"color_message", "exc_info", "positional_args"}
PLAIN = frozenset(" \t\"'=")


def run_immediately(call: Callable[[], None]) -> None:
    """Without an event loop there is nothing to wait for."""
    call()


def configure(
    settings: Settings, stream: BinaryIO | None = None, schedule: Scheduler = run_immediately
) -> AccessLogger | None:
    """Have all lines of this process written to `stream` (standard output); returns how to tell of requests, if at all.

    For the whole process, so that libraries speak as we do. Calling it again replaces what was there. `schedule` calls
    something in a moment: what is told of until then is written together, as each write costs more than its line.
    """
    out = structlog.BytesLogger(stream or sys.stdout.buffer)
    render = RENDERERS[settings.log_format]
    handler = _Handler(out)
    handler.setFormatter(_formatter(render))
    logging.basicConfig(handlers=[handler], level=settings.log_level.upper(), force=True)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)
    return _AccessLog(out, render, LEVELS[settings.log_level.upper()], schedule) if settings.access_log else None


def as_json(line: Facts) -> bytes:
    """For machines: one object, in which whatever a client sent is only ever a string."""
    try:
        return msgspec.json.encode(line, enc_hook=repr)
    except (UnicodeEncodeError, TypeError):
        # Half a surrogate pair is no character that UTF-8 has.
        return json.dumps(line, default=repr).encode()


def as_text(line: Facts) -> bytes:
    """For people: when, how grave, what, and the facts; a traceback below, indented so that none of it is a line."""
    rest = " ".join([f"{name}={_value(value)}" for name, value in line.items() if name not in HEAD])
    text = f"{line['timestamp']} {line['level']:<8} {_printable(line['event'])}{'  ' if rest else ''}{rest}"
    if "exception" in line:
        text += "".join(f"\n    {_printable(part)}" for part in line["exception"].splitlines())
    return text.encode("utf-8", "backslashreplace")


HEAD = {"timestamp", "level", "event", "exception"}
RENDERERS: dict[str, Callable[[Facts], bytes]] = {"json": as_json, "console": as_text}


def _printable(text: Any) -> str:
    text = str(text)
    return text if text.isprintable() else repr(text)[1:-1]


def _value(value: Any) -> str:
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    # A request has a dozen, nearly all of which are plain words.
    return text if text.isalnum() or (text.isprintable() and PLAIN.isdisjoint(text)) else repr(text)


class _Handler(logging.Handler):
    """Where the lines of the standard library's loggers come in: uvicorn's, and our own."""

    def __init__(self, out: structlog.BytesLogger) -> None:
        super().__init__()
        self._out = out

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record's line."""
        _written(self._out, self.format(record).encode("utf-8", "backslashreplace"))


def _written(out: structlog.BytesLogger, line: bytes) -> None:
    try:
        out.msg(line)
    except (OSError, ValueError):
        # The disk is full, or nobody reads any more: not a reason to leave a client without an answer.
        return


class _AccessLog:
    """Past `logging`, which would cost more than all else about an answer that is sent again."""

    def __init__(
        self, out: structlog.BytesLogger, render: Callable[[Facts], bytes], least: int, schedule: Scheduler
    ) -> None:
        self._out = out
        self._render = render
        self._told = {name.lower() for name, level in LEVELS.items() if level >= least}
        self._schedule = schedule
        self._now = _Clock()
        self._lines: list[bytes] = []

    def __call__(self, level: str, facts: Facts) -> None:
        if level in self._told:
            self._lines.append(self._render({"timestamp": self._now(), "level": level, "event": "request", **facts}))
            if len(self._lines) == 1:
                self._schedule(self._write)

    def _write(self) -> None:
        lines, self._lines = self._lines, []
        _written(self._out, b"\n".join(lines))


class _Clock:
    """The time as it is written, of which all but the milliseconds is made once a second."""

    def __init__(self) -> None:
        self._second = 0
        self._written = ""

    def __call__(self) -> str:
        now = time.time()
        second = int(now)
        if second != self._second:
            self._written = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
            self._second = second
        return f"{self._written}.{int((now - second) * 1000):03d}Z"


def _formatter(render: Callable[[Facts], bytes]) -> logging.Formatter:
    now = _Clock()

    def line(_: WrappedLogger, __: str, event: EventDict) -> str:
        request_context = current_request.get()
        head = {"timestamp": now(), "level": event.pop("level"), "event": event.pop("event")}
        told = {name: value for name, value in event.items() if name not in UNTOLD}
        return render(head | (request_context.log_ids if request_context else {}) | told).decode()

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.format_exc_info,
        ],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, line],
    )
