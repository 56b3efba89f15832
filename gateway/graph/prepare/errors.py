"""Error entries of responses: gateway and GraphQL errors in full; other exceptions are logged and masked."""

import logging
import re
from typing import Any

from graphql import GraphQLError, parse

from gateway.errors import GatewayError, entry

log = logging.getLogger(__name__)

# Values in graphql-core's messages, as Python writes and as GraphQL writes them.
GRAPHQL_VALUES = {"None": "null", "True": "true", "False": "false"}
PYTHON_VALUE = re.compile(r"(?<![\w'\"])(None|True|False)(?![\w'\"])")
# Values that osu! players write, and those of the schema, by enum.
ENUM_VALUES = {
    "Grade": {"SS": "`X` (SS) or `XH` (silver SS)", "SSH": "`XH`", "XS": "`X`"},
    "GameMode": {"FRUITS": "`CATCH`", "CTB": "`CATCH`", "STD": "`OSU`", "STANDARD": "`OSU`", "OSU!": "`OSU`"},
}
UNKNOWN_VALUE = re.compile(r"(Value '([^']*)' does not exist in '(\w+)' enum\.)( Did you mean [^?]*\?)?")
ENUM_SUGGESTION = re.compile(r"(Did you mean) the enum values? ")
# Names and types: in backquotes, as in the gateway's own messages.
QUOTED = re.compile(r"(?<![\w'])'([^'`\n]{1,100})'(?![\w'])")
# Limits quotations of client input in messages.
MAX_MESSAGE = 500

SYNTAX, INVALID = "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"


class RequestError(Exception):
    """A request that is rejected before execution: errors without data."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(errors)
        self.errors = errors


def format_error(error: Exception, code: str = "BAD_USER_INPUT") -> dict[str, Any]:
    """The entry in `errors` for an exception; `code` applies to errors of graphql-core."""
    if isinstance(error, GatewayError):
        return error.to_entry()
    if not isinstance(error, GraphQLError):
        return _mask(error)
    if code == INVALID or isinstance(error.original_error, GraphQLError | None):
        # Python refuses to parse numbers with thousands of digits; its message is for programmers.
        text = "A number is too large." if isinstance(error.original_error, ValueError) else error.message
        formatted = entry(code, _printable(_in_graphql(text)))
    else:
        formatted = format_error(error.original_error)
    position = error.formatted
    return formatted | {key: position[key] for key in ("locations", "path") if key in position}


def request_error(code: str, message: str) -> RequestError:
    """A rejection with a single error."""
    return RequestError([entry(code, message)])


def _mask(error: Exception) -> dict[str, Any]:
    log.error("unhandled exception", exc_info=error)
    return entry("INTERNAL_SERVER_ERROR", "Internal error. It has been logged; please report it.")


def _in_graphql(text: str) -> str:
    """A message of graphql-core with values as in GraphQL, with the right suggestions, and in the gateway's form."""
    text = UNKNOWN_VALUE.sub(_suggest, PYTHON_VALUE.sub(lambda match: GRAPHQL_VALUES[match[0]], text))
    return QUOTED.sub(r"`\1`", ENUM_SUGGESTION.sub(r"\1 ", text)).replace("<EOF>", "the end of the document")


def _suggest(match: re.Match[str]) -> str:
    known = ENUM_VALUES.get(match[3], {}).get(match[2].upper())
    return f"{match[1]} Did you mean {known}?" if known else match[0]


def _printable(message: str) -> str:
    # A message may quote half a surrogate pair from a variable, which UTF-8 cannot encode.
    text = message.encode("utf-8", "replace").decode()
    return text if len(text) <= MAX_MESSAGE else text[: MAX_MESSAGE - 1] + "…"


def syntax_fault(text: str) -> str | None:
    """The reason why a text is not a GraphQL document."""
    try:
        parse(text, no_location=True)
    except GraphQLError as exc:
        return exc.message
    return None
