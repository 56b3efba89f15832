"""The card of a comparison: its rows, its lines, and the size of its file."""

import re
import struct
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.images.comparison import comparison
from gateway.images.drawing import Line, Text
from gateway.images.formats import DAY_S
from gateway.images.png import Renderer
from gateway.images.themes import DASHES, THEMES
from gateway.web.files.png_files import FONTS
from gateway.web.pages import FOLDER
from tests.support.image_profiles import DELTA, LATEST, profile, rough_profile

SVG = "{http://www.w3.org/2000/svg}"
MAX_PNG_BYTES = 60_000
SIZES = [2, 3, 4, 5]
STATIC = FOLDER / "static"


def texts(drawing):
    return ["".join(element.itertext()) for element in ET.fromstring(drawing.svg()).iter(f"{SVG}text")]


def players(count, **parameters):
    return [profile(5000 + index, 4000, 4500, name=f"player{index}", **parameters) for index in range(count)]


def lines(drawing):
    return [part for part in drawing.parts if isinstance(part, Line)]


def rendered(drawing):
    return Renderer(path.read_bytes() for path in sorted(FONTS.glob("*.ttf"))).render(drawing)


@pytest.mark.parametrize("count", SIZES)
def test_every_player_has_a_row(count):
    found = texts(comparison(players(count)))
    assert found[:8] == ["osu!", "rank", "pp", "pp gained", "player0", "#4,321", "12,346", "+123"]
    assert [name for name in found if name.startswith("player")] == [f"player{index}" for index in range(count)]
    assert found[-3:] == ["osu!track", "Global rank", "16 Nov 2026 to 18 Nov 2026"]


def test_comparison_has_text_alternative():
    ranked, unranked = players(2)
    unranked = unranked._replace(latest=LATEST | {"globalRank": None})
    nobody = profile(name="nobody", latest=None)._replace(since=None)
    root = ET.fromstring(comparison([ranked, unranked, nobody]).svg())
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", "title description")
    assert root[0].text == "player0 vs player1, nobody · osu!"
    assert root[1].text == "player0: #4,321, 12,346 pp · player1: unranked, 12,346 pp · nobody: no data yet"


@pytest.mark.parametrize("since,text", [(None, "no data yet"), ("2024-01-01T00:00:00.000Z", "no data of this time")])
def test_player_without_data_says_so(since, text):
    nobody = profile(name="nobody", latest=None, delta=None)._replace(since=since)
    found = texts(comparison([*players(1), nobody]))
    assert found[8:10] == ["nobody", text]


@pytest.mark.parametrize("values,text", [((), "No snapshots: all time"), ((None, None), "Unranked: all time")])
def test_plot_without_values_says_so(values, text):
    assert text in texts(comparison([profile(*values), profile(*values)]))


@pytest.mark.parametrize("theme", THEMES)
def test_rows_and_plot_have_equal_lines(theme):
    drawn = lines(comparison(players(5, theme=theme)))
    expected = [*zip(THEMES[theme].players, DASHES, strict=True)]
    assert [(line.stroke, line.dash) for line in drawn] == [*expected, *expected[::-1]]
    assert [line.svg().count("stroke-dasharray") for line in drawn[:5]] == [0, 1, 1, 1, 1]


def test_lines_are_those_of_the_page():
    colours, patterns = (STATIC / f"player/{file}" for file in ("charts.css", "colours.js"))
    named = re.compile(r"^  --([\w-]+): var\(--light, (#\w+)\) var\(--dark, (#\w+)\)", re.MULTILINE)
    css = (STATIC / "site.css").read_text() + colours.read_text()
    values = {name: {"light": light, "dark": dark} for name, light, dark in named.findall(css)}
    used = [dict(re.findall(r"--(player-\d): var\(--([a-z0-9-]+)\);", css)).get(f"player-{slot}") for slot in range(5)]
    for theme in THEMES.values():
        assert theme.players == tuple(values[name or f"player-{slot}"][theme.name] for slot, name in enumerate(used))
    [dashes] = re.findall(r"DASHES = \[(.*)\];", patterns.read_text())
    lengths = [[int(length) for length in re.findall(r"\d+", dash)] for dash in re.findall(r"\[(.*?)\]", dashes)]
    assert [[length / 2 for length in dash] for dash in DASHES] == lengths


def test_plot_covers_the_time_of_all_players():
    old = profile(*range(100, 400), name="old")
    young = profile(5000, 4000, name="young")
    _, _, short, long = lines(comparison([old, young]))
    assert long.path.startswith("M172.0 ")
    assert float(short.path[1:].split()[0]) > 1100


@pytest.mark.parametrize(
    "period,delta,texts_of_row",
    [
        ("past year", DELTA, ["mrekk", "#4,321", "12,346", "+123"]),
        ("since 3 Feb 2024", DELTA, ["mrekk", "#4,321", "12,346", "+123", "*"]),
        ("", None, ["mrekk", "#4,321", "12,346", "one snapshot"]),
    ],
)
def test_gain_of_another_time_has_a_mark(period, delta, texts_of_row):
    shown = profile(5, 6, period=period, delta=delta, window="1y")
    found = texts(comparison([shown, profile(5, 6, name="other", period="past year", window="1y")]))
    assert found[4 : found.index("other")] == texts_of_row


