"""The series of the charts: all values of a snapshot, two at a time, by keyboard and touch, in the URL and the table."""

import re

import pytest
from playwright.sync_api import expect

from gateway.images.series import SERIES
from gateway.sandbox.players import AMEO, HEAVY, INACTIVE, SINGLE_SNAPSHOT
from tests.browser.chromium import CHARTS_DRAWN, DESK, PHONE, TIMEOUT_MS

# A player with snapshots, but without hiscores.
WITHOUT_HISCORES = 3000006
TITLES = {name: series.title for name, series in SERIES.items()}
# An axis and its ticks, with the expected labels.
LABELS = [
    ("COMPACT_AXIS", [0, 500, 1000, 1500], ["0", "500", "1k", "1.5k"]),
    ("COMPACT_AXIS", [70_000, 70_050, 70_100], ["70k", "70.05k", "70.1k"]),
    ("COMPACT_AXIS", [70_737, 70_738], ["70,737", "70,738"]),
    ("COMPACT_AXIS", [1_230_000_000, 1_240_000_000], ["1.23B", "1.24B"]),
    ("COMPACT_AXIS", [1_230_000_000, 1_230_500_000], ["1,230M", "1,230.5M"]),
    ("COMPACT_AXIS", [-2, 0, 2], ["-2", "0", "2"]),
    ("COMPACT_AXIS", [10**15, 2 * 10**15], ["1,000T", "2,000T"]),
    ("ACCURACY_AXIS", [97.5, 98], ["97.5 %", "98.0 %"]),
    ("ACCURACY_AXIS", [99.995, 100], ["99.995 %", "100.000 %"]),
    ("LEVEL_AXIS", [99, 100], ["99", "100"]),
    ("LEVEL_AXIS", [99.5, 99.75], ["99.50", "99.75"]),
]
# An axis and the extreme values of a chart, with the expected range.
RANGES = [
    ("ACCURACY_AXIS", [97, 99.9], [96.768, 100]),
    ("ACCURACY_AXIS", [100, 100], [99.98, 100]),
    ("COMPACT_AXIS", [0, 0], [0, 2]),
    ("COMPACT_AXIS", [-3, 5], [-5, 7]),
    ("COMPACT_AXIS", [9e9, 9.1e9], [8.992e9, 9.108e9]),
    ("PP_AXIS", [None, None], [0, 100]),
    ("ACCURACY_AXIS", [None, None], [0, 100]),
    ("RANK_AXIS", [None, None], [-2, -1]),
]
# Times, lines, the extreme values inside of the window from 10 to 20 seconds, and those of the lines in it.
EXTREMES = [
    ([[0, 20, 30], [10, 30, 90]], [30, 30], [20, 30]),
    ([[5, 25], [10, 30]], [None, None], [15, 25]),
    ([[5, 15, 25], [10, None, 30]], [None, None], [None, None]),
    ([[12, 18], [3, 4]], [3, 4], [3, 4]),
    ([[], []], [None, None], [None, None]),
]
# The series in an address, and the shown ones.
ADDRESSES = {
    "accuracy": ["accuracy", "pp"],
    "Plays,LEVEL": ["plays", "level"],
    "hits,hits": ["hits", "pp"],
    "a,s,ss": ["a", "s"],
    "nothing,<b>,__proto__,constructor": ["pp", "rank"],
    "": ["pp", "rank"],
    "rank": ["rank", "pp"],
}


@pytest.fixture
def player(session):
    """Opens a player page and waits for its charts."""
    return session.open_player


def choose(page, chart, name):
    page.get_by_label(f"{chart} chart").select_option(name)
    page.wait_for_selector(CHARTS_DRAWN)


def headers(page):
    page.locator("#plots-table:not([open]) summary").click()
    page.locator("#plots-table tbody tr").first.wait_for()
    return page.locator("#plots-table th").all_inner_texts()


def evaluated(session, module, function, cases):
    """The results of a function of a module, given by its source, for each case."""
    script = f"(cases) => import('./static/player/{module}.js').then((it) => cases.map({function}))"
    return session.open("/").evaluate(script, cases)


