"""Input types and enums, and the validation of arguments beyond their types; errors name the argument."""

import datetime as dt
import re
from enum import Enum
from functools import lru_cache
from typing import Annotated

import strawberry
from strawberry import ID, UNSET
from strawberry.schema_directives import OneOf

from gateway.errors import BadUserInput
from gateway.records import Mode
from gateway.store.history import Span
from gateway.store.periods import Interval
from gateway.store.snapshot_match import SnapshotMatch

from .fields import documented, frozen
from .scalars import DateTime, from_timestamp, instant
from .strawberry_compat import describe_enum_values

MAX_USER_ID = 2**31 - 1
MAX_DAYS = 36_500
DAY_S = 86_400

# Of a text from the client that a message repeats.
MAX_QUOTED = 40

_USER_ID = re.compile(r"[1-9][0-9]{0,9}")
_USERNAME = re.compile(r"[A-Za-z0-9_\[\]-](?:[A-Za-z0-9 _\[\]-]{0,13}[A-Za-z0-9_\[\]-])?")


@strawberry.enum(
    description="The four rulesets, which osu!api v2 names `osu`, `taiko`, `fruits` and `mania`,\n"
    "and osu!track numbers 0 to 3."
)
class GameMode(Enum):
    """Values are the modes of records."""

    OSU = Mode.OSU
    TAIKO = Mode.TAIKO
    CATCH = Mode.CATCH
    MANIA = Mode.MANIA


describe_enum_values(
    GameMode,
    {
        "OSU": "osu!standard: circles, sliders and spinners.",
        "TAIKO": "osu!taiko: drums.",
        "CATCH": "Formerly Catch the Beat; `fruits` in osu!api v2.",
        "MANIA": "osu!mania: falling notes on several keys.",
    },
)


@strawberry.enum(
    description="Letter grades as in osu!. X is SS. XH and SH are the silver versions of X and S,\n"
    "for plays with Hidden, Flashlight or Fade In."
)
class Grade(Enum):
    """Values are the grades of records."""

    XH = "XH"
    X = "X"
    SH = "SH"
    S = "S"
    A = "A"
    B = "B"
    C = "C"
    D = "D"
    F = "F"


describe_enum_values(
    Grade,
    {
        "XH": "Silver SS: X with Hidden, Flashlight or Fade In.",
        "X": "SS: accuracy 100 %.",
        "SH": "Silver S: S with Hidden, Flashlight or Fade In.",
        "S": "S: the best grade below SS.",
        "A": "A: below S.",
        "B": "B: below A.",
        "C": "C: below B.",
        "D": "D: the lowest grade of a passed play.",
        "F": "F: a failed play.",
    },
)
strawberry.enum(
    Interval,
    name="Interval",
    description="The length of calendar periods, for thinned snapshots and for gains. Periods are in UTC; weeks start\n"
    "on Monday.",
)
describe_enum_values(
    Interval,
    {
        "DAY": "A day, from midnight UTC.",
        "WEEK": "A week, from Monday, midnight UTC.",
        "MONTH": "A calendar month, from its first day, midnight UTC.",
        "YEAR": "A calendar year, from 1 January, midnight UTC.",
    },
)

strawberry.enum(
    SnapshotMatch,
    name="SnapshotMatch",
    description="The snapshot that is selected for an instant. One at the instant itself always matches.",
)
describe_enum_values(
    SnapshotMatch,
    {
        "BEFORE": "The newest snapshot before the instant; null if there is none.",
        "NEAREST": "The snapshot with the shortest distance in time; of two with the same distance, the earlier one.\n"
        "Null only if there are no snapshots.",
        "AFTER": "The oldest snapshot after the instant; null if there is none.",
    },
)


@strawberry.enum(description="The order of a list of scores. Ties are broken by beatmap ID, so that paging is stable.")
class ScoreOrder(Enum):
    """The sort keys are in `types/paging.py`."""

    PP_DESC = strawberry.enum_value("pp", description="Highest pp first.")
    PLAYED_AT_DESC = strawberry.enum_value("-played_at", description="Newest play first.")
    PLAYED_AT_ASC = strawberry.enum_value("played_at", description="Oldest play first.")
    RECORDED_AT_DESC = strawberry.enum_value("-recorded_at", description="Most recently recorded first.")


