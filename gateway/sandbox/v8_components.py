"""The components of a date in V8's parser, and the time that they make."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
# The calendar repeats after 400 years.
LEAP_CYCLE_YEARS = 400
LEAP_CYCLE_DAYS = 146_097
EPOCH_DAY = date(1970, 1, 1).toordinal()

_MAX_TIME_MS = 8_640_000_000_000_000


class InvalidDate(ValueError):
    """V8 returns `Invalid Date`."""


class Zone(NamedTuple):
    """The offset from UTC. Its minutes can follow its hours."""

    sign: int = 1
    hours: int | None = None
    minutes: int | None = None

    def is_utc(self) -> bool:
        """Whether the zone is given, and UTC."""
        return self.hours == 0 and self.minutes == 0

    def expects_minutes(self, number: int) -> bool:
        """Whether this number completes the offset."""
        return self.hours is not None and self.minutes is None and number < 60

    def offset_ms(self) -> int:
        """The offset, positive in the east. V8 computes its seconds in 32 bits."""
        seconds = ((self.hours or 0) * 3600 + (self.minutes or 0) * 60) % 2**32
        if seconds >= 2**31:
            raise InvalidDate
        return self.sign * seconds * 1000


@dataclass
class Components:
    """The components in the order of their appearance, so far."""

    is_iso: bool = False
    date: list[int] = field(default_factory=list)
    month: int | None = None
    time: list[int] = field(default_factory=list)
    noon_offset: int | None = None
    zone: Zone = field(default_factory=Zone)

    def time_ms(self) -> int:
        """The Unix time in milliseconds. Missing components of a date are 1, those of a time 0."""
        year, month, day = self._year_month_day()
        if not (1 <= month <= 12 and 1 <= day <= 31):
            raise InvalidDate
        time_ms = _days_since_1970(year, month, day) * DAY_MS + self._time_of_day_ms() - self.zone.offset_ms()
        if abs(time_ms) > _MAX_TIME_MS:
            raise InvalidDate
        return time_ms

    def _year_month_day(self) -> tuple[int, int, int]:
        if not self.date:
            raise InvalidDate
        first, second, third = [*self.date, 1, 1][:3]
        if self.is_iso:
            return first, second, third
        is_day_first = 1 <= first <= 31
        if self.month is not None:
            year, day = (second, first) if is_day_first else (first, second)
            return _full_year(year), self.month, day
        if is_day_first:
            return _full_year(third), first, second
        return _full_year(first), second, third

    def _time_of_day_ms(self) -> int:
        hours, minutes, seconds, milliseconds = [*self.time, 0, 0, 0, 0][:4]
        if self.noon_offset is not None:
            if hours > 12:
                raise InvalidDate
            hours = hours % 12 + self.noon_offset
        is_time = hours < 24 and minutes < 60 and seconds < 60 and milliseconds < 1000
        if not is_time and [hours, minutes, seconds, milliseconds] != [24, 0, 0, 0]:
            raise InvalidDate
        return hours * HOUR_MS + minutes * MINUTE_MS + seconds * 1000 + milliseconds


def _days_since_1970(year: int, month: int, day: int) -> int:
    """The number of days from 1970-01-01; a day beyond its month continues in the next one."""
    cycles, year_of_cycle = divmod(year - 1, LEAP_CYCLE_YEARS)
    return cycles * LEAP_CYCLE_DAYS + date(year_of_cycle + 1, month, 1).toordinal() + day - 1 - EPOCH_DAY


def _full_year(year: int) -> int:
    if not 0 <= year <= 99:
        return year
    return year + (2000 if year < 50 else 1900)
