"""Plays per day: the computation from gains, and the heat map and months on the player page."""

import re
from itertools import pairwise

import httpx
import pytest
from playwright.sync_api import Route, expect

from gateway.sandbox.players import AMEO, HEAVY, ORDINARY, SINGLE_SNAPSHOT
from tests.browser.chromium import DESK, PHONE

DONE = "#activity[aria-busy=false]"
LEVELS = ["--heat-1", "--heat-2", "--heat-3", "--heat-4"]


def day(number):
    return f"2025-03-{number:02}T18:00:00.000Z"


def gain(start, end, plays):
    """A gain between the evenings of two days of March 2025."""
    return {"start": {"at": day(start)}, "end": {"at": day(end)}, "delta": {"playCount": plays}}


@pytest.fixture
def run(session):
    """Calls a function of `activity/days.js` with the days from 1 to 10 March 2025."""
    page = session.open("/")
    script = """async ([gains, last, next, name]) => {
        const all = await import("./static/activity/days.js");
        const [from, to] = [Date.UTC(2025, 2, 1), Date.UTC(2025, 2, 11)];
        const days = all.playsByDay(all.gapsOf(gains, last, next), from, to);
        return name ? all[name](days) ?? null : days.map(({ plays, estimated }) => [plays, estimated]);
    }"""

    def call(gains, name=None, last=None, next_=None):
        return page.evaluate(script, [gains, last, next_, name])

    return call


@pytest.fixture
def activity(session):
    """Opens a player page and waits for its activity."""

    def opened(rest, **view):
        page = session.open(f"/players/{rest}", **view)
        page.locator("#activity").scroll_into_view_if_needed()
        page.wait_for_selector(DONE)
        return page

    return opened


def test_adjacent_snapshots_count_for_one_day(run):
    days = run([gain(1, 2, 7), gain(2, 3, 0), gain(3, 4, 5)])
    assert days == [[None, False], [7, False], [0, False], [5, False], *[[None, False]] * 6]


def test_distant_snapshots_are_spread_and_estimated(run):
    days = run([gain(2, 6, 10)])
    assert days[1:7] == [[None, False], *[[2.5, True]] * 4, [None, False]]


def test_unchanged_play_count_is_no_estimate(run):
    assert run([gain(2, 6, 0)])[2:6] == [[0, False]] * 4


def test_lower_play_count_is_unknown(run):
    assert run([gain(2, 3, -4)])[2] == [None, False]


def test_snapshots_of_one_day_count_for_it(run):
    assert run([{**gain(5, 5, 3), "start": {"at": "2025-03-05T01:00:00.000Z"}}])[4] == [3, False]


def test_gaps_reach_beyond_the_window(run):
    before = {**gain(1, 2, 40), "start": {"at": "2025-02-26T18:00:00.000Z"}}
    after = {"at": "2025-03-14T12:00:00.000Z", "playCount": 160}
    days = run([before], last={"at": day(2), "playCount": 40}, next_=after)
    assert days == [[10, True], [10, True], *[[10, True]] * 8]


def test_estimated_days_interrupt_streaks(run):
    streak = run(
        [gain(1, 2, 1), gain(2, 3, 9), gain(3, 5, 8), gain(5, 6, 1), gain(6, 7, 1), gain(7, 8, 2)], "longestStreak"
    )
    assert streak["length"] == 3


def test_days_without_plays_have_no_streak(run):
    assert run([gain(1, 2, 0)], "longestStreak") is None
    assert run([gain(1, 4, 9)], "longestStreak") is None


def test_busiest_day_is_never_an_estimate(run):
    assert run([gain(1, 2, 5), gain(2, 4, 900)], "busiestDay")["plays"] == 5
    assert run([gain(2, 4, 900)], "busiestDay") is None


def test_busiest_month_has_no_other_months(session):
    script = """async (gains) => {
        const { busiestMonth } = await import("./static/activity/months.js");
        return busiestMonth(gains)?.delta.playCount ?? null;
    }"""
    page = session.open("/")
    certain = gain(1, 9, 90)
    across = {**gain(1, 9, 900), "start": {"at": "2025-01-09T18:00:00.000Z"}}
    assert page.evaluate(script, [across, certain, gain(9, 10, 3)]) == 90
    assert page.evaluate(script, [across, gain(1, 2, 0)]) is None


