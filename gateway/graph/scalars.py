"""The scalars. Records hold them in the form in which they go out, so most pass unchanged."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any, NewType, TypeVar

import strawberry
from graphql import GraphQLError, ValueNode, value_from_ast_untyped
from strawberry.types.scalar import ScalarDefinition

from gateway.errors import NumberTooLarge

T = TypeVar("T")

BigInt = NewType("BigInt", int)
DateTime = NewType("DateTime", str)
URL = NewType("URL", str)

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?", re.IGNORECASE
)

MAX_SAFE_INTEGER = 2**53 - 1


def _exact(value: int) -> int:
    if -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER:
        return value
    raise NumberTooLarge(f"osu!track's value {value} is beyond 2^53 − 1 and can't be sent as an exact JSON number.")


def _no_input(_: Any) -> Any:
    raise GraphQLError("This scalar is not used for input.")


def _date(value: Any) -> dt.date:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise GraphQLError("Date must be a day in UTC like 2026-01-31.")
    try:
        return dt.date.fromisoformat(value)
    except ValueError as exc:
        raise GraphQLError(f"Date must be a day in UTC like 2026-01-31: {exc}.") from exc


def _instant(value: Any) -> str:
    """The same moment in the form records have."""
    if not isinstance(value, str) or not _DATE_TIME.fullmatch(value):
        raise GraphQLError("DateTime must be an instant like 2026-01-31T12:00:00Z.")
    try:
        moment = dt.datetime.fromisoformat(value.upper())
        if moment.tzinfo is None:
            raise GraphQLError("DateTime needs an offset from UTC, as in 2026-01-31T12:00:00Z.")
        return instant(moment)
    except (ValueError, OverflowError) as exc:
        raise GraphQLError(f"DateTime must be an instant like 2026-01-31T12:00:00Z: {exc}.") from exc


def _literal(parse_value: Callable[[Any], T]) -> Callable[..., T]:
    """The same for a value in the document, whose place graphql-core would not tell by itself."""

    def parse(node: ValueNode, variables: dict[str, Any] | None = None) -> T:
        try:
            return parse_value(value_from_ast_untyped(node, variables))
        except GraphQLError as exc:
            raise GraphQLError(exc.message, node) from exc

    return parse


def instant(moment: dt.datetime) -> DateTime:
    """An aware datetime as records and responses have it: UTC, milliseconds, `Z`."""
    return DateTime(moment.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z")


def from_timestamp(seconds: float) -> DateTime:
    """The same for seconds since 1970."""
    return instant(dt.datetime.fromtimestamp(seconds, dt.UTC))


SCALARS: Mapping[object, ScalarDefinition] = {
    BigInt: strawberry.scalar(
        name="BigInt",
        description="A whole number too large for `Int` (32 bit). Always written as a JSON number, never beyond\n"
        "±(2^53 − 1), so JavaScript reads it exactly. osu! score totals run past 10^12.",
        serialize=_exact,
        parse_value=_no_input,
    ),
    dt.date: strawberry.scalar(
        name="Date",
        description="A calendar day in UTC, `YYYY-MM-DD`.",
        specified_by_url="https://scalars.graphql.org/andimarek/local-date",
        serialize=dt.date.isoformat,
        parse_value=_date,
        parse_literal=_literal(_date),
    ),
    DateTime: strawberry.scalar(
        name="DateTime",
        description="An instant in UTC, RFC 3339 with milliseconds and a `Z`: `2021-02-04T23:24:42.000Z`.\n"
        "As an argument, with any offset from UTC.",
        specified_by_url="https://scalars.graphql.org/andimarek/date-time",
        serialize=str,
        parse_value=_instant,
        parse_literal=_literal(_instant),
    ),
    URL: strawberry.scalar(name="URL", description="An absolute http(s) URL.", serialize=str, parse_value=_no_input),
}
