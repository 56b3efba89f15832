"""An answer's data for people: objects as lines of key and value, lists as tables titled by their path."""

from collections.abc import Iterator, Sequence
from typing import Any
from unicodedata import combining, east_asian_width

GAP = "  "
NOTHING = "-"

Row = dict[str, Any]


def tables(data: Row) -> str:
    """The whole of it. Lists inside a row follow its table, under a path with the row's number."""
    cells = dict(_flat(data, ""))
    plain = {path: value for path, value in cells.items() if not _is_table(value)}
    lists = [part for path, value in cells.items() if _is_table(value) for part in _tables(path, value)]
    lines = _aligned([[path, _text(value)] for path, value in plain.items()], [False, False])
    return "\n\n".join("\n".join(block) for block in [lines, *lists] if block) + "\n"


def printable(text: str) -> str:
    """The same without what would steer a terminal."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def _tables(title: str, items: list[Any]) -> Iterator[list[str]]:
    rows = [dict(_flat(item, "")) for item in items]
    columns = _columns(rows)
    grid = [columns, *zip(*(_column(rows, name) for name in columns), strict=True)]
    yield [title, *_aligned(grid, [_is_numeric(rows, name) for name in columns])]
    for index, row in enumerate(rows):
        for path, value in row.items():
            if _is_table(value):
                yield from _tables(f"{title}[{index}].{path}", value)


def _flat(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """An object's parts by their paths; what is no object is a part of its own."""
    if isinstance(value, dict) and value:
        for name, part in value.items():
            yield from _flat(part, f"{path}.{name}" if path else name)
    else:
        yield path, value


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict | list) for item in value)


def _columns(rows: list[Row]) -> list[str]:
    names = {name: None for row in rows for name in row}
    apart = {name for row in rows for name, value in row.items() if _is_table(value)}
    # An object that is null in some rows has its columns from the others.
    return [name for name in names if name not in apart and not any(other.startswith(f"{name}.") for other in names)]


def _column(rows: list[Row], name: str) -> list[str]:
    """Its values as text, all with as many decimals as one of them needs."""
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
            return NOTHING
        case bool():
            return "true" if value else "false"
        case float():
            # A difference of floats has a tail that says nothing: JSON is for those who want it.
            return str(round(value, 4))
        case list():
            return ", ".join(map(_text, value)) or NOTHING
    return printable(str(value))


def _aligned(grid: Sequence[Sequence[str]], to_the_right: list[bool]) -> list[str]:
    widths = [max(map(_width, column)) for column in zip(*grid, strict=True)]
    return [
        GAP.join(
            _padded(cell, width, right=right) for cell, width, right in zip(line, widths, to_the_right, strict=True)
        ).rstrip()
        for line in grid
    ]


def _padded(text: str, width: int, *, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space


def _width(text: str) -> int:
    """Columns of a terminal."""
    return sum(0 if combining(sign) else 2 if east_asian_width(sign) in {"W", "F"} else 1 for sign in text)
