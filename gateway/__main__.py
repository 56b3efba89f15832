"""The command line: `python -m gateway`, or `osutrack-gateway`.

The commands are imported inside functions, so that `--help` and usage errors respond at once.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version

from .cli import streams

# The exit code of a shell for programs ended by SIGINT.
INTERRUPTED = 130
SHELLS = ("bash", "zsh", "fish", "tcsh", "powershell")
SERVE_SETTINGS = ("host", "port", "workers")
MAX_USER_ID = 2**31 - 1

EXIT_CODES = (
    "Exit codes: 0 on success, 1 on failure, 2 for a usage error or an invalid setting. `query` has further ones."
)
SERVE = """Serve the gateway until interrupted. Settings are environment variables that begin with GATEWAY_; the command
`settings` lists them."""
SCHEMA = """Print the schema. With --check, print the changes since an older schema: those that break clients, and those
that can change the results of their operations (dangerous). The exit code is 1 if any is breaking."""
SETTINGS = """Print every setting with its value, meaning, default, and the source of its value: the environment, the
file .env, or the default."""
DOCTOR = """Send up to four reads to osu!track and report every failure and every unexpected field or value, risky
settings, and, if they are configured, faults of Redis and the edge cache; the exit code is 1 if there are any. None of
the reads can start an update."""
QUERY = """\
Run an operation and print the response. Without --url, a gateway is started for this one call: its cache is empty,
and updates need no token. GATEWAY_QUERY_TOKEN is the bearer token for a gateway with --url.
"""
QUERY_EXIT_CODES = """\
exit codes:
  0    the response has data and no errors
  1    the response has errors, or stdout can't be written
  2    usage error or invalid setting
  3    the gateway is unreachable, or its response is not GraphQL
  130  interrupted
  141  stdout was closed early (e.g. by `head`)
"""
COMPLETION = """Print a script for tab completion in this shell, such as
`osutrack-gateway completion bash > ~/.local/share/bash-completion/completions/osutrack-gateway`."""
VARIABLE = (
    "a variable, parsed as its declared type: text for ID, String, enums and dates; JSON for other scalars and for"
    " objects; for a list, repeat the option or pass JSON"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    return streams.run(lambda: _run(_parser().parse_args(arguments)))


def _run(options: argparse.Namespace) -> int:  # noqa: PLR0911 - one per command
    if options.command == "query":
        return _query(options)
    if options.command == "serve":
        return _serve(options)
    from .settings import BadSettings  # noqa: PLC0415

    try:
        from .cli import commands  # noqa: PLC0415

        match options.command:
            case "schema":
                return commands.schema(options.check, strict=options.strict)
            case "settings":
                return commands.settings()
            case "completion":
                return commands.completion(_parser(), options.shell)
            case _:
                from .cli.doctor import doctor  # noqa: PLC0415

                return doctor(options.user, as_json=options.json)
    except BadSettings as exc:
        print(exc, file=sys.stderr)
        return 2


def _serve(options: argparse.Namespace) -> int:
    from .cli.process import handle_signals, keep_freed_memory, print_error, replace_closed_streams  # noqa: PLC0415
    from .settings import BadSettings  # noqa: PLC0415

    replace_closed_streams()
    handle_signals()
    keep_freed_memory()
    try:
        from .cli.commands import serve  # noqa: PLC0415

        overrides = {name: vars(options)[name] for name in SERVE_SETTINGS if vars(options)[name] is not None}
        return serve(overrides, sandbox=options.sandbox)
    except BadSettings as exc:
        print_error(exc)
        return 2
    except KeyboardInterrupt:
        return 0


def _query(options: argparse.Namespace) -> int:
    try:
        # The import is interruptible too.
        from .cli.query import query  # noqa: PLC0415

        return query(options)
    except KeyboardInterrupt:
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="osutrack-gateway", description="A GraphQL gateway for osu!track.", epilog=EXIT_CODES
    )
    parser.add_argument("--version", action="version", version=version("osutrack-gateway"))
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="serve the gateway", description=SERVE)
    serve.add_argument("--sandbox", action="store_true", help="use a simulated osu!track, without network access")
    for name in SERVE_SETTINGS:
        serve.add_argument(f"--{name}", help=f"overrides GATEWAY_{name.upper()}")
    schema = commands.add_parser("schema", help="print the schema", description=SCHEMA)
    schema.add_argument("--check", metavar="OLD", help="compare with the schema in this file")
    schema.add_argument("--strict", action="store_true", help="exit with 1 if a change is only dangerous, too")
    commands.add_parser("settings", help="print every setting and its value", description=SETTINGS)
    doctor = commands.add_parser("doctor", help="compare osu!track's responses with its known API", description=DOCTOR)
    doctor.add_argument(
        "--user", metavar="ID", type=_user_id, help="the player to read; by default, one of the best plays"
    )
    doctor.add_argument("--json", action="store_true", help="print an object with a list of findings per subject")
    _add_query(commands)
    completion = commands.add_parser("completion", help="print a shell's completion script", description=COMPLETION)
    completion.add_argument("shell", choices=SHELLS)
    return parser


def _user_id(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= MAX_USER_ID):
        raise argparse.ArgumentTypeError(f"must be a numeric osu! user ID from 1 to {MAX_USER_ID}")
    return int(text)


def _add_query(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "query",
        help="run an operation and print the response",
        description=QUERY,
        epilog=QUERY_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE", help="a GraphQL document; - is standard input")
    parser.add_argument("--operation", metavar="NAME", help="the operation to run, if the document has several")
    parser.add_argument("--var", metavar="NAME=VALUE", action="append", default=[], help=VARIABLE)
    parser.add_argument("--variables", metavar="JSON", help="all variables as a JSON object, or @FILE with one")
    target = parser.add_mutually_exclusive_group()
    target.add_argument("--url", help="a running gateway; the default path is /graphql")
    target.add_argument("--sandbox", action="store_true", help="use a simulated osu!track, without network access")
    parser.add_argument(
        "--output",
        choices=("json", "ndjson", "csv", "table"),
        default="json",
        help="json is the whole response; ndjson and csv are the rows of one list, table is all data",
    )
    parser.add_argument("--table", dest="output", action="store_const", const="table", help="short for --output table")
    parser.add_argument("--rows", metavar="PATH", help="the list for ndjson and csv, such as user.stats.snapshots")
    parser.add_argument("--compact", action="store_true", help="print the JSON response on one line")
    parser.add_argument("--quiet", action="store_true", help="show no progress on the terminal")


if __name__ == "__main__":
    sys.exit(main())
