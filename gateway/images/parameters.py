"""The parameters of an image's URL: mode, series, window and theme."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple, TypeVar

from gateway.errors import BadUserInput
from gateway.records import Mode

from .series import SERIES, Series
from .themes import THEMES, Theme

V = TypeVar("V")

MAX_DAYS = 36_500
DAYS_OF_YEAR = 365
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
        """The window in words."""
        if self.days:
            years, rest = divmod(self.days, DAYS_OF_YEAR)
            amount, unit = (self.days, "day") if rest else (years, "year")
            return f"last {amount} {unit}s" if amount > 1 else f"last {unit}"
        if not self.first and not self.end:
            return "all time"
        return " ".join([*([f"from {self.first}"] if self.first else []), *([f"to {self.end}"] if self.end else [])])

    @property
    def variables(self) -> dict[str, Any]:
        """The window as an argument of the schema, and the interval of its snapshots."""
        every = None if self._length <= RAW_DAYS else "DAY" if self._length <= DAILY_DAYS else "WEEK"
        if self.days:
            return {"window": {"days": self.days}, "every": every}
        days = {"from": self.first, "to": self.end}
        return {"window": {"between": {name: f"{day}" for name, day in days.items() if day}}, "every": every}

    @property
    def _length(self) -> int:
        """The length in days, the longest possible one if an end is open."""
        if self.first and self.end:
            return (self.end - self.first).days
        return self.days or MAX_DAYS


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