@pytest.mark.parametrize(
    "plays,levels",
    [([5], [4]), ([3, 3, 3], [4, 4, 4]), ([1, 2, 3, 4, 5, 6, 7, 8], [1, 1, 1, 2, 2, 3, 3, 4]), ([1, 900], [3, 4])],
)
def test_levels_follow_the_quartiles(session, plays, levels):
    script = """async (plays) => {
        const all = await import("./static/activity/days.js");
        const days = plays.map((each) => ({ plays: each, estimated: false }));
        return days.map((each) => all.levelOf(each, all.levelsOf(days)));
    }"""
    assert session.open("/").evaluate(script, plays) == levels


def test_year_that_has_just_begun_is_drawn(session):
    script = """async () => {
        const { showHeatmap } = await import("./static/activity/heatmap.js");
        const days = [3, 4].map((plays, day) => ({ at: Date.UTC(2026, 0, day + 1), plays, estimated: false }));
        showHeatmap(document.querySelector("main"), days, 181);
        return [document.querySelectorAll(".heatmap svg").length, document.querySelectorAll(".day").length];
    }"""
    assert session.open("/").evaluate(script) == [2, 2]


def test_map_has_a_year_of_days(activity):
    page = activity(AMEO)
    expect(page.locator(".day").nth(364)).to_be_attached()
    expect(page.locator(".day").nth(371)).not_to_be_attached()
    expect(page.locator(".day.estimated").first).to_be_attached()
    summary = page.locator(".heatmap-summary").inner_text()
    assert re.match(r"Plays on \d+ days\. Most on \d+ \w+ 20\d\d: \d+ plays\. Longest streak: \d+ days?, ", summary)
    assert re.search(r"\d+ days estimated\.", summary)


def test_estimates_only_are_a_sentence(activity):
    page = activity(ORDINARY[9])
    few = r"too far apart to show days: the plays of (no day|only \d+ of 3\d\d days) are known\."
    expect(page.locator(".heatmap-summary")).to_have_text(re.compile(few))
    expect(page.locator(".day")).to_have_count(0)


def test_arrow_keys_read_days(activity):
    page = activity(AMEO)
    page.focus(".heatmap")
    page.keyboard.press("ArrowLeft")
    newest = page.locator(".heatmap-readout").inner_text()
    assert re.match(r"\w+day, \d+ \w+ 20\d\d: ", newest)
    page.keyboard.press("ArrowLeft")
    week_before = page.locator(".heatmap-readout").inner_text()
    assert week_before.split(",")[0] == newest.split(",")[0]
    assert week_before != newest
    expect(page.locator("#live-region")).to_have_text(week_before)
    page.keyboard.press("Home")
    expect(page.locator(".heatmap-readout")).to_have_text(re.compile(r"^Monday, "))
    page.keyboard.press("ArrowUp")
    expect(page.locator('.day.chosen[data-day="0"]')).to_have_count(1)


# The share of a cell's area that is painted, times its opacity.
INK = """(cells) => cells.map((cell) => {
    const { opacity, strokeWidth, fill } = getComputedStyle(cell);
    const { width } = cell.getBBox();
    return (opacity * (fill === "none" ? 4 * width * parseFloat(strokeWidth) : width * width)) / 121;
})"""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("contrast", ["none", "active"])
def test_estimated_days_are_much_paler_than_measured(activity, theme, contrast):
    page = activity(AMEO, color_scheme=theme, forced_colors=contrast)
    estimated = page.locator(".day.estimated").evaluate_all(INK)
    measured = page.locator(".day:is(.level-1, .level-2, .level-3, .level-4):not(.estimated)").evaluate_all(INK)
    assert 0.05 < max(estimated) < min(measured) / 4
    expect(page.locator(".heatmap-legend")).to_contain_text("pale: estimated")


