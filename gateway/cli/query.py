"""What can be given to `gateway query` on the command line, and what its exit codes mean."""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import count
from typing import TextIO

import msgspec

from gateway.settings import BadSettings, QuerySettings, read_settings

from .gateway_client import Answer, Failure, GatewayUnreachable, answer, in_process, running
from .operation import Operation, UsageError, asked
from .table import printable, tables

DESCRIPTION = """\
Run an operation and print its answer. Without --url a gateway is started just for this call: its own cache is
empty, and an update needs no token.
"""
EXIT_CODES = """\
exit codes:
  0    the answer has data and no errors
  1    the answer has errors, perhaps beside data
  2    the call is wrong: the file, the operation, a variable, a setting
  3    no gateway answered: it can't be reached, or what did answer is not GraphQL
  130  interrupted
  141  whoever read the answer, like `head`, left before its end
"""
VARIABLE = (
    "a variable, read as its declared type: text for ID, String, enums and dates, JSON for other scalars and for"
    " objects; for a list, give it several times or as JSON"
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """What `query` takes."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = DESCRIPTION
    parser.epilog = EXIT_CODES
    parser.add_argument("file", metavar="FILE", help="a GraphQL document; - is standard input")
    parser.add_argument("--operation", metavar="NAME", help="which of the document's operations, if there are several")
    parser.add_argument("--var", metavar="NAME=VALUE", action="append", default=[], help=VARIABLE)
    parser.add_argument("--variables", metavar="JSON", help="all variables as a JSON object, or @FILE that has one")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--url", help="a running gateway; without a path, /graphql")
    where.add_argument("--sandbox", action="store_true", help="over a simulated osu!track, without the network")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--table", action="store_true", help="print the data as tables, for people")
    shape.add_argument("--compact", action="store_true", help="print the JSON answer on one line")
    parser.add_argument("--quiet", action="store_true", help="no progress on standard error; there is none in a pipe")


CLEAR_LINE = "\r\x1b[K"


@asynccontextmanager
async def progress(
    stream: TextIO, *, shown: bool, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
) -> AsyncIterator[None]:
    """Around work that may be long: nothing for a second, then how long it has taken. Only for a terminal."""
    if not shown or not stream.isatty():
        yield
        return
    telling = asyncio.create_task(_tell(stream, sleep))
    try:
        yield
    finally:
        telling.cancel()
        await asyncio.wait([telling])


async def _tell(stream: TextIO, sleep: Callable[[float], Awaitable[object]]) -> None:
    await sleep(1)
    try:
        for seconds in count(1):
            stream.write(f"{CLEAR_LINE}asking for {seconds} s")
            stream.flush()
            await sleep(1)
    finally:
        stream.write(CLEAR_LINE)
        stream.flush()


def render_errors(answer: Answer) -> Iterator[str]:
    """Errors first, then what is served although it is old or incomplete."""
    for error in answer.errors:
        yield printable(f"error: {_at(error.path)}{error.message}{_facts(error)}")
    for warning in answer.extensions.warnings:
        yield printable(f"warning: {_at(warning.path)}{warning.message} ({warning.code})")


def _at(path: list[str | int] | None) -> str:
    return ".".join(map(str, path)) + ": " if path else ""


def _facts(error: Failure) -> str:
    code, wait_s = (error.extensions.get(name) for name in ("code", "retryAfterSeconds"))
    facts = [str(code)] if code else []
    if wait_s is not None:
        facts.append(f"try again in {wait_s} s")
    return f" ({', '.join(facts)})" if facts else ""


ERRORS, WRONG_CALL, NO_ANSWER = 1, 2, 3


def query(call: argparse.Namespace) -> int:
    """Run the operation and print what it comes to."""
    try:
        found = asyncio.run(_answered(call, asked(call.file, call.operation, call.var, call.variables)))
    except (UsageError, BadSettings) as exc:
        return _fail(exc, WRONG_CALL)
    except GatewayUnreachable as exc:
        return _fail(exc, NO_ANSWER)
    for complaint in render_errors(found):
        print(complaint, file=sys.stderr)
    # UTF-8, whatever the terminal says: JSON is nothing else.
    sys.stdout.buffer.write(_printed(found, call))
    sys.stdout.buffer.flush()
    return ERRORS if found.errors else 0


async def _answered(call: argparse.Namespace, question: Operation) -> Answer:
    settings = read_settings()
    way = running(call.url) if call.url else in_process(settings, sandbox=call.sandbox)
    async with way as gateway, progress(sys.stderr, shown=not call.quiet):
        return await answer(gateway, question, token=QuerySettings().token)


def _printed(found: Answer, call: argparse.Namespace) -> bytes:
    if call.table:
        return tables(found.data).encode() if found.data else b""
    return msgspec.json.format(found.content, indent=-1 if call.compact else 2) + b"\n"


def _fail(reason: Exception, code: int) -> int:
    print(f"error: {reason}", file=sys.stderr)
    return code