def test_every_series_can_be_chosen(player):
    page = player(AMEO)
    for chart in ("Upper", "Lower"):
        options = page.get_by_label(f"{chart} chart").locator("option")
        titles = options.evaluate_all("(all) => Object.fromEntries(all.map(({value, text}) => [value, text]))")
        assert titles == TITLES


@pytest.mark.parametrize("upper,lower", [("accuracy", "plays"), ("level", "hits"), ("ss", "s"), ("a", "ranked-score")])
def test_series_are_drawn_described_and_tabulated(player, upper, lower):
    page = player(f"{AMEO}?series={upper},total-score")
    blank = page.evaluate("document.querySelector('#plot-lower canvas').toDataURL()")
    choose(page, "Lower", lower)
    assert page.evaluate("document.querySelector('#plot-lower canvas').toDataURL()") != blank
    expect(page.locator("#plots")).to_have_attribute("aria-label", f"{TITLES[upper]} and {TITLES[lower]} over time")
    expect(page.locator("#title-lower")).to_have_text(TITLES[lower])
    page.wait_for_url(f"**/players/{AMEO}?series={upper},{lower}")
    assert headers(page) == ["Date", TITLES[upper], TITLES[lower]]
    expect(page.locator("#plots-caption")).not_to_contain_text("–")
    expect(page.locator("#plots-table tbody td").nth(2)).to_have_text(re.compile(r"^[\d,.]+( %)?$"))


def test_series_is_chosen_by_keyboard(player):
    page = player(AMEO, size=PHONE)
    page.focus("#series-upper")
    page.keyboard.press("a")
    page.wait_for_url("**?series=accuracy,rank")
    page.wait_for_selector(CHARTS_DRAWN)
    page.focus("#plots")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#live-region")).to_have_text(re.compile(r"UTC: [\d.]+ %, #[\d,]+"))


def test_other_chart_gives_its_series_up(player):
    page = player(AMEO)
    choose(page, "Upper", "rank")
    page.wait_for_url("**?series=rank,pp")
    expect(page.get_by_label("Lower chart")).to_have_value("pp")
    choose(page, "Upper", "pp")
    page.wait_for_url(f"**/players/{AMEO}")


def test_address_keeps_series_window_and_mode(player):
    page = player(f"{AMEO}?mode=taiko&from=2022-01-01&to=2024-01-01&series=level,ss")
    expect(page.get_by_label("Upper chart")).to_have_value("level")
    expect(page.get_by_label("Lower chart")).to_have_value("ss")
    page.get_by_role("button", name="Month").click()
    page.get_by_role("link", name="catch").click()
    page.wait_for_selector(CHARTS_DRAWN)
    page.wait_for_url("**?mode=catch&from=2022-01-01&to=2024-01-01&every=month&series=level,ss")


def test_back_button_restores_series(player):
    page = player(AMEO)
    choose(page, "Upper", "hits")
    choose(page, "Lower", "plays")
    page.go_back()
    expect(page.get_by_label("Lower chart")).to_have_value("rank")
    expect(page.locator("#title-upper")).to_have_text("Total hits")


def test_series_of_the_address_are_completed(session):
    function = "(text) => it.readSeries(text) ?? it.DEFAULT_SERIES"
    assert evaluated(session, "metrics", function, list(ADDRESSES)) == list(ADDRESSES.values())


@pytest.mark.parametrize("path", [f"{AMEO}", f"{WITHOUT_HISCORES}", f"{AMEO}?series=rank,pp"])
def test_both_charts_have_one_width(session, path):
    page = session.open(f"/players/{path}")
    page.wait_for_selector(CHARTS_DRAWN)
    ends = "[...document.querySelectorAll('.u-over')].map((each) => each.getBoundingClientRect().right)"
    page.wait_for_function(f"() => new Set({ends}).size === 1")
    page.wait_for_selector("#hiscores[aria-busy=false]")
    page.wait_for_function(f"() => new Set({ends}).size === 1")


