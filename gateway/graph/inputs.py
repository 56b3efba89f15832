"""What clients may say, and the checks that the types alone can't make; each names the argument it refuses."""

import datetime as dt
import re
from enum import Enum

import strawberry
from strawberry import ID, UNSET
from strawberry.schema_directives import OneOf

from gateway.errors import BadUserInput
from gateway.records import Mode
from gateway.store.history import Interval, Span

from .fields import documented
from .scalars import DateTime, from_timestamp, instant

MAX_USER_ID = 2**31 - 1
MAX_PAGE = 500
MAX_DAYS = 36_500
DAY_S = 86_400

_USER_ID = re.compile(r"[1-9][0-9]{0,9}")
_USERNAME = re.compile(r"[A-Za-z0-9_\[\]-](?:[A-Za-z0-9 _\[\]-]{0,13}[A-Za-z0-9_\[\]-])?")


@strawberry.enum(
    description="The four rulesets. osu!api v2 names them `osu`, `taiko`, `fruits`, `mania`;\n"
    "osu!track numbers them 0 to 3."
)
class GameMode(Enum):
    """The values are the records' modes."""

    OSU = Mode.OSU
    TAIKO = Mode.TAIKO
    CATCH = strawberry.enum_value(Mode.CATCH, description="Formerly Catch the Beat; `fruits` in osu!api v2.")
    MANIA = Mode.MANIA


@strawberry.enum(
    description="Letter grades as osu! writes them. X is SS; an H is the silver version\n"
    "(Hidden, Flashlight or Fade In)."
)
class Grade(Enum):
    """The values are what records hold."""

    XH = "XH"
    X = "X"
    SH = "SH"
    S = "S"
    A = "A"
    B = "B"
    C = "C"
    D = "D"
    F = "F"


strawberry.enum(
    Interval,
    name="Interval",
    description="How far apart thinned-out snapshots are. Buckets are UTC; weeks start on Monday.",
)


@strawberry.enum(description="The order of a list of scores. Ties are broken by beatmap ID, so paging is stable.")
class ScoreOrder(Enum):
    """How to sort is in `paging`."""

    PP_DESC = strawberry.enum_value("pp", description="Highest pp first.")
    PLAYED_AT_DESC = strawberry.enum_value("-played_at", description="Newest play first.")
    PLAYED_AT_ASC = strawberry.enum_value("played_at", description="Oldest play first.")
    RECORDED_AT_DESC = strawberry.enum_value("-recorded_at", description="Most recently recorded first.")


@documented
@strawberry.input
class DateRange:
    """From the start of `from` up to, not including, the start of `to`; UTC days. Either end may be left open."""

    from_: dt.date | None = strawberry.field(name="from", default=UNSET, description="The first day; open if left out.")
    to: dt.date | None = strawberry.field(
        default=UNSET, description="The day after the last: nothing of it is included; open if left out."
    )


@documented
@strawberry.input(directives=[OneOf()])
class Window:
    """A stretch of time: exactly one of the two fields."""

    days: int | None = strawberry.field(default=UNSET, description="The last N × 24 hours, from 1 to 36 500.")
    between: DateRange | None = strawberry.field(default=UNSET, description="A range of days.")


def user_id(text: ID, argument: str = "id") -> int:
    """The ID as a number; only plain digits, since osu!track would also take hexadecimal or spaces."""
    if not _USER_ID.fullmatch(text) or int(text) > MAX_USER_ID:
        raise BadUserInput(argument, f"`{argument}` must be a numeric osu! user ID from 1 to {MAX_USER_ID}.")
    return int(text)


def username(text: str) -> str:
    """The name, if it could be one; what osu!track does with other characters is not safe."""
    if not _USERNAME.fullmatch(text):
        raise BadUserInput("username", "`username` must be 1 to 15 letters, digits, spaces (inside) or any of `_-[]`.")
    return text


def page_size(first: int) -> int:
    """`first`, if it is one that can be asked for."""
    if not 0 <= first <= MAX_PAGE:
        raise BadUserInput("first", f"`first` must be from 0 to {MAX_PAGE}.")
    return first


def span(window: Window | None, now: float) -> Span:
    """The instants a window stands for; all time without one."""
    if not window:
        return Span()
    if window.between:
        return _between(window.between)
    if window.days is None or window.days is UNSET or not 1 <= window.days <= MAX_DAYS:
        raise BadUserInput("window", f"`window.days` must be from 1 to {MAX_DAYS}.")
    # Not before the first year there is: a hundred years ago is all time anyway.
    return Span(from_timestamp(max(now - window.days * DAY_S, 0)))


def _between(between: DateRange) -> Span:
    start, end = between.from_ or None, between.to or None
    if start and end and end <= start:
        raise BadUserInput(
            "window", "`window.between.to` must be a later day than `from`; nothing of `to` is included."
        )
    return Span(start and _midnight(start), end and _midnight(end))


def _midnight(day: dt.date) -> DateTime:
    return instant(dt.datetime.combine(day, dt.time(), dt.UTC))