@pytest.mark.parametrize(
    "periods,footnote",
    [
        (["past year", "past year"], ""),
        (["past year", "since 3 Feb 2024"], "* since 3 Feb 2024"),
        (["since 3 Feb 2024", "since 3 Feb 2024"], "* since 3 Feb 2024"),
        (["since 3 Feb 2024", "since 4 Feb 2024"], "* since the first snapshot in this time"),
    ],
)
def test_mark_of_gains_is_explained(periods, footnote):
    found = texts(comparison([profile(5, 6, period=period, window="1y") for period in periods]))
    assert "".join(text for text in found if text.startswith("* ")) == footnote


@pytest.mark.parametrize("starts,footnote", [((1, 1), ""), ((1, 2), "since each player's first snapshot")])
def test_all_gains_state_their_starts(starts, footnote):
    found = texts(comparison([profile(5, 6)._replace(gain_start=start) for start in starts]))
    assert "".join(text for text in found if text.startswith("since")) == footnote


@pytest.mark.parametrize(
    "window,days,is_shown", [("all", 6, True), ("all", 8, False), ("1y", 6, True), ("1y", 8, False)]
)
def test_gains_of_unlike_times_are_not_compared(window, days, is_shown):
    periods = ["since 3 Feb 2024", "since 4 Feb 2024"] if window == "1y" else ["all time"] * 2
    shown = [profile(5, 6, window=window, period=period) for period in periods]
    found = texts(comparison([shown[0], shown[1]._replace(gain_start=days * DAY_S)]))
    assert ("+123" in found, "gains begin on different days" in found) == (is_shown, not is_shown)


def test_gains_have_the_colour_of_their_sign():
    losing = profile(5, 6, delta=DELTA | {"pp": -1.0}, period="since 3 Feb 2024", window="1y")
    drawing = comparison([profile(5, 6, period="past year", window="1y"), losing])
    fills = {part.content: part.fill for part in drawing.parts if isinstance(part, Text)}
    assert (fills["+123"], fills["−1"]) == (THEMES["dark"].good, THEMES["dark"].bad)


def test_value_from_before_the_window_has_its_day():
    old = profile(5, 6, window="30d", latest=LATEST | {"at": "2024-02-03T10:00:00.000Z"}, delta=None, period="")
    assert "as of 3 Feb 2024" in texts(comparison([old, profile(5, 6, window="30d")]))


def test_stale_data_shows_its_age():
    assert "Data is 3 hours old" in texts(comparison([each._replace(age_s=10_800) for each in players(2)]))


def test_past_time_is_named():
    drawing = comparison(players(2, window="2025-01-01..2026-01-01", spacing_s=900 * DAY_S))
    assert texts(drawing)[:2] == ["osu!", "2025 in review"]
    assert texts(drawing)[-1] == "1 Jan 2025 to 31 Dec 2025"
    assert drawing.title == "player0 vs player1 · osu! · 2025 in review"


@pytest.mark.parametrize("name", ["W" * 15, "mmmmmmmmmmmmmmm", "[brackets]-_x 0"])
@pytest.mark.parametrize("count", SIZES)
def test_long_name_does_not_reach_the_rank(count, name):
    latest = LATEST | {"globalRank": 12_345_678}
    parts = comparison([profile(5, 6, name=name, latest=latest) for _ in range(count)]).parts
    shown = next(part for part in parts if isinstance(part, Text) and part.content == name)
    rank = next(part for part in parts if isinstance(part, Text) and part.content == "#12,345,678")
    assert shown.x + shown.width < rank.x - rank.width


@pytest.mark.parametrize("count", SIZES)
def test_large_numbers_do_not_touch(count):
    latest = LATEST | {"globalRank": 1, "pp": 29_999.0}
    parts = comparison([profile(5, 6, latest=latest) for _ in range(count)]).parts
    rank, points, gain = (
        next(part for part in parts if isinstance(part, Text) and part.content == text)
        for text in ("#1", "29,999", "+123")
    )
    assert rank.x + 16 <= points.x - points.width
    assert points.x + 16 <= gain.x - gain.width


@given(st.lists(st.text(min_size=1, max_size=20), min_size=2, max_size=5))
@settings(max_examples=30)
def test_any_names_are_escaped(names):
    drawing = comparison([profile(5, 6, name=name) for name in names])
    ET.fromstring(drawing.svg())
    ET.fromstring(drawing.aligned_svg())
    assert "<script" not in comparison([profile(5, 6, name=f"<script>{name}") for name in names]).svg()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("count", SIZES)
@pytest.mark.parametrize("seed", [1, 10])
def test_png_of_rough_series_is_small(seed, count, theme):
    png = rendered(comparison([rough_profile(seed + index, theme=theme) for index in range(count)]))
    assert struct.unpack(">II", png[16:24]) == (1200, 630)
    assert len(png) <= MAX_PNG_BYTES


@pytest.mark.parametrize("count", SIZES)
def test_png_of_smooth_series_is_small(count):
    names = [rough_profile(seed).name for seed in range(count)]
    profiles = [profile(*range(5000, 5040), name=name, latest=rough_profile(1).latest) for name in names]
    assert len(rendered(comparison(profiles))) <= MAX_PNG_BYTES
