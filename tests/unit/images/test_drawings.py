"""Cards, charts and messages as SVG texts, and the PNG files that are rendered from them."""

import math
import re
import struct
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.images.card import card
from gateway.images.chart import chart
from gateway.images.comparison import comparison
from gateway.images.drawing import FADED, Line, Text
from gateway.images.figures import Figure
from gateway.images.formats import DAY_S
from gateway.images.frame import WIDTH, labelled
from gateway.images.glyph_widths import CHARACTERS, PLAIN_WIDTHS, STRONG_WIDTHS
from gateway.images.message import message
from gateway.images.png import Renderer
from gateway.images.series import SERIES
from gateway.images.themes import THEMES
from gateway.images.window_starts import GAPS_S
from gateway.web.files.png_files import FONTS
from gateway.web.pages import FOLDER
from tests.support.image_profiles import DELTA, LATEST, profile, rough_profile

SVG = "{http://www.w3.org/2000/svg}"
MAX_PNG_BYTES = 50_000
# Discord's width of images.
SHOWN_WIDTH = 400
UNRANKED = LATEST | {"globalRank": None, "pp": 0, "current": None}


def texts(drawing):
    root = ET.fromstring(drawing.svg())
    return ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]


def rendered(drawing):
    return Renderer(path.read_bytes() for path in sorted(FONTS.glob("*.ttf"))).render(drawing)


@pytest.mark.parametrize("draw", [card, chart])
@pytest.mark.parametrize(
    "since,text", [("2026-11-18T13:06:40.000Z", "First snapshot: 18 Nov 2026"), (None, "One snapshot: 18 Nov 2026")]
)
def test_single_snapshot_is_a_sentence(draw, since, text):
    drawing = draw(profile(4321, delta=None)._replace(since=since))
    assert text in texts(drawing)
    assert not [part for part in drawing.parts if "<circle" in str(part) and "cx=" in str(part)]
    assert not [found for found in texts(drawing) if "k" in found and found.startswith("#")]


@pytest.mark.parametrize("draw", [card, chart])
def test_image_has_text_alternative(draw):
    root = ET.fromstring(draw(profile(5000, 4321)).svg())
    title, description = root[0], root[1]
    assert (title.tag, description.tag, root.get("role")) == (f"{SVG}title", f"{SVG}desc", "img")
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert "mrekk · osu!" in str(title.text)
    assert "#4,321" in str(description.text)


def test_card_has_stats_and_changes():
    found = texts(card(profile(5000, 4321)))
    assert found[:8] == ["mrekk", "osu! · peak #1,234", "#4,321", "all time", "56", "pp", "12,346", "+123"]
    assert found[-3:] == ["osu!track", "Global rank", "17 Nov 2026 to 18 Nov 2026"]


def test_chart_has_value_and_change():
    found = texts(chart(profile(5000, 4000)))
    assert found[:5] == ["mrekk", "osu! · Global rank", "#4,321", "all time", "+1,000"]


@pytest.mark.parametrize(
    "window,subtitle",
    [
        ("2025-01-01..2026-01-01", "osu! · 2025 in review"),
        ("2026-01-01..2027-01-01", "osu! · 2026 so far · peak #1,234"),
        ("2025-02-01..2025-03-01", "osu! · Feb 2025"),
        ("2025-02-01..2025-03-11", "osu! · 1 Feb 2025 to 10 Mar 2025"),
        ("2026-01-01..2026-12-01", "osu! · peak #1,234"),
        ("30d", "osu! · peak #1,234"),
    ],
)
def test_card_names_past_times(window, subtitle):
    drawing = card(profile(5000, 4321, window=window))
    assert subtitle in texts(drawing)
    assert drawing.title == "mrekk · osu!" + subtitle.removeprefix("osu!").removesuffix(" · peak #1,234")


@pytest.mark.parametrize("period", ["past 30 days", "since 30 Sep 2024", "past 100 years", "10,000 days"])
def test_subtitle_does_not_reach_the_period(period):
    lost = DELTA | {"ranksGained": -2_345_678}
    parts = card(profile(5, 6, period=period, delta=lost, mode="mania", window="2025-02-01..2025-03-11")).parts
    subtitle = next(part for part in parts if isinstance(part, Text) and part.content.startswith("osu!mania"))
    change = next(part for part in parts if isinstance(part, Text) and part.content == "2,345,678")
    assert subtitle.x + subtitle.width + 24 <= change.x - change.width


