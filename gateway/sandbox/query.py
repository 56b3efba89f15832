"""The query string as Express parses it, with the package qs (docs/osutrack.md, "HTTP").

Brackets in a name make an array or an object, which is never a valid value: `limit[]=5` is not a limit.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

_MAX_PARAMETERS = 1000
_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
_INVALID_PERCENT = re.compile(r"%(?![0-9a-f]{2})", re.IGNORECASE)


class Query:
    """The parameters of a request."""

    def __init__(self, query_string: str) -> None:
        parts = query_string.split("&")[:_MAX_PARAMETERS]
        self._pairs = [_split(part) for part in parts if part]
        self._values: dict[str, list[str | None]] = {}
        for name, value in self._pairs:
            parameter, is_nested = _parameter(name)
            self._values.setdefault(parameter, []).append(None if is_nested else value)

    def single(self, name: str) -> str | None:
        """The value of a parameter that is present exactly once, without brackets."""
        values = self._values.get(name, [])
        return values[0] if len(values) == 1 else None

    def has(self, name: str) -> bool:
        """Whether the parameter is present, with any value."""
        return name in self._values

    def as_dict(self) -> dict[str, str]:
        """The last value of each name as it was sent, brackets included."""
        return dict(self._pairs)


def _split(part: str) -> tuple[str, str]:
    """The name and the value; an equals sign after a bracket precedes others."""
    bracket = part.find("]=")
    at = bracket + 1 if bracket >= 0 else part.find("=")
    return (_decode(part[:at]), _decode(part[at + 1 :])) if at >= 0 else (_decode(part), "")


def _parameter(name: str) -> tuple[str, bool]:
    """The parameter of this name, and whether the name has further brackets: `[limit]` is `limit`."""
    first = _BRACKETS.search(name)
    if first is None:
        return name, False
    if first.start() > 0:
        return name[: first.start()], True
    return first.group(1), _BRACKETS.search(name, first.end()) is not None


def _decode(text: str) -> str:
    """The text without percent encoding, or as it is if its encoding is invalid."""
    spaced = text.replace("+", " ")
    if _INVALID_PERCENT.search(spaced):
        return spaced
    try:
        return unquote_to_bytes(spaced).decode()
    except UnicodeDecodeError:
        return spaced
