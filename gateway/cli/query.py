"""`gateway query`: runs an operation, prints the response to stdout, and errors and warnings to stderr."""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import count
from typing import TextIO

import msgspec

from gateway.setting_sources import read_query_settings, read_settings
from gateway.setting_types import secret
from gateway.settings import BadSettings

from .gateway_client import ErrorEntry, GatewayUnreachable, Response, connect, execute, start_gateway
from .operation import Operation, UsageError, read_operation
from .rows import ndjson, select_rows, to_csv
from .table import Row, printable, tables

RESPONSE_HAS_ERRORS, USAGE_ERROR, NO_RESPONSE = 1, 2, 3
CLEAR_LINE = "\r\x1b[K"


def query(options: argparse.Namespace) -> int:
    """Run the operation, print the response, and return the exit code."""
    try:
        operation = read_operation(options.file, options.operation, options.var, options.variables)
        response = asyncio.run(_execute(options, operation))
    except (UsageError, BadSettings) as exc:
        return _fail(exc, USAGE_ERROR)
    except GatewayUnreachable as exc:
        return _fail(exc, NO_RESPONSE)
    for line in render_errors(response):
        print(line, file=sys.stderr)
    try:
        sys.stdout.buffer.write(_render(response, options))
    except UsageError as exc:
        return _fail(exc, USAGE_ERROR)
    return RESPONSE_HAS_ERRORS if response.errors else 0


async def _execute(options: argparse.Namespace, operation: Operation) -> Response:
    settings, token = read_settings(), secret(read_query_settings().token) or ""
    gateway = connect(options.url) if options.url else start_gateway(settings, sandbox=options.sandbox)
    async with gateway as target, progress(sys.stderr, shown=not options.quiet):
        return await execute(target, operation, token=token)


def _render(response: Response, options: argparse.Namespace) -> bytes:
    if options.output != "json":
        return _render_data(response.data, options) if response.data else b""
    return msgspec.json.format(response.content, indent=-1 if options.compact else 2) + b"\n"


def _render_data(data: Row, options: argparse.Namespace) -> bytes:
    if options.output == "table":
        return tables(data).encode()
    rows = select_rows(data, options.rows)
    return to_csv(rows) if options.output == "csv" else ndjson(rows)


def render_errors(response: Response) -> Iterator[str]:
    """The errors, then the warnings about stale or incomplete data, one line each."""
    for error in response.errors:
        yield printable(f"error: {_prefix(error.path)}{error.message}{_suffix(error)}")
    for warning in response.extensions.warnings:
        yield printable(f"warning: {_prefix(warning.path)}{warning.message} ({warning.code})")


def _prefix(path: list[str | int] | None) -> str:
    return ".".join(map(str, path)) + ": " if path else ""


def _suffix(error: ErrorEntry) -> str:
    code, wait_s = (error.extensions.get(name) for name in ("code", "retryAfterSeconds"))
    facts = [str(code)] if code else []
    if wait_s is not None:
        facts.append(f"retry in {wait_s} s")
    return f" ({', '.join(facts)})" if facts else ""


def _fail(reason: Exception, code: int) -> int:
    print(f"error: {reason}", file=sys.stderr)
    return code


@asynccontextmanager
async def progress(
    stream: TextIO, *, shown: bool, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
) -> AsyncIterator[None]:
    """Show the elapsed seconds of the block, from the first second on; only on a terminal."""
    if not shown or not stream.isatty():
        yield
        return
    task = asyncio.create_task(_show_seconds(stream, sleep))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _show_seconds(stream: TextIO, sleep: Callable[[float], Awaitable[object]]) -> None:
    await sleep(1)
    try:
        for seconds in count(1):
            stream.write(f"{CLEAR_LINE}waiting for {seconds} s")
            stream.flush()
            await sleep(1)
    finally:
        stream.write(CLEAR_LINE)
        stream.flush()
