"""Responses as tables for `query --table`, and the lines of errors and warnings."""

import pytest

from gateway.cli.gateway_client import ErrorEntry, Extensions, Response, WarningEntry
from gateway.cli.query import render_errors
from gateway.cli.table import tables


def expected(text):
    return text.removeprefix("\n")


def test_object_becomes_lines_of_key_and_value():
    data = {"user": {"id": "2", "stats": {"latest": {"pp": 23596.736, "globalRank": None}, "tracked": True}}}
    assert tables(data) == expected("""
user.id                       2
user.stats.latest.pp          23596.736
user.stats.latest.globalRank  -
user.stats.tracked            true
""")


def test_list_becomes_table_with_right_aligned_numbers():
    rows = [{"pp": 9.5, "mods": {"label": "HDDT"}, "grade": "XH"}, {"pp": 1200, "mods": {"label": "NM"}, "grade": None}]
    assert tables({"bestPlays": {"nodes": rows}, "status": {"upstream": "UP"}}) == expected("""
status.upstream  UP

bestPlays.nodes
    pp  mods.label  grade
   9.5  HDDT        XH
1200.0  NM          -
""")


def test_decimal_points_of_a_column_are_aligned():
    rows = [{"pp": 23578.68, "rank": 15}, {"pp": -2.9619999999995343, "rank": 9}, {"pp": None, "rank": 1}]
    assert tables({"rows": rows}) == expected("""
rows
       pp  rank
23578.680    15
   -2.962     9
        -     1
""")


def test_nested_list_follows_with_row_index_in_path():
    users = [{"id": "2", "charts": [{"pp": 1.0}]}, {"id": "3", "charts": []}]
    assert tables({"users": users}) == expected("""
users
id
2
3

users[0].charts
 pp
1.0
""")


def test_null_object_in_a_row_leaves_cells_empty():
    users = [{"id": "2", "latest": {"pp": 1.5}}, {"id": "3", "latest": None}]
    assert tables({"users": users}) == expected("""
users
id  latest.pp
2         1.5
3
""")


@pytest.mark.parametrize(
    "value, text",
    [
        (["HD", "DT"], "HD, DT"),
        ([], "-"),
        (False, "false"),
        (-2.9619999999995343, "-2.962"),
        (3411240790408, "3411240790408"),
        ("a\x1b[31mb\n", "a\\x1b[31mb\\n"),
    ],
)
def test_value_is_one_line_of_text(value, text):
    assert tables({"x": value}) == f"x  {text}\n"


def test_columns_use_the_terminal_width_of_characters():
    rows = [{"name": "日本", "n": 1}, {"name": "e\u0301a", "n": 2}]
    assert tables({"rows": rows}) == expected("""
rows
name  n
日本  1
e\u0301a    2
""")


def test_nested_lists_of_plain_values_are_one_table():
    assert tables({"grid": [[1, 2], [3]]}) == "grid\n\n1, 2\n3\n"


def test_errors_and_warnings_are_one_line_each():
    response = Response(
        errors=[
            ErrorEntry("osu!track is busy.", ["user", "peak"], {"code": "UPSTREAM_BUSY", "retryAfterSeconds": 12}),
            ErrorEntry("Not\x07 a gateway error."),
        ],
        extensions=Extensions([WarningEntry("Data is 700 s old.", "STALE_DATA", ["users", 0, "stats"])]),
    )
    assert list(render_errors(response)) == [
        "error: user.peak: osu!track is busy. (UPSTREAM_BUSY, retry in 12 s)",
        "error: Not\\x07 a gateway error.",
        "warning: users.0.stats: Data is 700 s old. (STALE_DATA)",
    ]