def test_pointer_reads_estimated_days(activity):
    page = activity(AMEO)
    page.locator(".day.estimated").first.dispatch_event("pointerover")
    text = page.locator(".heatmap-readout").inner_text()
    assert re.search(r"(about [\d,]+|less than 1) plays?, estimated from [\d,]+ plays? between the snapshots of ", text)


def test_days_open_as_table(activity):
    page = activity(AMEO)
    page.get_by_text("Days as table").click()
    expect(page.get_by_text("Days are UTC. A day counts")).to_be_visible()
    rows = page.get_by_role("region", name="Table of plays per day").locator("tbody tr")
    rows.first.wait_for()
    expect(rows).to_have_count(page.locator(".day:not(.level-0):not(.unknown)").count())
    expect(page.get_by_text(re.compile("estimated: ")).first).to_be_visible()


def test_months_equal_the_gains_of_the_schema(activity, gateway):
    page = activity(HEAVY)
    query = '{ user(id: "2") { stats { gains(window: { days: 25 }, every: MONTH) { delta { pp ranksGained } } } } }'
    data = httpx.post(f"{gateway.address}/graphql", json={"query": query}).json()["data"]
    delta = data["user"]["stats"]["gains"][-1]["delta"]
    text = page.locator(".months tbody tr").last.inner_text().replace("\u2212", "-").replace("+", "").replace(",", "")
    expect(page.locator(".months tbody tr")).to_have_count(12)
    assert f"{abs(delta['ranksGained'])}" in text


def test_months_without_snapshots_share_a_row(session):
    script = """async () => {
        const { monthTable } = await import("./static/activity/months.js");
        const delta = { playCount: 1, pp: 1, ranksGained: 1 };
        const gain = (start, end) => ({ start: { at: start }, end: { at: end }, delta });
        const gains = [gain("2026-01-01", "2026-01-20"), gain("2026-01-20", "2026-05-10")];
        const table = monthTable(gains, Date.UTC(2026, 7), { name: "osu" });
        return [...table.querySelectorAll("tbody th")].map((title) => title.textContent);
    }"""
    titles = ["Jan 2026", "Feb – Apr 2026", "May 2026since 20 Jan 2026", "Jun – Jul 2026"]
    assert session.open("/").evaluate(script) == titles


@pytest.mark.parametrize("measured,calendars", [(6, 0), (7, 2), (40, 2)])
def test_calendar_needs_a_week_of_days(session, measured, calendars):
    script = """async (measured) => {
        const { showHeatmap } = await import("./static/activity/heatmap.js");
        const at = (day) => Date.UTC(2026, 0, day + 1);
        const days = [...Array(60).keys()].map((day) => ({ at: at(day), plays: day < measured ? 3 : null, estimated: false }));
        showHeatmap(document.getElementById("main"), days, 30);
        return document.querySelectorAll(".heatmap svg").length;
    }"""
    assert session.open("/").evaluate(script, measured) == calendars


def test_losses_are_left_of_the_zero_line(session):
    script = """async () => {
        const { barScale, barTrack } = await import("./static/activity/bars.js");
        const scale = barScale([30, -10]);
        return [30, -10].map((value) => {
            const [bar, line] = barTrack("pp", value, scale).children;
            return [bar, line].map(({ style }) => [style.insetInlineStart, style.width]);
        });
    }"""
    gain, loss = session.open("/").evaluate(script)
    assert gain == [["25%", "75%"], ["25%", ""]]
    assert loss == [["0%", "25%"], ["25%", ""]]


def test_activity_needs_no_upstream_request(activity, gateway):
    activity(AMEO)
    before = httpx.get(f"{gateway.sandbox}/_sandbox/counts").json()["requests"]
    activity(AMEO)
    assert httpx.get(f"{gateway.sandbox}/_sandbox/counts").json()["requests"] == before


def test_distant_activity_is_not_loaded(session):
    page = session.open(f"/players/{AMEO}", size=PHONE)
    page.wait_for_selector("#hiscores[aria-busy=false]")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("link", name="2025", exact=True)).to_have_count(1)
    expect(page.locator(".day")).to_have_count(0)


