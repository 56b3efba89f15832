"""How osu!track reads `from` and `to`: as `new Date(text)` of V8 in UTC. What it cannot read, it ignores.

There are two grammars, as in V8: ISO dates, and the old free form, in which `foo 1` is January 2001.
The free form is here as far as somebody may meet it; exotic time zones are not.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import dropwhile

from gateway.sandbox.validation import Query

EARLIEST = "2000-01-01T00:00:00.000Z"
LATEST = "2800-01-01T00:00:00.000Z"

_LAST_YEAR = 275_760
_ISO = re.compile(
    r"([+-]\d{6}|\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?(?:T(\d\d:\d\d.*?)([Zz]|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)
_FREE = re.compile(r"([^:]*?)(?:\s+(\d{1,2}:\d\d[^\sZ]*)\s*Z?)?", re.ASCII | re.IGNORECASE)
_CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,3})\d*)?)?", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

Day = tuple[int, int, int]


class _NotADateError(ValueError):
    """V8 would say `Invalid Date`."""


def window(query: Query) -> tuple[str, str]:
    """The first and the last instant that count, both included, as text to compare with the rows."""
    return _instant(query, "from") or EARLIEST, _instant(query, "to") or LATEST


def v8_date(text: str) -> str | None:
    """The instant V8 reads in this, as text; None where it reads none.

    Years of six digits keep their sign, which compares with the rows as wrongly as in the real one.
    """
    try:
        return _read_iso(text) or _read_free(text.strip())
    except ValueError:
        return None


def _instant(query: Query, name: str) -> str | None:
    text = query.single(name)
    return None if text is None else v8_date(text)


def _read_iso(text: str) -> str | None:
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    year, month, day, clock, zone = match.groups()
    return _written((int(year), int(month or 1), int(day or 1)), _clock(clock) - _offset(zone))


def _read_free(text: str) -> str:
    match = _FREE.fullmatch(text)
    if match is None:
        raise _NotADateError
    date, clock = match.groups()
    words = re.findall(r"[a-z]+|\d+", date.lower().removesuffix("z"))
    numbers = [int(word) for word in words if word.isdecimal()]
    months = [_MONTHS.index(word[:3]) + 1 for word in words if word[:3] in _MONTHS]
    if not 1 <= len(numbers) <= 3 or _has_garbage_behind_a_number(words):
        raise _NotADateError
    return _written(_composed(numbers, months), _clock(clock))


def _has_garbage_behind_a_number(words: list[str]) -> bool:
    behind = dropwhile(str.isalpha, words)
    return any(word.isalpha() and word[:3] not in _MONTHS for word in behind)


def _composed(numbers: list[int], months: list[int]) -> Day:
    """Year, month and day from numbers in free order; what is missing is 1."""
    first, second, third = [*numbers, 1, 1][:3]
    year_first = not 1 <= first <= 31
    if months:
        day, year = (second, first) if year_first else (first, second)
        month = months[-1]
    else:
        year, month, day = (first, second, third) if year_first else (third, first, second)
    return _century(year), month, day


def _century(year: int) -> int:
    if year > 99:
        return year
    return year + (2000 if year < 50 else 1900)


def _clock(text: str | None) -> timedelta:
    if text is None:
        return timedelta()
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise _NotADateError
    hours, minutes, seconds, fraction = match.groups(default="0")
    time = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds))
    if time > timedelta(days=1):
        raise _NotADateError
    return time + timedelta(milliseconds=int(fraction.ljust(3, "0")))


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone in "Zz":
        return timedelta()
    ahead = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return -ahead if zone[0] == "-" else ahead


def _written(day: Day, time: timedelta) -> str:
    """The instant as text; days that a month lacks run on into the next."""
    year, month, of_month = day
    if not (abs(year) <= _LAST_YEAR and 1 <= month <= 12 and 1 <= of_month <= 31):
        raise _NotADateError
    if not 1 <= year <= 9998:
        signed = f"{year:04}" if 0 <= year <= 9999 else f"{year:+07}"
        return f"{signed}-{month:02}-{of_month:02}T00:00:00.000Z"
    at = datetime(year, month, 1, tzinfo=UTC) + timedelta(days=of_month - 1) + time
    return at.isoformat(timespec="milliseconds")[:23] + "Z"
