"""The command line: `python -m gateway`, or `osutrack-gateway`."""

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version

from .settings import BadSettings, read_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit code: 0 if all is well, 1 if not, 2 for a wrong call or wrong settings."""
    parser = argparse.ArgumentParser(prog="osutrack-gateway", description="The GraphQL gateway over osu!track.")
    parser.add_argument("--version", action="version", version=version("osutrack-gateway"))
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="serve the gateway")
    serve.add_argument("--sandbox", action="store_true", help="over a simulated osu!track, without the network")
    schema = commands.add_parser("schema", help="print the schema")
    schema.add_argument("--check", metavar="OLD", help="instead, fail if a change since this file breaks clients")
    chosen = parser.parse_args(arguments)
    try:
        return _schema(chosen.check) if chosen.command == "schema" else _serve(sandbox=chosen.sandbox)
    except BadSettings as exc:
        print(exc, file=sys.stderr)
        return 2


def _schema(old: str | None) -> int:
    from .graph.breaking import breaking_changes  # noqa: PLC0415  # only what a command needs is loaded
    from .graph.schema import sdl  # noqa: PLC0415

    if old is None:
        print(sdl(), end="")
        return 0
    changes = breaking_changes(old)
    print("\n".join(changes) or "No change breaks clients.")
    return 1 if changes else 0


def _serve(*, sandbox: bool) -> int:
    from .cli import serve  # noqa: PLC0415

    return serve(read_settings(), sandbox=sandbox)


if __name__ == "__main__":
    sys.exit(main())