def test_series_need_no_upstream_request(player, session, gateway):
    page = player(HEAVY)
    page.wait_for_selector("#hiscores[aria-busy=false]")
    sent = []
    session.context.on("request", lambda request: sent.append(request.post_data or ""))
    gateway.fault(kind="status", status=503)
    page.get_by_role("button", name="Raw").click()
    page.wait_for_selector(CHARTS_DRAWN)
    choose(page, "Upper", "total-score")
    choose(page, "Lower", "accuracy")
    expect(page.locator("#plots-caption")).to_contain_text("5,000 points")
    expect(page.locator(".error-box")).to_have_count(0)
    assert any("at accuracy totalScore }" in each for each in sent)


def test_failed_series_can_be_retried(player, session):
    page = player(AMEO)
    page.route("**/graphql", lambda route: route.abort())
    page.get_by_label("Upper chart").select_option("level")
    page.locator("#plots-error .error-box").wait_for()
    page.unroute("**/graphql")
    page.get_by_role("button", name="Retry").click()
    page.wait_for_selector("#plots-error:empty", state="attached")
    page.wait_for_selector(CHARTS_DRAWN)
    expect(page.locator("#plots-caption")).to_contain_text("level")
    session.errors.clear()  # the browser logs the aborted request


@pytest.mark.parametrize("user,series", [(SINGLE_SNAPSHOT, "accuracy,hits"), (INACTIVE, "ss,level")])
def test_short_and_flat_histories_have_every_series(player, user, series):
    page = player(f"{user}?series={series}")
    expect(page.locator("#plot-upper canvas")).to_have_count(1)
    expect(page.locator("#plot-lower canvas")).to_have_count(1)
    expect(page.locator("#plots-caption")).not_to_contain_text("–")


def test_charts_without_lines_are_sentences(player):
    page = player(SINGLE_SNAPSHOT)
    expect(page.locator("#plots-caption")).to_contain_text("One snapshot so far")
    expect(page.locator("#plots canvas:visible")).to_have_count(0)
    page = player(f"{INACTIVE}?series=rank,accuracy")
    expect(page.get_by_text("Unranked in all snapshots.")).to_be_visible()
    expect(page.locator("#plots canvas:visible")).to_have_count(1)
    choose(page, "Upper", "plays")
    expect(page.locator("#plots canvas:visible")).to_have_count(2)
    width = "(canvas) => canvas.clientWidth"
    assert page.locator("#plot-upper canvas").evaluate(width) == page.locator("#plot-lower canvas").evaluate(width)


def test_comparison_shows_the_chosen_series(player):
    page = player(f"{AMEO}?compare={HEAVY}&series=plays,accuracy")
    expect(page.locator("#legend .player-1")).to_have_text(re.compile(r"[\d,]+ plays · [\d.]+ %"), timeout=TIMEOUT_MS)
    expect(page.locator("#plots-caption")).to_have_text(re.compile(r"ameo: .* plays and .*peppy: .* plays and "))


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_choice_of_series_fits_and_is_touchable(player, size):
    page = player(f"{AMEO}?series=ranked-score,total-score", size=size)
    boxes = [page.get_by_label(f"{chart} chart").bounding_box() for chart in ("Upper", "Lower")]
    assert boxes[0]["y"] == boxes[1]["y"]
    assert min(box["height"] for box in boxes) >= (40 if size is PHONE else 32)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_labels_are_short_and_distinct(session):
    function = "([axis, splits]) => it[axis].values(null, splits, 0, 0, splits[1] - splits[0])"
    assert evaluated(session, "scales", function, LABELS) == [labels for *_, labels in LABELS]


def test_axis_shows_the_values_with_space(session):
    ranges = evaluated(session, "scales", "([axis, values]) => it[axis].range(null, ...values)", RANGES)
    assert ranges == [pytest.approx(expected) for *_, expected in RANGES]


def test_axis_shows_lines_from_outside(session):
    function = "([data, ends]) => it.extremes(data, { from: 10000, to: 20000 }, ...ends)"
    assert evaluated(session, "scales", function, EXTREMES) == [expected for *_, expected in EXTREMES]