def test_details_of_tiles_do_not_reach_their_labels():
    figures = (
        Figure("best play", "1,234 pp", "EZHDDTFL · 30 Sep"),
        Figure("most active month", "September", "12,345 plays"),
    )
    parts = [part for part in card(profile(5, 6)._replace(highlights=figures)).parts if isinstance(part, Text)]
    for label, _, detail in figures:
        left, right = (next(part for part in parts if part.content == text) for text in (label, detail))
        assert left.x + left.width + 8 <= right.x - right.width


@pytest.mark.parametrize("theme", THEMES)
def test_text_is_readable_on_phones(theme):
    one = profile(5000, 4321, theme=theme)
    figures = (Figure("best play", "412 pp", "HDDT · 30 Sep"), Figure("most active month", "May", "1,234 plays"))
    several = [comparison([one] * number) for number in (2, 3, 4, 5)]
    drawings = [
        card(one),
        card(one._replace(highlights=figures)),
        chart(one),
        message(630, THEMES[theme], "a", "b"),
        *several,
    ]
    sizes = {
        part.size
        for drawing in drawings
        for part in labelled(drawing, "site", is_sample_data=True).parts
        if isinstance(part, Text)
    }
    assert min(sizes) * SHOWN_WIDTH / WIDTH >= 11


@pytest.mark.parametrize("series", SERIES)
def test_chart_draws_every_series(series):
    assert SERIES[series].title in "".join(texts(chart(profile(1, 20, 300, series=series))))


@pytest.mark.parametrize(
    "values,latest,text",
    [
        ((), LATEST, "No snapshots: all time"),
        ((None, None), UNRANKED, "Unranked: all time"),
    ],
)
def test_plot_without_values_says_so(values, latest, text):
    assert text in texts(card(profile(*values, latest=latest, delta=None)))


@pytest.mark.parametrize("draw", [card, chart])
def test_image_without_changes_states_the_reason(draw):
    old = profile(5, window="30d", latest=LATEST | {"at": "2024-02-03T10:00:00.000Z"}, delta=None)
    assert "one snapshot" in texts(draw(profile(5, delta=None)))
    assert "as of 3 Feb 2024" in texts(draw(old))
    assert "one snapshot" not in texts(draw(profile(5, 6)))


INACTIVE = LATEST | {"pp": 0, "globalRank": None, "current": None}


def test_card_of_an_inactive_player_has_no_pp():
    drawing = card(profile(None, None, latest=INACTIVE, period="since 8 Sep 2026"))
    assert {"Inactive", "101.50", "changes since 8 Sep 2026"} <= set(texts(drawing))
    assert not {"pp", "Unranked"} & set(texts(drawing))
    assert drawing.description.startswith("Inactive, 98.77% accuracy")


def test_time_without_rank_interrupts_the_line():
    assert chart(profile(10, 9, None, None, 8, 7)).svg().count('fill="none" stroke="#ff86b9"') == 2


@pytest.mark.parametrize(
    "window,spacing_days,faded",
    [("30d", 6, False), ("30d", 8, True), ("1y", 13, False), ("1y", 15, True), ("all", 89, False), ("all", 91, True)],
)
def test_line_between_distant_snapshots_is_faded(window, spacing_days, faded):
    drawing = chart(profile(10, 9, spacing_s=spacing_days * DAY_S, window=window))
    assert [part.is_faded for part in drawing.parts if isinstance(part, Line)] == [faded]
    assert ('stroke-opacity="0.35"' in drawing.svg()) is faded


def test_line_is_faded_in_its_gaps_only():
    dense, sparse = profile(10, 9, 8), profile(7, spacing_s=DAY_S)
    earlier = tuple(point._replace(at=point.at - 200 * DAY_S) for point in dense.points)
    both = dense._replace(points=(*earlier, *dense.points), start=earlier[0].at)
    lines = [part for part in chart(both).parts if isinstance(part, Line)]
    assert [line.is_faded for line in lines] == [False, True, False]
    assert [part for part in chart(sparse).parts if isinstance(part, Line)] == []


def test_distances_are_those_of_the_page():
    script = (FOLDER / "static/player/distant.js").read_text()
    days = {name: int(amount) for name, amount in re.findall(r"(\w+): (\d+) \* DAY_MS", script)}
    assert days == {"all": 7, "day": 14, "week": 90, "month": 90}
    assert {amount * DAY_S for amount in days.values()} == {*GAPS_S.values()}
    assert f"ALPHA = {FADED};" in script


def test_lost_ranks_are_shown_in_red():
    theme = THEMES["dark"]
    lost = next(part for part in card(profile(5, 6)).parts if isinstance(part, Text) and part.content == "56")
    assert lost.fill == theme.bad


