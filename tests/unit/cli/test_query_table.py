"""Answers as tables: for people, so the tests are pictures."""

import pytest

from gateway.cli.gateway_client import Answer, Extensions, Failure, Warned
from gateway.cli.query import render_errors
from gateway.cli.table import tables


def picture(text):
    return text.removeprefix("\n")


def test_an_object_is_lines_of_key_and_value():
    data = {"user": {"id": "2", "stats": {"latest": {"pp": 23596.736, "globalRank": None}, "tracked": True}}}
    assert tables(data) == picture("""
user.id                       2
user.stats.latest.pp          23596.736
user.stats.latest.globalRank  -
user.stats.tracked            true
""")


def test_a_list_is_a_table_titled_by_its_path_with_numbers_to_the_right():
    rows = [{"pp": 9.5, "mods": {"label": "HDDT"}, "grade": "XH"}, {"pp": 1200, "mods": {"label": "NM"}, "grade": None}]
    assert tables({"bestPlays": {"nodes": rows}, "status": {"upstream": "UP"}}) == picture("""
status.upstream  UP

bestPlays.nodes
    pp  mods.label  grade
   9.5  HDDT        XH
1200.0  NM          -
""")


def test_numbers_of_a_column_have_their_points_below_each_other():
    rows = [{"pp": 23578.68, "rank": 15}, {"pp": -2.9619999999995343, "rank": 9}, {"pp": None, "rank": 1}]
    assert tables({"rows": rows}) == picture("""
rows
       pp  rank
23578.680    15
   -2.962     9
        -     1
""")


def test_a_list_inside_a_row_follows_under_a_path_with_the_number_of_the_row():
    users = [{"id": "2", "charts": [{"pp": 1.0}]}, {"id": "3", "charts": []}]
    assert tables({"users": users}) == picture("""
users
id
2
3

users[0].charts
 pp
1.0
""")


def test_an_object_that_is_null_in_some_rows_has_the_columns_of_the_others():
    users = [{"id": "2", "latest": {"pp": 1.5}}, {"id": "3", "latest": None}]
    assert tables({"users": users}) == picture("""
users
id  latest.pp
2         1.5
3
""")


@pytest.mark.parametrize(
    "value,shown",
    [
        (["HD", "DT"], "HD, DT"),
        ([], "-"),
        (False, "false"),
        (-2.9619999999995343, "-2.962"),
        (3411240790408, "3411240790408"),
        ("a\x1b[31mb\n", "a\\x1b[31mb\\n"),
    ],
)
def test_a_value_is_one_line_of_text(value, shown):
    assert tables({"x": value}) == f"x  {shown}\n"


def test_wide_and_combining_characters_take_the_room_that_a_terminal_gives_them():
    rows = [{"name": "日本", "n": 1}, {"name": "e\u0301a", "n": 2}]
    assert tables({"rows": rows}) == picture("""
rows
name  n
日本  1
e\u0301a    2
""")


def test_a_list_of_plain_values_in_lists_is_no_trouble():
    assert tables({"grid": [[1, 2], [3]]}) == "grid\n\n1, 2\n3\n"


def test_errors_and_warnings_are_a_line_each_with_path_code_and_patience():
    answer = Answer(
        errors=[
            Failure("osu!track is busy.", ["user", "peak"], {"code": "UPSTREAM_BUSY", "retryAfterSeconds": 12}),
            Failure("Not\x07 one of ours."),
        ],
        extensions=Extensions([Warned("ReadResult although it is old.", "STALE_DATA", ["users", 0, "stats"])]),
    )
    assert list(render_errors(answer)) == [
        "error: user.peak: osu!track is busy. (UPSTREAM_BUSY, try again in 12 s)",
        "error: Not\\x07 one of ours.",
        "warning: users.0.stats: ReadResult although it is old. (STALE_DATA)",
    ]
