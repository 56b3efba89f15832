"""The command line: `python -m gateway`, or `osutrack-gateway`."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version

from .cli.query import add_options
from .settings import BadSettings

# As a shell tells that a program was ended by SIGINT, or SIGPIPE.
INTERRUPTED, BROKEN_PIPE = 130, 141

EXIT_CODES = (
    "Exit codes: 0 if all is well, 2 for a wrong call or a wrong setting, others if not; `query` tells them apart."
)
SERVE = """Serve the gateway until it is interrupted. The port and everything else are settings: variables of the
environment that begin with GATEWAY_. The command `settings` lists them."""
SCHEMA = """Print the schema. With --check, print instead which changes since an older schema break clients: exit code 1
if there are any."""
SETTINGS = """Print every setting: its value, what it means, its default, and where the value is from: the environment,
the file .env or the default."""
DOCTOR = """Send osu!track up to four reads, none of which can be an update, and print what in its answers is not as
expected: exit code 1 if anything is not."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit code: 0 if all is well, 1 if not, 2 for a wrong call or wrong settings."""
    try:
        code = _run(_parser().parse_args(arguments))
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more at its end, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    return code


def _run(chosen: argparse.Namespace) -> int:
    if chosen.command == "query":
        return _query(chosen)
    from .cli import commands  # noqa: PLC0415  # `--help` and a wrong call answer at once

    try:
        match chosen.command:
            case "serve":
                return commands.serve(sandbox=chosen.sandbox)
            case "schema":
                return commands.schema(chosen.check)
            case "settings":
                return commands.settings()
            case _:
                return commands.doctor()
    except BadSettings as exc:
        print(exc, file=sys.stderr)
        return 2


def _query(call: argparse.Namespace) -> int:
    try:
        from .cli.query import query  # noqa: PLC0415  # as above; and an interrupt can come at any moment

        return query(call)
    except KeyboardInterrupt:
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="osutrack-gateway", description="The GraphQL gateway over osu!track.", epilog=EXIT_CODES
    )
    parser.add_argument("--version", action="version", version=version("osutrack-gateway"))
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="serve the gateway", description=SERVE)
    serve.add_argument("--sandbox", action="store_true", help="over a simulated osu!track, without the network")
    schema = commands.add_parser("schema", help="print the schema", description=SCHEMA)
    schema.add_argument("--check", metavar="OLD", help="instead, fail if a change since this file breaks clients")
    commands.add_parser("settings", help="print every setting, its value and where that is from", description=SETTINGS)
    commands.add_parser("doctor", help="ask osu!track four things, and tell what has changed", description=DOCTOR)
    add_options(commands.add_parser("query", help="run an operation and print its answer"))
    return parser


if __name__ == "__main__":
    sys.exit(main())
