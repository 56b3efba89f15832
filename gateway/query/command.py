"""`gateway query`: from the call to the exit code. The answer goes to standard output, everything else to the other."""

import argparse
import asyncio
import sys

import msgspec

from gateway.settings import BadSettings, read_settings

from .complaints import complaints
from .document import Asked, WrongCall, asked
from .exchange import Answer, NoAnswer, answer, in_process, running
from .progress import progress
from .table import tables

ERRORS, WRONG_CALL, NO_ANSWER = 1, 2, 3


def query(call: argparse.Namespace) -> int:
    """Run the operation and print what it comes to."""
    try:
        found = asyncio.run(_answered(call, asked(call.file, call.operation, call.var, call.variables)))
    except (WrongCall, BadSettings) as exc:
        return _fail(exc, WRONG_CALL)
    except NoAnswer as exc:
        return _fail(exc, NO_ANSWER)
    for complaint in complaints(found):
        print(complaint, file=sys.stderr)
    # UTF-8, whatever the terminal says: JSON is nothing else.
    sys.stdout.buffer.write(_printed(found, call))
    sys.stdout.buffer.flush()
    return ERRORS if found.errors else 0


async def _answered(call: argparse.Namespace, question: Asked) -> Answer:
    settings = read_settings()
    way = running(call.url) if call.url else in_process(settings, sandbox=call.sandbox)
    async with way as gateway, progress(sys.stderr, shown=not call.quiet):
        return await answer(gateway, question, token=settings.query_token)


def _printed(found: Answer, call: argparse.Namespace) -> bytes:
    if call.table:
        return tables(found.data).encode() if found.data else b""
    return msgspec.json.format(found.content, indent=-1 if call.compact else 2) + b"\n"


def _fail(reason: Exception, code: int) -> int:
    print(f"error: {reason}", file=sys.stderr)
    return code