def test_stale_data_shows_its_age():
    assert "Data is 3 hours old" in texts(card(profile(5, 6)._replace(age_s=10_800)))


@given(st.text(min_size=1, max_size=40))
@settings(max_examples=50)
def test_any_name_is_escaped(name):
    drawing = card(profile(5, 6, name=name))
    shown = texts(drawing)[0]
    assert len(shown) == len(name) or "\r" in name
    ET.fromstring(drawing.aligned_svg())


def test_markup_in_names_is_text():
    svg = card(profile(5, 6, name="</text><script>alert('1')</script>&\x00")).svg()
    assert "<script" not in svg
    assert "&lt;script&gt;" in svg


@pytest.mark.parametrize("name", ["W" * 15, "mmmmmmmmmmmmmmm", "iiiiiiiiiiiiiii", "[brackets]-_x 0"])
def test_long_name_does_not_reach_the_rank(name):
    parts = card(profile(5, 6, name=name, latest=LATEST | {"globalRank": 12_345_678})).parts
    shown = next(part for part in parts if isinstance(part, Text) and part.content == name)
    rank = next(part for part in parts if isinstance(part, Text) and part.content == "#12,345,678")
    assert shown.x + shown.width < rank.x - rank.width


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("draw", [card, chart])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_png_of_rough_series_is_small(draw, theme, seed):
    png = rendered(draw(rough_profile(seed, theme=theme)))
    assert len(png) <= MAX_PNG_BYTES


@pytest.mark.parametrize("waves", [0.5, 1, 2, 4])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_png_of_smooth_series_is_small(seed, waves):
    rough = rough_profile(seed)
    ranks = [50_000 * (1 + 0.5 * math.sin(index * waves * math.pi / 100)) for index in range(200)]
    drawing = card(profile(*ranks, name=rough.name, latest=rough.latest, delta=rough.delta))
    assert len(rendered(drawing)) <= MAX_PNG_BYTES


@pytest.mark.parametrize("theme", THEMES)
def test_message_fills_the_image(theme):
    drawing = message(630, THEMES[theme], "osu!track is unavailable", "It returns. " * 40)
    assert struct.unpack(">II", rendered(drawing)[16:24]) == (1200, 630)
    assert texts(drawing)[-1].endswith("…")


def advances(font):
    """The widths of the characters in a TrueType file, in thousandths."""
    tables = {font[at : at + 4]: struct.unpack(">II", font[at + 8 : at + 16]) for at in range(12, 12 + 16 * 40, 16)}
    table = {tag: font[place[0] :] for tag, place in tables.items() if tag in {b"cmap", b"hhea", b"hmtx", b"head"}}
    (units,) = struct.unpack(">H", table[b"head"][18:20])
    (metrics,) = struct.unpack(">H", table[b"hhea"][34:36])
    glyphs = characters(table[b"cmap"])
    places = {character: min(glyph, metrics - 1) * 4 for character, glyph in glyphs.items()}
    return {
        character: round(1000 * struct.unpack(">H", table[b"hmtx"][at : at + 2])[0] / units)
        for character, at in places.items()
    }


def characters(cmap):
    """The glyphs of a character map in format 4."""
    (count,) = struct.unpack(">H", cmap[2:4])
    offsets = [struct.unpack(">I", cmap[8 + 8 * index : 12 + 8 * index])[0] for index in range(count)]
    table = next(cmap[offset:] for offset in offsets if cmap[offset : offset + 2] == b"\x00\x04")
    segments = struct.unpack(">H", table[6:8])[0] // 2
    read = lambda at, form: struct.unpack(f">{segments}{form}", table[at : at + 2 * segments])  # noqa: E731
    ends, starts = read(14, "H"), read(16 + 2 * segments, "H")
    deltas, ranges = read(16 + 4 * segments, "h"), read(16 + 6 * segments, "H")
    glyphs = {}
    for index, (start, end, delta, offset) in enumerate(zip(starts, ends, deltas, ranges, strict=True)):
        for code in range(start, end + 1):
            at = 16 + 6 * segments + 2 * index + offset + 2 * (code - start)
            glyph = struct.unpack(">H", table[at : at + 2])[0] if offset else code
            glyphs[chr(code)] = (glyph + delta) % 65_536 if glyph else 0
    return glyphs


@pytest.mark.parametrize("file,widths", [("oxanium-500.ttf", PLAIN_WIDTHS), ("oxanium-700.ttf", STRONG_WIDTHS)])
def test_widths_are_those_of_the_font(file, widths):
    measured = advances((FONTS / file).read_bytes())
    assert {character: measured.get(character) for character in CHARACTERS} == widths
