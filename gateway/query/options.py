"""What can be given to `gateway query` on the command line, and what its exit codes mean."""

import argparse

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
