"""The date grammar of V8's `new Date(text)`, with UTC as the local time zone.

V8 reads an ISO date, and continues in a free format at the first token that is not ISO: there, `foo 1` is 1 January
2001. The rules below are those of V8 token by token, because a request with an unusual date is answered, not refused.
"""

from __future__ import annotations

import re

from gateway.sandbox.v8_components import Components, InvalidDate, Zone
from gateway.sandbox.v8_tokens import Token, milliseconds, tokens

_ISO_TIME = re.compile(
    r"(?:([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d+))?)?|(24):00(?::00(?:\.0+)?)?)"
    r"(?:[Zz]|([+-])([01]\d|2[0-3]):?([0-5]\d))?",
    re.ASCII,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONES = {"z": 0, "ut": 0, "utc": 0, "gmt": 0} | {
    f"{zone}{kind}": -hours - (kind == "st")
    for zone, hours in {"e": 4, "c": 5, "m": 6, "p": 7}.items()
    for kind in ("st", "dt")
}


def parse(text: str) -> int:
    """The Unix time in milliseconds. Raises `InvalidDate`."""
    return _Parser(text).parse().time_ms()


class _Parser:
    """A parser for one text. Components are collected in the order of their appearance."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self._position = 0
        self._has_number = False
        self._components = Components()

    def parse(self) -> Components:
        """The components of the whole text."""
        self._components.is_iso = self._read_iso()
        if not self._components.is_iso:
            self._read_free_format()
        return self._components

    def _peek(self) -> Token:
        return self._tokens[self._position]

    def _next(self) -> Token:
        token = self._tokens[self._position]
        self._position += token.kind != "end"
        return token

    def _skip(self, symbol: str) -> bool:
        found = self._peek().text == symbol
        self._position += found
        return found

    def _read_iso(self) -> bool:
        """Read an ISO date; False at the first token that is not ISO. A wrong ISO time is an error."""
        if not self._read_iso_date():
            return False
        if not self._peek().is_word("t"):
            return self._peek().kind == "end"
        self._read_iso_time(self._next().rest)
        return True

    def _read_iso_date(self) -> bool:
        """Read the year, month and day in their fixed width; False if one of them is different."""
        sign = self._peek().text if self._peek().text in {"+", "-"} else ""
        self._position += bool(sign)
        if not self._peek().is_number(6 if sign else 4):
            return False
        year = self._next().number
        if sign == "-" and year == 0:
            return False
        self._components.date.append(-year if sign == "-" else year)
        return self._read_iso_month_or_day(12) and self._read_iso_month_or_day(31)

    def _read_iso_month_or_day(self, highest: int) -> bool:
        if not self._skip("-"):
            return True
        if not (self._peek().is_number(2) and 1 <= self._peek().number <= highest):
            return False
        self._components.date.append(self._next().number)
        return True

    def _read_iso_time(self, text: str) -> None:
        match = _ISO_TIME.fullmatch(text)
        if match is None:
            raise InvalidDate
        hours, minutes, seconds, fraction, midnight, sign, zone_hours, zone_minutes = match.groups(default="0")
        self._components.time = [int(hours) + int(midnight), int(minutes), int(seconds), milliseconds(fraction)]
        self._components.zone = Zone(-1 if sign == "-" else 1, int(zone_hours), int(zone_minutes))

    def _read_free_format(self) -> None:
        self._has_number = bool(self._components.date)
        while (token := self._next()).kind != "end":
            if token.kind == "number":
                self._add_number(token.number)
            elif token.kind == "word":
                self._add_word(token.text)
            elif token.text in {"+", "-"} and (self._components.time or self._components.zone.is_utc()):
                self._add_offset(token.text)
            elif token.text in {"+", "-", ")"} and self._has_number:
                raise InvalidDate

    def _add_number(self, number: int) -> None:
        self._has_number = True
        if self._skip(":"):
            self._add_time_before_colon(number)
        elif self._skip(".") and self._expects_time(number):
            self._add_seconds_with_fraction(number)
        elif self._components.zone.expects_minutes(number):
            self._components.zone = self._components.zone._replace(minutes=number)
        elif self._expects_time(number):
            self._add_last_time(number)
        else:
            self._add_date(number)

    def _add_time_before_colon(self, number: int) -> None:
        is_double = self._skip(":")
        if len(self._components.time) == 4 or (is_double and self._components.time):
            raise InvalidDate
        self._components.time += [number, 0] if is_double else [number]
        if not is_double:
            self._skip(".")

    def _add_seconds_with_fraction(self, number: int) -> None:
        if self._peek().kind != "number":
            raise InvalidDate
        self._complete_time(number, milliseconds(self._next().text))

    def _add_last_time(self, number: int) -> None:
        self._complete_time(number)
        after = self._peek()
        if not (after.kind in {"end", "space"} or after.is_word("z") or after.text in {"+", "-"}):
            raise InvalidDate

    def _complete_time(self, *last: int) -> None:
        self._components.time = [*self._components.time, *last, 0, 0, 0][:4]

    def _expects_time(self, number: int) -> bool:
        return number < {1: 60, 2: 60, 3: 1000}.get(len(self._components.time), 0)

    def _add_date(self, number: int) -> None:
        if len(self._components.date) == 3:
            raise InvalidDate
        self._components.date.append(number)
        self._skip("-")

    def _add_word(self, word: str) -> None:
        keyword = "".join(chr(ord(letter) | 0x20) for letter in word[:3])
        is_short = len(word) <= 3
        if keyword in _MONTHS:
            self._components.month = _MONTHS.index(keyword) + 1
            self._skip("-")
        elif is_short and keyword in {"am", "pm"} and self._components.time:
            self._components.noon_offset = 12 * (keyword == "pm")
        elif is_short and keyword in _ZONES and self._has_number:
            self._components.zone = Zone(-1 if _ZONES[keyword] else 1, abs(_ZONES[keyword]), 0)
        elif self._has_number or self._peek().kind == "number":
            # Other words are ignored before the first number only, and separate from it.
            raise InvalidDate

    def _add_offset(self, sign: str) -> None:
        """Read the offset after a time or after UTC: one to four digits, or hours before a colon."""
        self._has_number = True
        digits = self._next() if self._peek().kind == "number" else Token("number", "", "")
        hours, minutes = digits.number, 0 if digits.text else None
        if self._peek().text == ":":
            minutes = None
        elif len(digits.text) in {3, 4}:
            hours, minutes = divmod(digits.number, 100)
        elif len(digits.text) not in {1, 2}:
            raise InvalidDate
        self._components.zone = Zone(-1 if sign == "-" else 1, hours, minutes)
