"""What clients are told when something fails: our errors and GraphQL's in full, anything else masked and logged."""

import logging
from typing import Any

from graphql import GraphQLError

from gateway.errors import GatewayError, entry

log = logging.getLogger(__name__)

# What a client sent may be quoted, but not all of it.
MAX_MESSAGE = 500

SYNTAX, INVALID = "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"


class RequestError(Exception):
    """A request that is not executed: errors without data."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(errors)
        self.errors = errors


def format_error(error: Exception, code: str = "BAD_USER_INPUT") -> dict[str, Any]:
    """The entry in `errors` for an exception; `code` is for those that are GraphQL's own."""
    if isinstance(error, GatewayError):
        return error.to_entry()
    if not isinstance(error, GraphQLError):
        return _masked(error)
    if code == INVALID or isinstance(error.original_error, GraphQLError | None):
        # Strawberry refuses a variable of the schema's only input object without saying where it is used.
        where = "" if error.locations or error.path else "`window`: "
        # A number of so many digits that Python refuses to read it, in words meant for programmers.
        text = "A number is too large." if isinstance(error.original_error, ValueError) else error.message
        facts = entry(code, _printable(where + text))
    else:
        facts = format_error(error.original_error)
    formatted = error.formatted
    return facts | {key: formatted[key] for key in ("locations", "path") if key in formatted}


def request_error(code: str, message: str) -> RequestError:
    """A refusal for one reason."""
    return RequestError([entry(code, message)])


def _masked(error: Exception) -> dict[str, Any]:
    log.error("unhandled exception", exc_info=error)
    return entry("INTERNAL_SERVER_ERROR", "The gateway made a mistake. It has been logged; please report it.")


def _printable(message: str) -> str:
    # Half a surrogate pair can be quoted from a variable, and is no character that could be sent.
    text = message.encode("utf-8", "replace").decode()
    return text if len(text) <= MAX_MESSAGE else text[: MAX_MESSAGE - 1] + "…"
