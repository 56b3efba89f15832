"""The parameters of an image's URL."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import BadUserInput
from gateway.images.parameters import parse_parameters, parse_window
from gateway.images.queries import variables_of
from gateway.records import Mode


def test_all_parameters_have_defaults():
    mode, series, window, theme = parse_parameters({"v": "3"})
    assert (mode, series.name, window.text, theme.name) == (Mode.OSU, "rank", "1y", "dark")


@pytest.mark.parametrize("text,mode", [("OSU", Mode.OSU), ("Mania", Mode.MANIA), ("fruits", Mode.CATCH)])
def test_mode_has_names_of_osu(text, mode):
    assert parse_parameters({"mode": text}).mode == mode


@pytest.mark.parametrize(
    "text,variables",
    [
        ("7d", {"window": {"days": 7}, "every": None}),
        ("90d", {"window": {"days": 90}, "every": None}),
        ("1y", {"window": {"days": 365}, "every": "DAY"}),
        ("100y", {"window": {"days": 36_500}, "every": "WEEK"}),
        ("all", {"window": {"between": {}}, "every": "WEEK"}),
        (
            "2020-01-01..2020-02-01",
            {
                "window": {"between": {"from": "2020-01-01", "to": "2020-02-01"}},
                "every": None,
                "at": "2020-01-31T23:59:59.999Z",
            },
        ),
        ("2020-02-29..", {"window": {"between": {"from": "2020-02-29"}}, "every": "WEEK"}),
        (
            "..2021-01-01",
            {"window": {"between": {"to": "2021-01-01"}}, "every": "WEEK", "at": "2020-12-31T23:59:59.999Z"},
        ),
    ],
)
def test_window_becomes_argument_of_query(text, variables):
    window = parse_window(text)
    assert window.variables == variables
    assert parse_window(window.text) == window


@pytest.mark.parametrize(
    "text,title",
    [
        ("1d", "past day"),
        ("30d", "past 30 days"),
        ("365d", "past year"),
        ("2y", "past 2 years"),
        ("all", "all time"),
        ("2020-01-01..", "since 1 Jan 2020"),
        ("..2020-01-01", "until 31 Dec 2019"),
        ("2020-01-01..2021-01-01", "2020"),
        ("2020-12-01..2021-01-01", "Dec 2020"),
        ("2020-02-01..2020-02-29", "1 Feb 2020 to 28 Feb 2020"),
        ("2020-01-02..2021-01-02", "2 Jan 2020 to 1 Jan 2021"),
        ("..0001-01-01", "until 1 Jan 1"),
        ("9999-12-01..9999-12-31", "1 Dec 9999 to 30 Dec 9999"),
        ("9998-01-01..9999-01-01", "9998"),
        ("2020-01-02..2020-01-03", "2 Jan 2020"),
    ],
)
def test_window_has_title(text, title):
    assert parse_window(text).title == title


@pytest.mark.parametrize(
    "text,near,distant",
    [
        ("30d", "in the past 30 days", "since 5 Oct 2019"),
        ("2020-01-01..", "since 1 Jan 2020", "since 5 Oct 2019"),
        ("..2020-01-01", "until 31 Dec 2019", "from 5 Oct 2019 to 31 Dec 2019"),
        ("2020-01-01..2021-01-01", "in 2020", "from 5 Oct 2019 to 31 Dec 2020"),
        ("2020-02-01..2020-02-29", "from 1 Feb 2020 to 28 Feb 2020", "from 5 Oct 2019 to 28 Feb 2020"),
    ],
)
def test_gains_name_their_own_start(text, near, distant):
    window = parse_window(text)
    assert (window.gains_text(None), window.gains_text(date(2019, 10, 5))) == (near, distant)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0d",
        "-1d",
        "1",
        "d",
        "1.5d",
        "1e3d",
        "NaN",
        "inf",
        "36501d",
        "101y",
        "999999d",
        "10000000000000000000d",
        "1D d",
        "..",
        "2020-01-01",
        "2020-13-01..",
        "2020-02-30..2021-01-01",
        "2021-01-01..2020-01-01",
        "2020-01-01..2020-01-01",
        "2020-01-01...2021-01-01",
        "<script>",
        "1d\n",
        "\x00",
        "٣d",
        "all,all",
        "99999-01-01..",
        "0000-01-01..",
    ],
)
def test_invalid_window_is_refused(text):
    with pytest.raises(BadUserInput, match="`window` must be"):
        parse_window(text)


@pytest.mark.parametrize("name", ["mode", "series", "theme"])
@pytest.mark.parametrize("text", ["", "x", "osu ", "<b>", "é", "rank;pp", "dark\x00", "a" * 10_000])
def test_unknown_choice_names_the_known_ones(name, text):
    with pytest.raises(BadUserInput) as refused:
        parse_parameters({name: text})
    assert refused.value.message.startswith(f"`{name}` must be one of: ")
    assert len(refused.value.message) < 200


@given(st.text(max_size=30) | st.from_regex(r"[0-9.dy-]{0,25}", fullmatch=True))
def test_window_is_parsed_or_refused(text):
    try:
        window = parse_window(text)
    except BadUserInput:
        return
    assert parse_window(window.text) == window


@pytest.mark.parametrize(
    "window,intervals", [("30d", [None, None]), ("1y", ["DAY", "DAY"]), ("all", ["WEEK", "MONTH"])]
)
def test_compared_players_have_fewer_points(window, intervals):
    parameters = parse_parameters({"window": window})
    assert [variables_of(players, parameters)["every"] for players in ([2], [2, 3])] == intervals
