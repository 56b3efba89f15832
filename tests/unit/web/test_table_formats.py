"""CSV and NDJSON: equal to the standard library's reading, whether or not a cell needs quotes."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.web.files.tables import FORMULA_STARTS, to_csv, to_ndjson

COLUMNS = ("at_utc", "pp", "name", "mods")
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(codec="utf-8")) | st.sampled_from(
    ["null", ",null", "[null", "]\n[", '"', "=1", "\\", "a,b"]
)
CELLS = st.none() | NUMBERS | TEXTS
ROWS = st.lists(st.tuples(*[CELLS] * len(COLUMNS)))
PLAIN_ROWS = st.lists(st.tuples(st.sampled_from(["2026-01-01T00:00:00.000Z"]), CELLS, NUMBERS, st.none() | NUMBERS))


def read(table):
    header, *rows = csv.reader(io.StringIO(table.decode(), newline=""), strict=True)
    assert tuple(header) == COLUMNS
    return rows


def is_shown(cell, value):
    """Whether the cell has the value, and a text that is a formula has an apostrophe before it."""
    if value is None:
        return cell == ""
    if isinstance(value, str):
        return cell == (f"'{value}" if value.startswith(FORMULA_STARTS) else value)
    return float(cell) == float(value) if isinstance(value, float) else int(cell) == value


@given(ROWS | PLAIN_ROWS)
def test_csv_has_all_values_in_order(rows):
    cells = read(to_csv(COLUMNS, rows))
    assert len(cells) == len(rows)
    for row, values in zip(cells, rows, strict=True):
        assert all(map(is_shown, row, values))


@given(ROWS)
def test_ndjson_has_all_values_in_order(rows):
    lines = to_ndjson(COLUMNS, rows).decode().split("\n")[:-1]
    assert [tuple(json.loads(line).values()) for line in lines] == rows


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_names_are_no_formulas(start):
    [[_, _, cell, _]] = read(to_csv(COLUMNS, [("2026", 1.5, f'{start}HYPERLINK("x")', "")]))
    assert cell[0] == "'"


def test_negative_numbers_stay_numbers():
    assert to_csv(("count",), [(-5,), (-1.5,)]) == b"count\r\n-5\r\n-1.5\r\n"


def test_empty_table_has_a_header_only():
    assert (to_csv(COLUMNS, []), to_ndjson(COLUMNS, [])) == (b"at_utc,pp,name,mods\r\n", b"")
