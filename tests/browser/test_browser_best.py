"""The page of best plays: mode, period, filters and paging, all of them in the address."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import Route, expect

from tests.browser.chromium import PHONE, RunningGateway
from tests.support.processes import gateway_process

ROWS = "#plays tr"
# On some days the best play is that of this player.
NAMED = "1056"
UPDATE = f'mutation {{ updateUser(id: "{NAMED}") {{ __typename }} }}'


@pytest.fixture(scope="module")
def gateway():
    """One gateway per module. It knows the name of a player with plays in the list."""
    with gateway_process() as process:
        process.post(UPDATE).raise_for_status()
        yield RunningGateway(process.url, process.sandbox_url)


@pytest.fixture
def best(session):
    """Opens the page and waits for its plays."""

    def opened(query="", **view):
        page = session.open(f"/best{query}", **view)
        loaded(page)
        return page

    return opened


def loaded(page):
    page.wait_for_selector("#plays-section[aria-busy=false]")


def upstream_requests(gateway):
    return httpx.get(f"{gateway.sandbox}/_sandbox/counts").json()["requests"]


def choose(page, name, group=None):
    place = page.get_by_role("group", name=group, exact=True) if group else page
    place.get_by_role("button", name=name, exact=True).click()
    loaded(page)


def pressed(page, group):
    return page.locator(f"#{group} [aria-pressed=true]").all_inner_texts()


def mods(page):
    return [row.locator(".mods span").all_inner_texts() for row in page.locator(ROWS).all()]


def test_plays_link_players_and_beatmaps(best):
    page = best("?mode=osu&days=1")
    expect(page.locator(ROWS)).to_have_count(50)
    row = page.locator(f'{ROWS}:not(:has(a[href="players/{NAMED}"]))').first
    [player, beatmap] = row.get_by_role("link").all()
    number = player.inner_text().removeprefix("ID ")
    expect(player).to_have_attribute("href", f"players/{number}")
    expect(beatmap).to_have_attribute("href", re.compile(r"^https://osu\.ppy\.sh/\S+/\d+$"))
    points = [float(text.replace(",", "")) for text in page.locator(f"{ROWS} .strong").all_inner_texts()]
    assert points == sorted(points, reverse=True)


def test_known_names_are_shown(best):
    named = best().locator(f'{ROWS} a[href="players/{NAMED}"]').first
    expect(named).not_to_have_text(re.compile(f"^(ID {NAMED})?$"))


def test_player_links_keep_the_mode(best):
    page = best("?mode=taiko&days=7")
    page.locator(f"{ROWS} a").first.click()
    page.wait_for_url("**/players/*?mode=taiko")


@pytest.mark.parametrize("title,days", [("Week", "7"), ("Month", "30"), ("Year", "365"), ("All time", "all")])
def test_periods_are_in_the_address(best, title, days):
    page = best()
    choose(page, title)
    page.wait_for_url(f"**/best?days={days}")
    assert pressed(page, "periods") == [title]
    expect(page).to_have_title(re.compile(f"of the last {days} days|of all time"))


def test_address_keeps_all_state(best):
    query = "?mode=taiko&days=365&mods=HD&without=HR,FL&grades=SS,S,A&show=100"
    page = best(query)
    for _ in range(2):
        expect(page.locator("#modes [aria-current]")).to_have_text("taiko")
        assert pressed(page, "periods") == ["Year"]
        expect(page.locator("#filters-text")).to_have_text("HD; without HR, FL; SS, S, A")
        expect(page.locator(ROWS)).to_have_count(100)
        page.wait_for_url(f"**{query}")
        page.reload()
        loaded(page)


@pytest.mark.parametrize("query", ["?mods=dthd", "?mods=DT,HD", "?mods=HDDT&mode=OSU", "?mods=hd%20dt&days=1"])
def test_spellings_of_addresses_mean_the_same(best, query):
    page = best(query)
    expect(page.locator("#filters-text")).to_have_text("HD, DT")
    expect(page.locator("h2")).to_have_text("osu!, last 24 hours")
    assert all("HD" in row and {"DT", "NC"} & set(row) for row in mods(page))


@pytest.mark.parametrize(
    "query",
    [
        "?mode=&days=",
        "?mode=x&days=0&mods=XX",
        "?days=-1&grades=Z",
        "?days=36501&show=x",
        "?days=1e3&show=-5",
        "?days=٣",
    ],
)
def test_invalid_addresses_show_the_default(best, query):
    page = best(query)
    expect(page.locator("h2")).to_have_text("osu!, last 24 hours")
    expect(page.locator("#filters-text")).to_have_text("")
    expect(page.locator(ROWS)).to_have_count(50)


def test_other_numbers_of_days_are_shown(best):
    page = best("?days=14&mode=fruits")
    expect(page.locator("h2")).to_have_text("catch, last 14 days")
    assert pressed(page, "periods") == []


def test_range_of_pp_is_in_the_address(best, gateway):
    page = best("?days=all&mods=DT")
    before = upstream_requests(gateway)
    page.get_by_text("Filter by mods, grade and pp").click()
    page.get_by_label("from").fill("300")
    page.get_by_label("to", exact=True).fill("700")
    page.keyboard.press("Enter")
    page.wait_for_url("**/best?days=all&mods=DT&minpp=300&maxpp=700")
    expect(page.locator("#filters-text")).to_have_text("DT; 300 to 700 pp")
    loaded(page)
    shown = [float(text.replace(",", "")) for text in page.locator(f"{ROWS} .pp").all_inner_texts()]
    assert all(300 <= pp <= 700 for pp in shown)
    assert upstream_requests(gateway) == before
    page.reload()
    expect(page.get_by_label("to", exact=True)).to_have_value("700")


@pytest.mark.parametrize(
    "query,text,problem",
    [
        ("minpp=500&maxpp=400", "from 500 pp", "“maxpp” must not be less than “minpp”."),
        ("maxpp=x", "", "“maxpp” is a whole number of pp from 1 to 99999."),
        ("pp=400", "", "Write “minpp=400”."),
        ("maxpp=400", "up to 400 pp", ""),
    ],
)
def test_invalid_range_of_pp_is_named(best, query, text, problem):
    page = best(f"?{query}")
    expect(page.locator("#filters-text")).to_have_text(text)
    expect(page.locator("#notices")).to_contain_text(problem)


def test_filters_of_a_list_share_one_request(best, gateway):
    page = best("?mode=mania&days=30&mods=DT")
    before = upstream_requests(gateway)
    page.get_by_text("Filter by mods, grade and pp").click()
    choose(page, "HD", "Without")
    choose(page, "S", "Grade")
    choose(page, "SS", "Grade")
    page.wait_for_url("**?mode=mania&days=30&mods=DT&without=HD&grades=SS,S")
    assert all("HD" not in row and {"DT", "NC"} & set(row) for row in mods(page))
    expect(page.locator(f"{ROWS} .grade").filter(has_not_text=re.compile("^SS?$"))).to_have_count(0)
    choose(page, "DT", "With all of")
    expect(page.get_by_text("From a recent copy")).to_be_visible()
    assert upstream_requests(gateway) == before


def test_mod_is_either_required_or_excluded(best):
    page = best("?days=365&mods=HD,DT")
    page.get_by_text("Filter by mods, grade and pp").click()
    choose(page, "HD", "Without")
    assert (pressed(page, "mods"), pressed(page, "without")) == (["DT"], ["HD"])
    choose(page, "NM", "With all of")
    assert (pressed(page, "mods"), pressed(page, "without")) == (["NM"], [])
    assert mods(page) == [[]] * 50
    choose(page, "HD", "With all of")
    assert pressed(page, "mods") == ["HD"]


def test_more_plays_follow_by_cursor(best):
    page = best("?days=all")
    first = page.locator(ROWS).all_inner_texts()
    choose(page, "Show 50 more")
    expect(page.locator(ROWS)).to_have_count(100)
    texts = page.locator(ROWS).all_inner_texts()
    assert texts[:50] == first
    assert [text.split()[0] for text in texts] == [str(place) for place in range(1, 101)]
    assert page.evaluate("document.activeElement.closest('tr').rowIndex") == 51
    page.wait_for_url("**?days=all&show=100")


def test_later_steps_are_larger(best, gateway):
    page = best("?days=all&show=100")
    choose(page, "Show 200 more")
    expect(page.locator(ROWS)).to_have_count(300)
    page.wait_for_url("**?days=all&show=300")
    reads = upstream_requests(gateway)
    choose(page, "Show 500 more")
    expect(page.locator(ROWS)).to_have_count(800)
    page.wait_for_url("**?days=all&show=800")
    assert upstream_requests(gateway) == reads


def test_back_returns_to_the_previous_view(best):
    page = best("?days=7")
    initial = page.locator(ROWS).all_inner_texts()
    page.get_by_role("link", name="mania").click()
    loaded(page)
    expect(page.locator("#modes [aria-current]")).to_be_focused()
    page.go_back()
    page.wait_for_url("**/best?days=7")
    expect(page.locator("h2")).to_have_text("osu!, last 7 days")
    loaded(page)
    expect(page.locator(ROWS)).to_have_text(initial, use_inner_text=True)


def test_keyboard_opens_and_sets_filters(best):
    page = best()
    page.focus("#filters summary")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.wait_for_url("**/best?mods=HD")
    loaded(page)
    assert page.evaluate("document.activeElement.textContent") == "HD"


def test_empty_list_offers_other_views(best):
    page = best("?days=1&mods=HD,HT,FL,EZ,NF,SO,PF")
    expect(page.get_by_text("No play matches the filters.").first).to_be_visible()
    page.get_by_role("button", name="Show week").click()
    page.wait_for_url("**/best?days=7&mods=*")
    loaded(page)
    assert page.evaluate("document.activeElement.id") == "main"
    choose(page, "Remove filters")
    page.wait_for_url("**/best?days=7")
    expect(page.locator(ROWS)).to_have_count(50)


def test_query_link_has_the_plays_of_the_page(best, gateway):
    page = best("?mode=mania&days=7&mods=DT")
    link = page.get_by_role("link", name="Open this page’s query")
    parameters = parse_qs(urlsplit(link.get_attribute("href")).query)
    request = {"query": parameters["query"][0], "variables": json.loads(parameters["variables"][0])}
    plays = httpx.post(f"{gateway.address}/graphql", json=request).json()["data"]["bestPlays"]["nodes"]
    texts = [f"Beatmap {play['beatmapId']}\non osu!" for play in plays]
    expect(page.locator(f"{ROWS} .beatmap a")).to_have_text(texts, use_inner_text=True)
    link.click()
    page.locator(".graphiql-query-editor .CodeMirror-code").get_by_text("BestPlays", exact=True).wait_for()


@pytest.mark.parametrize("query", ["?days=all", "?mode=mania&days=365"])
def test_table_fits_a_phone(best, query):
    page = best(query, size=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    table = page.locator("#plays-table")
    assert table.evaluate("(element) => element.scrollWidth - element.clientWidth") == 0
    page.get_by_text("Filter by mods, grade and pp").click()
    heights = page.locator(".chips button").evaluate_all("(all) => all.map((each) => each.offsetHeight)")
    assert min(heights) >= 40


@pytest.mark.parametrize("width", [320, 390])
def test_phone_rows_have_two_lines(best, width):
    page = best("?days=all", size={"width": width, "height": 800})
    page.locator("#plays th a").evaluate_all("(all) => all.forEach((each) => (each.textContent = 'Kitsune404xy'))")
    few_mods = page.locator(f"{ROWS}:not(:has(.mods span:nth-child(3)))")
    heights = few_mods.evaluate_all("(rows) => rows.map((row) => row.offsetHeight)")
    assert min(heights) >= 60
    assert max(heights) <= 72


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("query", ["", "?mode=mania&days=365", "?days=all&mods=HD"])
def test_share_button_is_beside_the_title(best, width, query):
    page = best(query, size={"width": width, "height": 800})
    title, button = (page.locator(part).bounding_box() for part in ("#plays-title", "#copy-link"))
    assert title["x"] + title["width"] <= button["x"]
    assert abs(title["y"] - button["y"]) < 40


def test_phone_rows_stay_a_table(best):
    page = best("?days=all", size=PHONE)
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    roles = [node["role"]["value"] for node in nodes if not node["ignored"]]
    assert [roles.count(role) for role in ("table", "row", "rowheader")] == [1, 51, 50]
    assert roles.count("columnheader") == 7


def test_transfer_size_is_small(best):
    sizes = best().evaluate("performance.getEntries().map((entry) => entry.transferSize ?? 0)")
    assert 5_000 < sum(sizes) < 61_000


def test_page_needs_no_browser_storage(session):
    session.context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('blocked', 'SecurityError') }})"
    )
    page = session.open("/best")
    loaded(page)
    expect(page.locator(ROWS)).to_have_count(50)


def test_page_without_javascript_names_the_reason(browser, gateway):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{gateway.address}/best")
        expect(page.locator("body")).to_contain_text("This page needs JavaScript", use_inner_text=True)
        expect(page.locator("#controls, #plays-section").first).to_be_hidden()


def test_slow_load_shows_message(session):
    pending: list[Route] = []
    slow = True
    session.context.route("**/graphql", lambda route: pending.append(route) if slow else route.continue_())
    page = session.open("/best")
    page.get_by_text("osu!track is slow", exact=False).first.wait_for()
    slow = False
    pending.pop().continue_()
    page.wait_for_selector(ROWS)


def test_new_choice_aborts_the_pending_one(session):
    pending: list[Route] = []
    page = session.open("/best")
    page.wait_for_selector(ROWS)
    page.route("**/graphql", lambda route: pending.append(route) if not pending else route.continue_())
    page.get_by_role("button", name="Week").click()
    page.get_by_role("button", name="Month").click()
    loaded(page)
    expect(page.locator("h2")).to_have_text("osu!, last 30 days")
    expect(page.locator(".error-box")).to_have_count(0)
    pending.pop().abort()


def test_landing_page_links_best_plays(session):
    page = session.open("/")
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Best plays").click()
    page.wait_for_url("**/best")
    loaded(page)
