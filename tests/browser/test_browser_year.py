"""The page of a player's year: numbers, plays, firsts, covered time, links, states, and no hidden update."""

import re
from datetime import UTC, datetime

import httpx
import pytest
from playwright.sync_api import Route, expect

from gateway.images.formats import decimal
from gateway.sandbox.players import AMEO, HEAVY, INACTIVE, MANIA_ONLY, NO_PLAYS, SINGLE_SNAPSHOT, UNTRACKED
from tests.browser.chromium import DESK, PHONE, running_gateway

LOADED = "#best[aria-busy=false]"
THIS_YEAR = datetime.now(UTC).year
YEAR = THIS_YEAR - 2
SINGLE = f"{SINGLE_SNAPSHOT}/{THIS_YEAR}"
BETWEEN = f'window: {{ between: {{ from: "{YEAR}-01-01", to: "{YEAR + 1}-01-01" }} }}'


@pytest.fixture
def year(session):
    """Opens a year's page and waits for its plays."""

    def opened(rest, **view):
        page = session.open(f"/players/{rest}", **view)
        page.wait_for_selector(LOADED)
        return page

    return opened


def stats(gateway, player, fields):
    query = f'{{ user(id: "{player}") {{ stats {{ {fields} }} }} }}'
    return httpx.post(f"{gateway.address}/graphql", json={"query": query}).json()["data"]["user"]["stats"]


def tile(page, title):
    return page.locator("#numbers > div", has_text=title).first.inner_text().replace("\u2212", "-")


def side_effects(gateway):
    return httpx.get(f"{gateway.sandbox}/_sandbox/counts").json()["side_effects"]


def test_numbers_equal_those_of_the_schema(year, gateway):
    page = year(f"{HEAVY}/{YEAR}")
    fields = f"gain({BETWEEN}) {{ delta {{ pp playCount }} }} snapshots({BETWEEN}) {{ globalRank }}"
    expected = stats(gateway, HEAVY, fields)
    delta = expected["gain"]["delta"]
    shown = float(tile(page, "Performance").split()[1].replace(",", ""))
    assert abs(delta["pp"] - shown) < 0.011
    assert f"{delta['playCount']:+,}" in tile(page, "Plays")
    best = min(row["globalRank"] for row in expected["snapshots"] if row["globalRank"])
    assert f"#{best:,}" in tile(page, "Peak rank")
    expect(page.locator("#covered")).to_contain_text(f"{len(expected['snapshots'])} snapshots, ")
    for title in ("Global rank", "Accuracy", "Most active month"):
        assert tile(page, title)


def test_differences_agree_with_their_two_values(session):
    script = """async () => {
        const { numbers } = await import("./static/year/numbers.js");
        const start = { at: "2019-01-01T10:00:00Z", pp: 900.004, globalRank: 20, accuracy: 94.7451, level: 50.006, playCount: 7 };
        const end = { at: "2019-12-30T10:00:00Z", pp: 1900.005, globalRank: 10, accuracy: 95.5549, level: 51.004, playCount: 9 };
        const delta = { pp: 1000.001, accuracy: 0.8098, level: 0.998, ranksGained: 10, playCount: 2, countSS: 0, countS: 0, countA: 0 };
        const stats = { gain: { start, end, delta }, snapshots: [], months: [] };
        return numbers(stats, [], { year: 2019, mode: { name: "osu" } }).map((tile) => tile.querySelector(".value").textContent);
    }"""
    values = session.open("/").evaluate(script)
    assert {"+1,000.01 pp", "+0.80 %", "+0.99"} <= set(values)


UNEVEN = """() => {
    const rows = Object.groupBy(document.querySelectorAll("#numbers > div"), (tile) => Math.round(tile.getBoundingClientRect().top));
    return Object.values(rows).filter((row) => {
        const widths = row.map((tile) => tile.offsetWidth);
        const sizes = new Set(row.map((tile) => getComputedStyle(tile.querySelector(".value")).fontSize));
        return Math.max(...widths) - Math.min(...widths) > 1 || sizes.size > 1;
    }).map((row) => [innerWidth, row.map((tile) => tile.innerText)]);
}"""


@pytest.mark.parametrize("path", [f"{HEAVY}/{YEAR}", f"{AMEO}/2025", f"{AMEO}/2025?mode=taiko", SINGLE])
def test_number_tiles_form_an_even_grid(year, path):
    page = year(path)

    def uneven(width):
        page.set_viewport_size({"width": width, "height": 800})
        return page.evaluate(UNEVEN)

    assert [uneven(width) for width in (320, 390, 600, 800, 1024, 1280)] == [[]] * 6


BROKEN = """([performance, ranks, plays]) => {
    const tiles = [...document.querySelectorAll("#numbers > div")];
    const texts = { Performance: performance, "Global rank": ranks, Plays: plays };
    for (const tile of tiles) {
        const text = texts[tile.querySelector("dt").textContent];
        if (text) tile.querySelector(".value > span").firstChild.data = text;
    }
    const right = document.querySelector("#numbers").getBoundingClientRect().right + 1;
    return tiles.map((tile) => tile.querySelector(".value")).filter((value) => {
        const range = document.createRange();
        range.selectNodeContents(value);
        const [text, tile] = [range, value.parentElement].map((part) => part.getBoundingClientRect());
        const isTall = value.offsetHeight > 1.5 * parseFloat(getComputedStyle(value).fontSize);
        return isTall || text.right > tile.right || tile.right > right;
    }).map((value) => value.textContent);
}"""


@pytest.mark.parametrize("width", [320, 390, 600, 800, 1024, 1280])
def test_large_numbers_stay_beside_their_units(session, width):
    page = session.open(f"/players/{HEAVY}/{YEAR}", size={"width": width, "height": 800})
    page.locator("#numbers .value").first.wait_for()
    for numbers in (("+2,101.66", "▲ 16", "+13,613"), ("+12,101.66", "▼ 1,234,567", "+1,234,567")):
        assert page.evaluate(BROKEN, numbers) == []


@pytest.mark.parametrize(
    "estimated,streak,titles",
    [(2, 3, ["Most active day", "Longest streak"]), (2, 1, ["Most active day"]), (9, 3, [])],
)
def test_days_have_tiles_if_most_are_measured(session, estimated, streak, titles):
    script = """async ([estimated, streak]) => {
        const { numbers } = await import("./static/year/numbers.js");
        const day = (plays, estimated, at) => ({ at: at * 864e5, plays, estimated, gap: null });
        const days = [...Array(estimated).fill([2, true]), ...Array(streak).fill([5, false]), [0, false]];
        const tiles = numbers({ gain: null, snapshots: [], months: [] }, days.map((each, at) => day(...each, at)), {});
        return tiles.map((tile) => tile.querySelector("dt").textContent);
    }"""
    assert session.open("/").evaluate(script, [estimated, streak]) == titles


def test_busiest_month_equals_its_row(year):
    page = year(f"{HEAVY}/{YEAR}")
    plays = page.locator(".months tbody tr td:nth-child(2)").all_inner_texts()
    most = max((text for text in plays if text.startswith("+")), key=lambda text: int(text.replace(",", "")))
    assert f"{most[1:]} plays" in tile(page, "Most active month")


def test_pp_of_rework_months_is_stated(year):
    page = year(f"{HEAVY}/2025")
    rows = page.locator(".months tr", has_text="pp rework")
    expect(rows.locator("th")).to_have_text([re.compile(f"^{month}") for month in ("Mar", "Oct", "Nov")])
    expect(rows.first.get_by_role("link")).to_have_attribute(
        "href", re.compile("^https://osu.ppy.sh/home/news/2025-03")
    )
    gained = [
        float(text.replace("\u2212", "-").replace("±", "").replace(",", ""))
        for text in rows.locator("td:nth-child(3)").all_inner_texts()
    ]
    assert f"of which {sum(gained):+,.2f} in March, October, November" in tile(page, "Performance")
    assert "of which" not in tile(year(f"{HEAVY}/2023"), "Performance")


def test_rework_without_gain_is_left_out(session):
    script = """async ([pp, start = "2025-02-20T10:00:00Z"]) => {
        const { numbers } = await import("./static/year/numbers.js");
        const row = { at: "2025-01-01T10:00:00Z", pp: 900, globalRank: 20, accuracy: 98, level: 50, playCount: 7000 };
        const gain = { start: row, end: { ...row, at: "2025-12-30T10:00:00Z" }, delta: { pp: 40, ranksGained: 1 } };
        const months = [{ start: { at: start }, end: { at: "2025-03-20T10:00:00Z" }, delta: { pp } }];
        const view = { year: 2025, mode: { name: "osu" } };
        return numbers({ gain, snapshots: [], months }, [], view)[0].textContent;
    }"""
    page = session.open("/")
    assert "of which +3.00 in March" in page.evaluate(script, [3])
    assert "of which" not in page.evaluate(script, [0.001])
    # Gained in part before the year's first snapshot.
    assert "of which" not in page.evaluate(script, [3, "2024-06-09T10:00:00Z"])


def test_changes_of_sparse_years_state_their_start(year):
    page = year(f"{HEAVY}/2025?mode=taiko")
    expect(page.locator("#changes")).to_have_text(re.compile(r"^Changes since \d+ \w+ 2025$"))
    expect(page.locator("#numbers")).not_to_contain_text("since")
    titles = page.locator("#numbers dt").all_inner_texts()
    assert not {"Most active day", "Longest streak"} & set(titles)
    expect(page.locator(".heatmap-summary")).not_to_contain_text("Longest streak: 1 day")


def test_gains_of_a_year_begin_in_it(session):
    script = """async ([wide, within]) => {
        const { loadYear } = await import("./static/year/query.js");
        const gain = (at) => at && { start: { at }, end: {}, delta: {} };
        const stats = { gain: gain(wide), within: gain(within) };
        window.fetch = async () => new Response(JSON.stringify({ data: { user: { stats } } }));
        const loaded = await loadYear({ id: "2", year: 2025, mode: { value: "OSU" } });
        return loaded.stats.gain?.start.at ?? null;
    }"""
    page = session.open("/")
    assert page.evaluate(script, ["2024-12-28T10:00:00Z", "2025-02-01T10:00:00Z"]) == "2024-12-28T10:00:00Z"
    assert page.evaluate(script, ["2024-12-20T10:00:00Z", "2025-02-01T10:00:00Z"]) == "2025-02-01T10:00:00Z"
    assert page.evaluate(script, ["2023-12-20T10:00:00Z", None]) is None


def test_peak_states_first_and_last_time(session):
    script = """async (ranks) => {
        const { numbers } = await import("./static/year/numbers.js");
        const snapshots = ranks.map((globalRank, day) => ({ at: `2025-03-0${day + 1}T10:00:00Z`, globalRank }));
        const [tile] = numbers({ gain: null, snapshots, months: [] }, [], {});
        return tile.textContent;
    }"""
    page = session.open("/")
    assert page.evaluate(script, [9, 7, None, 7]) == "Peak rank#7first on 2 Mar 2025, last on 4 Mar 2025"
    assert page.evaluate(script, [9, 7, 8]) == "Peak rank#72 Mar 2025"
    page = session.open(f"/players/{HEAVY}")
    page.locator("#peak time").first.wait_for()
    expect(page.locator("#peak")).to_have_text(re.compile("(last reached.*){3}", re.DOTALL))


def test_best_plays_are_those_of_the_year(year, gateway):
    page = year(f"{HEAVY}/{YEAR}")
    fields = f"hiscores({BETWEEN}, bestPerBeatmap: true, first: 5) {{ nodes {{ pp }} }}"
    best = [f"{decimal(play['pp'])} pp" for play in stats(gateway, HEAVY, fields)["hiscores"]["nodes"]]
    expect(page.locator(".best-plays b")).to_have_text(best)
    expect(page.locator(".best-plays .play").filter(has_text="–")).to_have_count(0)
    expect(page.locator(".best-plays time")).to_have_text([re.compile(f"{YEAR}$")] * len(best))


def test_best_play_is_one_of_the_numbers(year):
    page = year(f"{HEAVY}/{YEAR}")
    best = page.locator(".best-plays b").first.inner_text()
    assert best in tile(page, "Best play")
    expect(page.locator("#best-play .detail")).to_have_text(re.compile(r"^\w+ · \d+ \w+$"))


def test_year_without_hiscores_has_no_best_play(year):
    expect(year(f"{SINGLE_SNAPSHOT}/{THIS_YEAR}").locator("#best-play .value")).to_have_text("–")


def test_firsts_are_reached_in_the_year(year):
    page = year(f"{HEAVY}/{YEAR}")
    last = page.locator("#milestones time").evaluate_all("(all) => all.map((each) => each.textContent.slice(-4))")
    assert str(YEAR) in last
    assert not [text for text in last if int(text) > YEAR]


def test_years_are_linked_in_both_directions(year):
    page = year(f"{HEAVY}/{YEAR}?mode=taiko")
    page.get_by_role("link", name=f"{YEAR + 1} →").click()
    page.wait_for_url(f"**/players/{HEAVY}/{YEAR + 1}?mode=taiko")
    page.get_by_role("link", name=f"← {YEAR}").click()
    page.wait_for_url(f"**/players/{HEAVY}/{YEAR}?mode=taiko")
    page.get_by_role("link", name="peppy").click()
    page.wait_for_url(f"**/players/{HEAVY}?mode=taiko")
    page.get_by_role("link", name=str(YEAR), exact=True).click()
    page.wait_for_url(f"**/players/{HEAVY}/{YEAR}?mode=taiko")


@pytest.mark.parametrize("mode,title", [("osu", "osu!"), ("taiko", "taiko"), ("catch", "catch"), ("mania", "mania")])
def test_each_mode_has_its_year(year, mode, title):
    page = year(f"{AMEO}/{YEAR}?mode={mode}")
    expect(page.locator("#modes [aria-current]")).to_have_text(title)
    # The sample data of a mode can have a break of a year.
    expect(page.locator("#numbers > div:nth-child(4), #empty:not([hidden])")).to_have_count(1)


def test_present_year_is_marked_as_partial(year):
    page = year(f"{AMEO}/{THIS_YEAR}")
    expect(page.get_by_text(f"{THIS_YEAR} is not over")).to_be_visible()
    expect(page.get_by_role("heading", name=f"{THIS_YEAR} so far")).to_be_visible()
    expect(page).to_have_title(re.compile(f"{THIS_YEAR} so far"))
    expect(page.get_by_role("link", name="→")).to_have_count(0)


def test_first_year_states_the_start_of_tracking(year, gateway):
    first = stats(gateway, HEAVY, "earliest { at }")["earliest"]["at"][:4]
    page = year(f"{HEAVY}/{first}")
    expect(page.get_by_text("osu!track has no snapshots before")).to_be_visible()
    expect(page.get_by_role("link", name="←")).to_have_count(0)


def test_year_without_snapshots_links_others(year, gateway):
    first = int(stats(gateway, AMEO, "earliest { at }")["earliest"]["at"][:4])
    page = year(f"{AMEO}/{first - 2}")
    page.get_by_role("heading", name=f"No snapshots of {first - 2}").wait_for()
    expect(page.locator("#stats")).to_be_hidden()
    expect(page.locator("#activity")).to_be_hidden()
    expect(page.locator("#empty-links").get_by_role("link", name=str(first))).to_have_attribute("href", str(first))
    expect(page.get_by_role("link", name=f"{first} →")).to_have_count(1)


def test_single_snapshot_has_no_changes(year):
    page = year(f"{SINGLE_SNAPSHOT}/{THIS_YEAR}")
    expect(page.locator("#covered")).to_contain_text("One snapshot, ")
    expect(page.get_by_text(f"There is one snapshot of {THIS_YEAR} only")).to_be_visible()
    expect(page.locator("#months")).to_be_hidden()


def test_single_snapshot_has_its_values(year, gateway):
    page = year(f"{SINGLE_SNAPSHOT}/{THIS_YEAR}")
    latest = stats(gateway, SINGLE_SNAPSHOT, "latest { pp globalRank playCount accuracy }")["latest"]
    values = {
        "Performance": f"{decimal(latest['pp'])} pp",
        "Global rank": f"#{latest['globalRank']:,}",
        "Plays": f"{latest['playCount']:,}",
        "Accuracy": f"{decimal(latest['accuracy'])} %",
    }
    for title, value in values.items():
        assert re.search(rf"^{re.escape(value)}\non \d+ \w+$", tile(page, title), re.MULTILINE)
    expect(page.locator("#numbers dt", has_text="Peak rank")).to_have_count(0)


def test_whole_year_has_no_start_of_changes(year):
    expect(year(f"{HEAVY}/{YEAR}").locator("#changes")).to_be_empty()


@pytest.mark.parametrize("player", [UNTRACKED[60], NO_PLAYS, INACTIVE])
def test_page_load_never_updates_players(session, gateway, player):
    before = side_effects(gateway)
    page = session.open(f"/players/{player}/{THIS_YEAR - 1}")
    page.locator("#empty:not([hidden]), #year-data:not([hidden])").first.wait_for()
    page.wait_for_load_state("networkidle")
    assert side_effects(gateway) == before


def test_untracked_player_has_no_year(session):
    page = session.open(f"/players/{UNTRACKED[61]}/{YEAR}")
    page.get_by_role("heading", name="No data yet").wait_for()
    expect(page.get_by_role("link", name="Player page")).to_have_attribute("href", f"../{UNTRACKED[61]}")