def test_other_mode_begins_with_empty_sections(activity):
    page = activity(HEAVY)
    pending: list[Route] = []
    page.route(
        "**/graphql",
        lambda route: pending.append(route) if "hiscores" in (route.request.post_data or "") else route.continue_(),
    )
    page.evaluate("scrollTo(0, 0)")
    page.set_viewport_size({"width": 1280, "height": 300})  # the section is out of view
    page.get_by_role("link", name="mania").click()
    page.wait_for_selector("#player-data:not([hidden]) #progress[aria-busy=false]")
    expect(page.locator("#activity .day, #activity .months")).to_have_count(0)
    expect(page.locator("#plays tr")).to_have_count(0)
    expect(page.locator("#activity .loading")).to_have_count(1)
    expect(page.locator("#hiscores .loading")).to_have_count(1)
    page.locator("#activity").scroll_into_view_if_needed()
    page.wait_for_selector(f"{DONE} .day")
    for route in pending:
        route.continue_()


def test_one_snapshot_has_no_activity(activity):
    page = activity(SINGLE_SNAPSHOT)
    expect(page.get_by_text("the plays per day are unknown")).to_be_visible()
    expect(page.locator("#activity-months")).to_be_empty()


def test_months_of_unranked_players_have_no_pp(session):
    script = """async ([pp, ranksGained]) => {
        const { monthTable } = await import("./static/activity/months.js");
        const [start, end] = ["2026-03-02T10:00:00Z", "2026-03-20T10:00:00Z"].map((at) => ({ at }));
        const table = monthTable([{ start, end, delta: { playCount: 5, pp, ranksGained } }], Date.UTC(2026, 3), { name: "osu" });
        return [...table.querySelectorAll("td")].map((cell) => cell.innerText.split(" ")[0]);
    }"""
    page = session.open("/")
    assert page.evaluate(script, [0, None])[1] == "–"
    assert "±0" in page.evaluate(script, [0, 3])[1]


def test_failed_activity_can_be_retried(session, gateway):
    failing = True

    def respond(route):
        if failing and "query Activity" in (route.request.post_data or ""):
            error = {"message": "No.", "extensions": {"code": "OPERATION_TIMEOUT"}}
            route.fulfill(json={"data": None, "errors": [error]})
        else:
            route.continue_()

    session.context.route("**/graphql", respond)
    page = session.open(f"/players/{AMEO}")
    page.locator("#activity").scroll_into_view_if_needed()
    page.locator("#activity .error-box[data-code=OPERATION_TIMEOUT]").wait_for()
    failing = False
    page.locator("#activity").get_by_role("button", name="Retry").click()
    page.locator(".heatmap").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_levels_have_enough_contrast(activity, scheme):
    page = activity(AMEO, color_scheme=scheme)
    script = """(names) => {
        const probe = document.querySelector("#activity").appendChild(document.createElement("i"));
        const luminance = (colour) => {
            const [r, g, b] = colour.match(/[\\d.]+/g).map((each) => each / 255)
                .map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4));
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const surface = luminance(getComputedStyle(document.querySelector("#activity")).backgroundColor);
        return names.map((name) => {
            probe.style.color = `var(${name})`;
            const level = luminance(getComputedStyle(probe).color);
            return (Math.max(level, surface) + 0.05) / (Math.min(level, surface) + 0.05);
        });
    }"""
    contrasts = page.evaluate(script, LEVELS)
    assert contrasts[0] >= 3
    assert all(later >= earlier * 1.4 for earlier, later in pairwise(contrasts))


@pytest.mark.parametrize("size", [PHONE, {"width": 320, "height": 640}, DESK], ids=["phone", "small", "desk"])
def test_map_and_months_fit_the_width(activity, size):
    page = activity(AMEO, size=size)
    right = "(element) => element.getBoundingClientRect().right"
    assert page.locator(".heatmap svg").last.evaluate(right) <= size["width"]
    assert page.locator(".months").evaluate(right) <= size["width"]
