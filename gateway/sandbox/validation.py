"""Validation of `user`, `mode` and `limit` as in osu!track, with JavaScript's number parsing.

See docs/osutrack.md, "Endpoints".
"""

from __future__ import annotations

import math
import re

from gateway.sandbox.query import Query

BAD_USER = (
    "Invalid or missing `user` param; must be a valid osu! user ID (default) or username "
    "(if `userMode` is set to `username`)"
)
BAD_MODE = "Invalid or missing `mode` param; must be a valid osu! game mode; 0=osu!, 1=taiko, 2=ctb, 3=mania"
BAD_LIMIT = "Invalid `limit` param; must be a non-zero integer greater than 0 and less than or equal to 10000"

_DEFAULT_LIMIT = 100
_MAX_LIMIT = 10_000

# The characters that JavaScript trims.
_SPACE = "\t\n\v\f\r \xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_RADIX = re.compile(r"0(?:x[0-9a-f]+|o[0-7]+|b[01]+)", re.ASCII | re.IGNORECASE)
_LEADING_INTEGER = re.compile(r"([+-]?)(?:0x([0-9a-f]+)|(\d+))", re.ASCII | re.IGNORECASE)


class BadRequest(Exception):
    """The request is invalid: 400 with this message as the body."""


class DatabaseError(Exception):
    """The database refuses the SQL statement: 500."""


def user_id(query: Query) -> int:
    """The user ID: `+user` and `parseInt(user)` must be equal and above 0."""
    text = query.single("user") or ""
    value = js_number(text)
    if not (value > 0 and value == js_parse_int(text)):
        raise BadRequest(BAD_USER)
    if math.isinf(value):
        raise DatabaseError
    return int(value)


def username(query: Query) -> str:
    """The `user` parameter as a name."""
    name = query.single("user")
    if not name:
        raise BadRequest(BAD_USER)
    return name


def strict_mode(query: Query) -> int:
    """The mode, which must be exactly 0, 1, 2 or 3."""
    mode = lenient_mode(query)
    if mode is None:
        raise BadRequest(BAD_MODE)
    return mode


def lenient_mode(query: Query) -> int | None:
    """The mode, or None if missing or invalid; `/hiscores` then uses 0."""
    text = query.single("mode")
    return int(text) if text in {"0", "1", "2", "3"} else None


def play_limit(query: Query) -> int:
    """The limit: an integer from 1 to 10,000 in any notation of JavaScript, by default 100."""
    if not query.has("limit"):
        return _DEFAULT_LIMIT
    value = js_number(query.single("limit") or "")
    if not (1 <= value <= _MAX_LIMIT and value == int(value)):
        raise BadRequest(BAD_LIMIT)
    return int(value)


def js_number(text: str) -> float:
    """`+text`: surrounding spaces are ignored, an empty string is 0, invalid text is NaN."""
    text = text.strip(_SPACE)
    if not text:
        return 0
    if _RADIX.fullmatch(text):
        return _to_float(int(text, 0))
    return float(text) if _DECIMAL.fullmatch(text) else math.nan


def js_parse_int(text: str) -> float:
    """`parseInt(text)`: the leading digits, hexadecimal after 0x."""
    match = _LEADING_INTEGER.match(text.strip(_SPACE))
    if match is None:
        return math.nan
    sign, hexadecimal, decimal = match.groups()
    value = _to_float(int(hexadecimal, 16)) if hexadecimal else float(decimal)
    return -value if sign == "-" else value


def _to_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf
