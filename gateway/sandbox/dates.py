"""The window of a request: `from` and `to`. Invalid dates are ignored (docs/osutrack.md, "Dates")."""

from __future__ import annotations

from datetime import date

from gateway.sandbox import v8_dates
from gateway.sandbox.query import Query
from gateway.sandbox.v8_components import (
    DAY_MS,
    EPOCH_DAY,
    HOUR_MS,
    LEAP_CYCLE_DAYS,
    LEAP_CYCLE_YEARS,
    MINUTE_MS,
    InvalidDate,
)

EARLIEST = "2000-01-01T00:00:00.000Z"
LATEST = "2800-01-01T00:00:00.000Z"


def window(query: Query) -> tuple[str, str]:
    """The window of `from` and `to`, both inclusive, as text that compares with the rows' timestamps."""
    return _timestamp(query, "from") or EARLIEST, _timestamp(query, "to") or LATEST


def parse_date(text: str) -> str | None:
    """The timestamp that V8 parses, formatted as in the rows; None if invalid.

    Years beyond four digits have a sign, so they compare incorrectly with the rows, as in osu!track.
    """
    try:
        return _format(v8_dates.parse(text))
    except InvalidDate:
        return None


def _timestamp(query: Query, name: str) -> str | None:
    text = query.single(name)
    return None if text is None else parse_date(text)


def _format(time_ms: int) -> str:
    days, rest = divmod(time_ms, DAY_MS)
    cycles, day = divmod(days + EPOCH_DAY, LEAP_CYCLE_DAYS)
    # The range of `date` is smaller than V8's, so the day is taken from its first leap cycle.
    at = date.fromordinal(day or LEAP_CYCLE_DAYS)
    year = at.year + LEAP_CYCLE_YEARS * (cycles if day else cycles - 1)
    signed = f"{year:04}" if 0 <= year <= 9999 else f"{year:+07}"
    hours, minutes, seconds = rest // HOUR_MS, rest // MINUTE_MS % 60, rest // 1000 % 60
    return f"{signed}-{at.month:02}-{at.day:02}T{hours:02}:{minutes:02}:{seconds:02}.{rest % 1000:03}Z"
