"""A response's data as text: objects as lines of key and value, lists as tables with their path as title."""

from collections.abc import Iterator, Sequence
from typing import Any
from unicodedata import combining, east_asian_width

GAP = "  "
EMPTY = "-"

Row = dict[str, Any]


def tables(data: Row) -> str:
    """The data as text. A list inside a row follows the row's table; its path has the row's index."""
    cells = dict(flatten(data, ""))
    plain = {path: value for path, value in cells.items() if not _is_table(value)}
    lists = [part for path, value in cells.items() if _is_table(value) for part in _tables(path, value)]
    lines = _align([[path, _text(value)] for path, value in plain.items()], [False, False])
    return "\n\n".join("\n".join(block) for block in [lines, *lists] if block) + "\n"


def printable(text: str) -> str:
    """The text with control characters escaped, as they could control the terminal."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _tables(title: str, items: list[Any]) -> Iterator[list[str]]:
    rows = [dict(flatten(item, "")) for item in items]
    lists = {name for row in rows for name, value in row.items() if _is_table(value)}
    names = [name for name in columns(rows) if name not in lists]
    grid = [names, *zip(*(_column(rows, name) for name in names), strict=True)]
    yield [title, *_align(grid, [_is_numeric(rows, name) for name in names])]
    for index, row in enumerate(rows):
        for path, value in row.items():
            if _is_table(value):
                yield from _tables(f"{title}[{index}].{path}", value)


def flatten(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """The leaves of nested objects with their paths; lists are leaves."""
    if isinstance(value, dict) and value:
        for name, part in value.items():
            yield from flatten(part, f"{path}.{name}" if path else name)
    else:
        yield path, value


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict | list) for item in value)


def columns(rows: list[Row]) -> list[str]:
    """The columns of flattened rows, in the order of their first appearance."""
    names = {name: None for row in rows for name in row}
    # An object that is null in some rows has its columns from the other rows.
    objects = {name[:index] for name in names for index, char in enumerate(name) if char == "."}
    return [name for name in names if name not in objects]


def _column(rows: list[Row], name: str) -> list[str]:
    """The column's values as text, numbers with equally many decimals."""
    values = [row.get(name, "") for row in rows]
    decimals = max((len(_text(value).partition(".")[2]) for value in values if isinstance(value, float)), default=0)
    return [f"{value:.{decimals}f}" if decimals and _is_number(value) else _text(value) for value in values]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_numeric(rows: list[Row], name: str) -> bool:
    values = [row[name] for row in rows if row.get(name) is not None]
    return all(map(_is_number, values))


def _text(value: Any) -> str:
    match value:
        case None | {}:
            return EMPTY
        case bool():
            return "true" if value else "false"
        case float():
            # A difference of floats has meaningless further digits.
            return str(round(value, 4))
        case list():
            return ", ".join(map(_text, value)) or EMPTY
    return printable(str(value))


def _align(grid: Sequence[Sequence[str]], right: list[bool]) -> list[str]:
    widths = [max(map(_width, column)) for column in zip(*grid, strict=True)]
    return [
        GAP.join(
            _pad(cell, width, right=is_right) for cell, width, is_right in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in grid
    ]


def _pad(text: str, width: int, *, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space


def _width(text: str) -> int:
    """The number of terminal columns."""
    return sum(0 if combining(char) else 2 if east_asian_width(char) in {"W", "F"} else 1 for char in text)