@pytest.mark.parametrize(
    "path,title", [("2/2006", "Invalid year"), ("2/99999", "Invalid year"), ("x!/2025", "Invalid player ID")]
)
def test_invalid_addresses_show_the_reason(session, path, title):
    page = session.open(f"/players/{path}")
    page.get_by_role("heading", name=title).wait_for()
    expect(page.locator("#year-header")).to_be_hidden()
    [error] = session.errors
    assert "404" in error
    session.errors.clear()  # the browser logs each 404


def test_invalid_year_links_the_last_years(session):
    page = session.open(f"/players/{HEAVY}/2006?mode=taiko")
    expect(page.locator("#invalid a")).to_have_text([str(THIS_YEAR - 1), str(THIS_YEAR), "Player page"])
    expect(page.locator("#invalid a").first).to_have_attribute("href", f"{THIS_YEAR - 1}?mode=taiko")
    session.errors.clear()  # the browser logs each 404


def test_failure_is_shown_and_retried(session):
    failing = True

    def respond(route):
        return route.abort() if failing else route.continue_()

    session.context.route("**/graphql", respond)
    page = session.open(f"/players/{AMEO}/{YEAR}")
    page.locator("#load-error .error-box[data-code=NETWORK]").wait_for()
    failing = False
    page.get_by_role("button", name="Retry").click()
    page.wait_for_selector(LOADED)
    session.errors.clear()  # the browser logs failed requests


def test_slow_load_shows_message(session):
    pending: list[Route] = []
    slow = True
    session.context.route("**/graphql", lambda route: pending.append(route) if slow else route.continue_())
    page = session.open(f"/players/{AMEO}/{YEAR}")
    page.get_by_text("osu!track is slow.").first.wait_for()
    slow = False
    pending.pop().continue_()
    page.wait_for_selector(LOADED)


def test_failed_hiscores_leave_the_numbers(session, gateway):
    gateway.fault(kind="status", status=500, path="/hiscores")
    page = session.open(f"/players/{MANIA_ONLY}/{THIS_YEAR}?mode=mania")
    page.locator("#best .error-box").wait_for()
    expect(page.locator("#best-play .detail")).to_have_text("Not available")
    expect(page.locator("#numbers > div").nth(4)).to_be_attached()


def test_refreshed_data_appears_by_itself(session):
    with running_gateway(history_fresh_s="1", peak_fresh_s="1") as session.gateway:
        page = session.open(f"/players/{AMEO}/{YEAR}")
        page.wait_for_selector(LOADED)
        page.wait_for_timeout(1200)
        page.reload()
        page.wait_for_selector(LOADED)
        with page.expect_response("**/graphql") as response:
            pass
        assert "query Year" in response.value.request.post_data
        expect(page.locator("#notices *")).to_have_count(0)
        page.close()


def test_second_visit_needs_no_upstream_request(year, gateway):
    year(f"{AMEO}/{YEAR}")
    before = httpx.get(f"{gateway.sandbox}/_sandbox/counts").json()["requests"]
    page = year(f"{AMEO}/{YEAR}")
    assert httpx.get(f"{gateway.sandbox}/_sandbox/counts").json()["requests"] == before
    expect(page.locator("#notices")).to_be_empty()


@pytest.mark.parametrize("size", [PHONE, {"width": 320, "height": 640}, DESK], ids=["phone", "small", "desk"])
def test_page_fits_window_width(year, size):
    page = year(f"{HEAVY}/{YEAR}", size=size)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    overflowing = "(tiles) => tiles.filter((tile) => tile.scrollWidth > tile.clientWidth).map((tile) => tile.innerText)"
    assert page.locator("#numbers > div").evaluate_all(overflowing) == []


def test_card_link_is_the_card_of_the_year(year, gateway):
    href = year(f"{AMEO}/{YEAR}?mode=taiko").get_by_role("link", name="Card image").get_attribute("href")
    assert re.fullmatch(rf"card\.png\?mode=taiko&window={YEAR}-01-01\.\.{YEAR + 1}-01-01", href)
    assert httpx.get(f"{gateway.address}/players/{AMEO}/{href}").headers["Content-Type"] == "image/png"


@pytest.mark.parametrize("rest", [f"{UNTRACKED[60]}/{YEAR}", f"{AMEO}/2009"])
def test_year_without_data_has_no_card(session, rest):
    page = session.open(f"/players/{rest}")
    page.wait_for_selector("#empty:not([hidden])")
    expect(page.get_by_role("link", name="Card image")).to_be_hidden()
