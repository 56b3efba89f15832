"""Parsing of `from` and `to` as in osu!track: `new Date(text)` of V8 in UTC. Invalid dates are ignored.

V8 has two grammars: ISO dates, and a legacy free format in which `foo 1` is January 2001. The free format is covered
for plausible input only, without time zones. See docs/osutrack.md, "Dates".
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import dropwhile

from gateway.sandbox.validation import Query

EARLIEST = "2000-01-01T00:00:00.000Z"
LATEST = "2800-01-01T00:00:00.000Z"

_MAX_YEAR = 275_760
_ISO = re.compile(
    r"([+-]\d{6}|\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?(?:T(\d\d:\d\d.*?)([Zz]|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)
_FREE_FORMAT = re.compile(r"([^:]*?)(?:\s+(\d{1,2}:\d\d[^\sZ]*)\s*Z?)?", re.ASCII | re.IGNORECASE)
_TIME = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,3})\d*)?)?", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

Date = tuple[int, int, int]


class _InvalidDate(ValueError):
    """V8 returns `Invalid Date`."""


def window(query: Query) -> tuple[str, str]:
    """The window of `from` and `to`, both inclusive, as text that compares with the rows' timestamps."""
    return _timestamp(query, "from") or EARLIEST, _timestamp(query, "to") or LATEST


def parse_date(text: str) -> str | None:
    """The timestamp that V8 parses, formatted as in the rows; None if invalid.

    Years beyond four digits have a sign, so they compare incorrectly with the rows, as in osu!track.
    """
    try:
        return _parse_iso(text) or _parse_free(text.strip())
    except ValueError:
        return None


def _timestamp(query: Query, name: str) -> str | None:
    text = query.single(name)
    return None if text is None else parse_date(text)


def _parse_iso(text: str) -> str | None:
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    year, month, day, time, zone = match.groups()
    return _format((int(year), int(month or 1), int(day or 1)), _parse_time(time) - _parse_offset(zone))


def _parse_free(text: str) -> str:
    match = _FREE_FORMAT.fullmatch(text)
    if match is None:
        raise _InvalidDate
    date, time = match.groups()
    words = re.findall(r"[a-z]+|\d+", date.lower().removesuffix("z"))
    numbers = [int(word) for word in words if word.isdecimal()]
    months = [_MONTHS.index(word[:3]) + 1 for word in words if word[:3] in _MONTHS]
    if not 1 <= len(numbers) <= 3 or _has_unknown_word_after_number(words):
        raise _InvalidDate
    return _format(_to_day(numbers, months), _parse_time(time))


def _has_unknown_word_after_number(words: list[str]) -> bool:
    from_number = dropwhile(str.isalpha, words)
    return any(word.isalpha() and word[:3] not in _MONTHS for word in from_number)


def _to_day(numbers: list[int], months: list[int]) -> Date:
    """Year, month and day from numbers in free order; missing numbers are 1."""
    first, second, third = [*numbers, 1, 1][:3]
    year_first = not 1 <= first <= 31
    if months:
        day, year = (second, first) if year_first else (first, second)
        month = months[-1]
    else:
        year, month, day = (first, second, third) if year_first else (third, first, second)
    return _full_year(year), month, day


def _full_year(year: int) -> int:
    if year > 99:
        return year
    return year + (2000 if year < 50 else 1900)


def _parse_time(text: str | None) -> timedelta:
    if text is None:
        return timedelta()
    match = _TIME.fullmatch(text)
    if match is None:
        raise _InvalidDate
    hours, minutes, seconds, fraction = match.groups(default="0")
    time = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds))
    if time > timedelta(days=1):
        raise _InvalidDate
    return time + timedelta(milliseconds=int(fraction.ljust(3, "0")))


def _parse_offset(zone: str | None) -> timedelta:
    if zone is None or zone in "Zz":
        return timedelta()
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return -offset if zone[0] == "-" else offset


def _format(date: Date, time: timedelta) -> str:
    """The timestamp as text. Days beyond the end of a month continue in the next month."""
    year, month, day = date
    if not (abs(year) <= _MAX_YEAR and 1 <= month <= 12 and 1 <= day <= 31):
        raise _InvalidDate
    if not 1 <= year <= 9998:
        signed = f"{year:04}" if 0 <= year <= 9999 else f"{year:+07}"
        return f"{signed}-{month:02}-{day:02}T00:00:00.000Z"
    at = datetime(year, month, 1, tzinfo=UTC) + timedelta(days=day - 1) + time
    return at.isoformat(timespec="milliseconds")[:23] + "Z"
