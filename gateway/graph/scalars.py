"""The schema's scalars. Records store them in their response format, so most are not converted."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any, NewType, TypeVar

import strawberry
from graphql import GraphQLError, ValueNode, value_from_ast_untyped
from strawberry.types.scalar import ScalarDefinition

from gateway.errors import NumberTooLarge
from gateway.records import MAX_SAFE_INTEGER

T = TypeVar("T")

BigInt = NewType("BigInt", int)
DateTime = NewType("DateTime", str)
URL = NewType("URL", str)

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})?", re.IGNORECASE
)


def _serialize_big_int(value: int) -> int:
    if -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER:
        return value
    raise NumberTooLarge(f"The value {value} from osu!track exceeds 2^53 − 1 and has no exact JSON number.")


def _reject_input(_: Any) -> Any:
    raise GraphQLError("This scalar is for output only.")


def _parse_date(value: Any) -> dt.date:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise GraphQLError("Date must be a day in UTC without a time, such as 2026-01-31.")
    try:
        return dt.date.fromisoformat(value)
    except ValueError as exc:
        raise GraphQLError(f"Date must be a day in UTC, such as 2026-01-31: {exc}.") from exc


def _parse_date_time(value: Any) -> str:
    """The instant in the format of records."""
    if isinstance(value, str) and _DATE.fullmatch(value):
        raise GraphQLError(f"DateTime must have a time of day, such as {value}T00:00:00Z.")
    if not isinstance(value, str) or not _DATE_TIME.fullmatch(value):
        raise GraphQLError("DateTime must be an instant, such as 2026-01-31T12:00:00Z.")
    try:
        moment = dt.datetime.fromisoformat(value.upper())
        if moment.tzinfo is None:
            raise GraphQLError("DateTime must have an offset from UTC, such as the Z in 2026-01-31T12:00:00Z.")
        return instant(moment)
    except (ValueError, OverflowError) as exc:
        raise GraphQLError(f"DateTime must be an instant, such as 2026-01-31T12:00:00Z: {exc}.") from exc


def _literal_parser(parse_value: Callable[[Any], T]) -> Callable[..., T]:
    """A parser of AST values; its errors have the value's location, which graphql-core omits."""

    def parse(node: ValueNode, variables: dict[str, Any] | None = None) -> T:
        try:
            return parse_value(value_from_ast_untyped(node, variables))
        except GraphQLError as exc:
            raise GraphQLError(exc.message, node) from exc

    return parse


def instant(moment: dt.datetime) -> DateTime:
    """An aware datetime in the format of records: UTC, milliseconds, `Z`."""
    return DateTime(moment.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z")


def from_timestamp(seconds: float) -> DateTime:
    """Seconds since 1970 in the format of records."""
    return instant(dt.datetime.fromtimestamp(seconds, dt.UTC))


SCALARS: Mapping[object, ScalarDefinition] = {
    BigInt: strawberry.scalar(
        name="BigInt",
        description="An integer that may exceed the 32 bits of `Int`, as a JSON number. Its range is ±(2^53 − 1), so\n"
        "that JavaScript reads it exactly. osu! score totals exceed 10^12.",
        serialize=_serialize_big_int,
        parse_value=_reject_input,
    ),
    dt.date: strawberry.scalar(
        name="Date",
        description="A calendar day in UTC, in the format `YYYY-MM-DD`.",
        specified_by_url="https://scalars.graphql.org/andimarek/local-date",
        serialize=dt.date.isoformat,
        parse_value=_parse_date,
        parse_literal=_literal_parser(_parse_date),
    ),
    DateTime: strawberry.scalar(
        name="DateTime",
        description="An instant in UTC, in RFC 3339 format with milliseconds: `2021-02-04T23:24:42.000Z`.\n"
        "Arguments may have any offset from UTC and up to nine fractional digits, which are cut to milliseconds.",
        specified_by_url="https://scalars.graphql.org/andimarek/date-time",
        serialize=str,
        parse_value=_parse_date_time,
        parse_literal=_literal_parser(_parse_date_time),
    ),
    URL: strawberry.scalar(
        name="URL", description="An absolute HTTP or HTTPS URL.", serialize=str, parse_value=_reject_input
    ),
}