PlayerID = Annotated[ID, strawberry.argument(description="The numeric osu! user ID, from 1 to 2147483647.")]
PlayerIDs = Annotated[list[ID], strawberry.argument(description="Numeric osu! user IDs, each from 1 to 2147483647.")]
PlayerName = Annotated[str, strawberry.argument(description="The osu! username, of up to 15 characters.")]
Ruleset = Annotated[GameMode, strawberry.argument(description="The ruleset.")]
Rulesets = Annotated[list[GameMode], strawberry.argument(description="The rulesets, at most four.")]
OrderBy = Annotated[ScoreOrder, strawberry.argument(description="The order of the list.")]


@documented
@frozen
@strawberry.input
class DateRange:
    """A range of UTC days, from `from` (included) to `to` (excluded). Either end may be omitted."""

    from_: dt.date | None = strawberry.field(
        name="from", default=UNSET, description="The first day. Unbounded if omitted."
    )
    to: dt.date | None = strawberry.field(
        default=UNSET, description="The day after the last day. Unbounded if omitted."
    )


@documented
@frozen
@strawberry.input(directives=[OneOf()])
class Window:
    """A time window. Exactly one of the fields must be set."""

    days: int | None = strawberry.field(default=UNSET, description="The last N × 24 hours. N is from 1 to 36,500.")
    between: DateRange | None = strawberry.field(default=UNSET, description="A range of UTC days.")


def quoted(text: str) -> str:
    """A text from the client for a message: shortened, and without characters that cannot be shown."""
    shown = text if len(text) <= MAX_QUOTED else text[: MAX_QUOTED - 1] + "…"
    return f"“{''.join(char if char.isprintable() else '�' for char in shown)}”"


def user_id(text: str, argument: str = "id", index: int | None = None) -> int:
    """The ID as a number. Only digits are accepted: osu!track would also accept hexadecimal and spaces.

    `index` is the place in a list of IDs.
    """
    try:
        return _number(text)
    except ValueError:
        place = argument if index is None else f"{argument}[{index}]"
        advice = " To find a player by name, use `userByName`." if is_username(text) else ""
        message = f"`{place}` must be a numeric osu! user ID from 1 to {MAX_USER_ID}, not {quoted(text)}.{advice}"
        raise BadUserInput(argument, message) from None


@lru_cache(maxsize=4096)
def _number(text: str) -> int:
    if not _USER_ID.fullmatch(text) or int(text) > MAX_USER_ID:
        raise ValueError
    return int(text)


def is_username(text: str) -> bool:
    """Whether a text has the form of an osu! user name, and is not a number."""
    return bool(_USERNAME.fullmatch(text)) and not text.isdecimal()


def username(text: str) -> str:
    """The name, if it has the form of an osu! user name (docs/osutrack.md, "User names")."""
    if not _USERNAME.fullmatch(text):
        raise BadUserInput(
            "username", "`username` must have 1 to 15 characters: letters, digits, `_-[]`, and inner spaces."
        )
    return text


def span(window: Window | None, now: float) -> Span:
    """The instants of a window; all time without one."""
    if not window:
        return Span()
    if window.between:
        return _between(window.between)
    if window.days is None or window.days is UNSET or not 1 <= window.days <= MAX_DAYS:
        raise BadUserInput("window", f"`window.days` must be from 1 to {MAX_DAYS}.")
    # The start is clipped to 1970, before all data, since 100 years may exceed the range of timestamps.
    return Span(from_timestamp(max(now - window.days * DAY_S, 0)))


def _between(between: DateRange) -> Span:
    start, end = between.from_ or None, between.to or None
    if start and end and end <= start:
        raise BadUserInput("window", "`window.between.to` must be later than `from`, as the day `to` is excluded.")
    return Span(start and _midnight(start), end and _midnight(end))


def _midnight(day: dt.date) -> DateTime:
    return instant(dt.datetime.combine(day, dt.time(), dt.UTC))
