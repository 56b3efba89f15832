"""The parameters of an image's URL: mode, series, window and theme."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple, TypeVar

from gateway.errors import BadUserInput
from gateway.records import Mode

from .formats import MONTHS, day_of
from .series import SERIES, Series
from .themes import THEMES, Theme

V = TypeVar("V")

MAX_DAYS = 36_500
DAYS_OF_YEAR = 365
DAY = timedelta(days=1)
MODES = {mode.name.lower(): mode for mode in Mode} | {"fruits": Mode.CATCH}
# Windows up to these lengths show all snapshots, or the last of each day; longer ones the last of each week.
RAW_DAYS, DAILY_DAYS = 90, 3 * DAYS_OF_YEAR

_LAST = re.compile(r"([1-9][0-9]{0,4})([dy])", re.ASCII)
_BETWEEN = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})?\.\.([0-9]{4}-[0-9]{2}-[0-9]{2})?", re.ASCII)


class Window(NamedTuple):
    """A time window: the last `days`, or the UTC days from `first` up to, not including, `end`; None is unbounded."""

    days: int | None = None
    first: date | None = None
    end: date | None = None

    @property
    def text(self) -> str:
        """The window as in a URL."""
        if self.days:
            years, rest = divmod(self.days, DAYS_OF_YEAR)
            return f"{self.days}d" if rest else f"{years}y"
        return f"{self.first or ''}..{self.end or ''}" if self.first or self.end else "all"

    @property
    def title(self) -> str:
        """The window in words, as on pages (`windows.js`)."""
        if self.days:
            years, rest = divmod(self.days, DAYS_OF_YEAR)
            amount, unit = (self.days, "day") if rest else (years, "year")
            return f"past {amount} {unit}s" if amount > 1 else f"past {unit}"
        last = self.end and max(self.end, date.min + DAY) - DAY
        if self.first and last:
            return self._calendar_title or range_text(self.first, last)
        return f"since {day_of(self.first)}" if self.first else f"until {day_of(last)}" if last else "all time"

    def gains_text(self, start: date | None) -> str:
        """The time of gains in words. They begin on the day `start` if it is not given by the window."""
        last = self.end and max(self.end, date.min + DAY) - DAY
        if start:
            return f"from {range_text(start, last)}" if last else f"since {day_of(start)}"
        if self.days or self._calendar_title:
            return f"in {'the ' * bool(self.days)}{self.title}"
        return f"from {self.title}" if self.first and last else self.title

    @property
    def short_title(self) -> str:
        """The window in two or three words."""
        if self.first and self.end:
            days = (self.end - self.first).days
            return self._calendar_title or f"{days:,} day{'' if days == 1 else 's'}"
        return self.title

    @property
    def year(self) -> int | None:
        """The calendar year, if the window is one."""
        first, end = self.first, self.end
        return first.year if first and end and (first, end) == _year(first.year) else None

    @property
    def last_instant(self) -> str | None:
        """The last instant of a window with an end, as RFC 3339."""
        if self.end is None:
            return None
        return f"{max(self.end, date.min + DAY) - DAY}T23:59:59.999Z"

    @property
    def _calendar_title(self) -> str:
        """The name of a calendar year or month; empty for other windows."""
        if self.year or not self.first or not self.end:
            return f"{self.year or ''}"
        after = (self.first + timedelta(days=31)).replace(day=1) if self.first.year < date.max.year else None
        is_month = self.first.day == 1 and self.end == after
        return f"{MONTHS[self.first.month - 1]} {self.first.year}" if is_month else ""

    @property
    def variables(self) -> dict[str, Any]:
        """The window as an argument of the schema, and the interval of its snapshots."""
        at = {"at": self.last_instant} if self.end else {}
        every = None if self._length <= RAW_DAYS else "DAY" if self._length <= DAILY_DAYS else "WEEK"
        if self.days:
            return {"window": {"days": self.days}, "every": every}
        days = {"from": self.first, "to": self.end}
        return {"window": {"between": {name: f"{day}" for name, day in days.items() if day}}, "every": every, **at}

    @property
    def _length(self) -> int:
        """The length in days, the longest possible one if an end is open."""
        if self.first and self.end:
            return (self.end - self.first).days
        return self.days or MAX_DAYS


def range_text(first: date, last: date) -> str:
    """Two days, of which both are part of a range, in words."""
    return day_of(first) if first == last else f"{day_of(first)} to {day_of(last)}"


class ImageParameters(NamedTuple):
    """The valid parameters of an image; equal images have equal ones."""

    mode: Mode
    series: Series
    window: Window
    theme: Theme

    @property
    def text(self) -> str:
        """The canonical query string."""
        return (
            f"mode={self.mode.name.lower()}&series={self.series.name}&window={self.window.text}&theme={self.theme.name}"
        )


DEFAULTS = {"mode": "osu", "series": "rank", "window": "1y", "theme": "dark"}


def parse_parameters(given: Mapping[str, str]) -> ImageParameters:
    """The parameters of a query string; others are ignored. Raises `BadUserInput`."""
    texts = {name: given.get(name, default).lower() for name, default in DEFAULTS.items()}
    return ImageParameters(
        _choice("mode", texts["mode"], MODES),
        _choice("series", texts["series"], SERIES),
        parse_window(texts["window"]),
        _choice("theme", texts["theme"], THEMES),
    )


def parse_window(text: str) -> Window:
    """The window with this text, such as `90d`, `1y`, `all`, or `2020-01-01..2021-01-01`."""
    if text == "all":
        return Window()
    last, between = _LAST.fullmatch(text), _BETWEEN.fullmatch(text)
    if last:
        days = int(last[1]) * (DAYS_OF_YEAR if last[2] == "y" else 1)
        if days <= MAX_DAYS:
            return Window(days)
    if between and (between[1] or between[2]):
        first, end = _day(between[1]), _day(between[2])
        if not (first and end) or first < end:
            return Window(None, first, end)
    raise _invalid_window()


def _choice(name: str, text: str, values: Mapping[str, V]) -> V:
    if text not in values:
        raise BadUserInput(name, f"`{name}` must be one of: {', '.join(values)}.")
    return values[text]


def _year(year: int) -> tuple[date, date]:
    """The first day of the year and of the next one. Windows cannot end after 9999."""
    return date(year, 1, 1), date(min(year + 1, date.max.year), 1, 1)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as exc:
        raise _invalid_window() from exc


def _invalid_window() -> BadUserInput:
    return BadUserInput(
        "window",
        "`window` must be a number of days or years up to 100 years, such as `90d` or `1y`, `all`, or two UTC days with"
        " the earlier one first: `2020-01-01..2021-01-01`. Either day may be omitted.",
    )
