"""How osu!track reads `user`, `mode` and `limit`: as JavaScript does, with all that this lets through."""

from __future__ import annotations

import math
import re

BAD_USER = (
    "Invalid or missing `user` param; must be a valid osu! user ID (default) or username "
    "(if `userMode` is set to `username`)"
)
BAD_MODE = "Invalid or missing `mode` param; must be a valid osu! game mode; 0=osu!, 1=taiko, 2=ctb, 3=mania"
BAD_LIMIT = "Invalid `limit` param; must be a non-zero integer greater than 0 and less than or equal to 10000"

_DEFAULT_LIMIT = 100
_MOST = 10_000

_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_RADIX = re.compile(r"0(?:x[0-9a-f]+|o[0-7]+|b[01]+)", re.ASCII | re.IGNORECASE)
_LEADING = re.compile(r"([+-]?)(?:0x([0-9a-f]+)|(\d+))", re.ASCII | re.IGNORECASE)


class Query:
    """The parameters of a request; one that is given twice is nobody's value."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name, []).append(value)

    def single(self, name: str) -> str | None:
        """The value that was given exactly once."""
        values = self._values.get(name, [])
        return values[0] if len(values) == 1 else None

    def has(self, name: str) -> bool:
        """Whether the parameter is there at all."""
        return name in self._values

    def as_dict(self) -> dict[str, str]:
        """All of them, the last value of each."""
        return {name: values[-1] for name, values in self._values.items()}


class BadRequest(Exception):
    """The request is answered with a 400 and this text."""


def user_id(query: Query) -> int:
    """The id: whatever `+user` and `parseInt(user)` agree on, above 0."""
    text = query.single("user") or ""
    value = js_number(text)
    if not (value > 0 and value == js_parse_int(text)):
        raise BadRequest(BAD_USER)
    return int(value)


def username(query: Query) -> str:
    """The name, as it was given."""
    name = query.single("user")
    if not name:
        raise BadRequest(BAD_USER)
    return name


def strict_mode(query: Query) -> int:
    """One of the texts 0, 1, 2 and 3."""
    mode = lenient_mode(query)
    if mode is None:
        raise BadRequest(BAD_MODE)
    return mode


def lenient_mode(query: Query) -> int | None:
    """The mode, or None where `/hiscores` silently takes 0."""
    text = query.single("mode")
    return int(text) if text in {"0", "1", "2", "3"} else None


def play_limit(query: Query) -> int:
    """A whole number from 1 to 10,000 in any spelling of JavaScript; 100 when missing."""
    if not query.has("limit"):
        return _DEFAULT_LIMIT
    value = js_number(query.single("limit") or "")
    if not (1 <= value <= _MOST and value == int(value)):
        raise BadRequest(BAD_LIMIT)
    return int(value)


def js_number(text: str) -> float:
    """`+text`: spaces around do not count, nothing is 0, what is not a number is NaN."""
    text = text.strip()
    if not text:
        return 0
    if _RADIX.fullmatch(text):
        return float(int(text, 0))
    return float(text) if _DECIMAL.fullmatch(text) else math.nan


def js_parse_int(text: str) -> float:
    """`parseInt(text)`: the digits it begins with, hexadecimal after 0x."""
    match = _LEADING.match(text.strip())
    if match is None:
        return math.nan
    sign, hexadecimal, decimal = match.groups()
    value = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return float(-value if sign == "-" else value)
