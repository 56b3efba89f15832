"""A response's rows as NDJSON and CSV: the objects of one list in its data."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import msgspec

from .operation import UsageError
from .table import Row, columns, flatten


def select_rows(data: Row, path: str | None) -> list[Row]:
    """The rows of the list at `path`, such as `user.stats.snapshots`; by default, of the only list of objects.

    Data without a list is one row. Raises `UsageError` if `path` is not a list of objects, or missing although the
    data has several.
    """
    lists = dict(_lists(data, ""))
    if path is None and not lists:
        return [data]
    if path is None and len(lists) == 1:
        path = next(iter(lists))
    if path is None or path not in lists:
        known = ", ".join(lists) or "none"
        raise UsageError(f"--rows must be one of the response's lists of objects: {known}")
    return lists[path]


def ndjson(rows: list[Row]) -> bytes:
    """One JSON object per line."""
    return msgspec.json.Encoder().encode_lines(rows)


def to_csv(rows: list[Row]) -> bytes:
    """CSV with a header, in UTF-8. Nested objects have a column for each leaf; a nested list is JSON in its cell."""
    flat = [dict(flatten(row, "")) for row in rows]
    names = columns(flat)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_cell(row.get(name)) for name in names] for row in flat)
    return text.getvalue().encode()


def _lists(value: Any, path: str) -> Iterator[tuple[str, list[Row]]]:
    """The lists of objects outside of other lists, with their paths."""
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        yield path, value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from _lists(part, f"{path}.{name}" if path else name)


def _cell(value: Any) -> str:
    if value is None or value == {}:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
