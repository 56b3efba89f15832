"""The tokens of V8's date parser: numbers, words, single spaces and symbols."""

from __future__ import annotations

import re
from typing import NamedTuple

_SIGNIFICANT_DIGITS = 9

_SPACE = "\\t-\\r \\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff"
_TOKENS = re.compile(f"(?P<number>[0-9]+)|(?P<space>[{_SPACE}])|(?P<word>[^\\x00-@{_SPACE}]+)|(?P<symbol>.)")


class Token(NamedTuple):
    """A token; its kind is number, word, space, symbol or end."""

    kind: str
    text: str
    rest: str

    @property
    def number(self) -> int:
        """The number, of which V8 reads nine significant digits."""
        return _significant(self.text)

    def is_number(self, digits: int) -> bool:
        """Whether the token is a number with this many digits."""
        return self.kind == "number" and len(self.text) == digits

    def is_word(self, letter: str) -> bool:
        """Whether the token is this single letter, in either case."""
        return self.kind == "word" and self.text.lower() == letter


def tokens(text: str) -> list[Token]:
    """The tokens of the text up to its first null character, and an end token."""
    text = _without_parentheses(text.partition("\0")[0])
    found = [Token(match.lastgroup or "", match.group(), text[match.end() :]) for match in _TOKENS.finditer(text)]
    return [*found, Token("end", "", "")]


def milliseconds(digits: str) -> int:
    """The digits after a decimal point as milliseconds.

    V8 counts leading zeros in the length of a number, but not in its nine significant digits.
    """
    length = min(len(digits), _SIGNIFICANT_DIGITS)
    return int(_significant(digits) * 1000 // 10**length)


def _significant(digits: str) -> int:
    return int((digits.lstrip("0") or "0")[:_SIGNIFICANT_DIGITS])


def _without_parentheses(text: str) -> str:
    """The text with an unknown symbol in place of each parenthesis and its contents."""
    parts, depth = [], 0
    for char in text:
        if depth == 0:
            parts.append("?" if char == "(" else char)
        depth += (char == "(") - (char == ")" and depth > 0)
    return "".join(parts)
