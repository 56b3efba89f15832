"""A player's page in a real browser: read, zoomed, compared and updated, by mouse and by keyboard, on a phone too."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from gateway.sandbox.players import AMEO, HEAVY, INACTIVE, MANIA_ONLY, NONEXISTENT, SINGLE_SNAPSHOT, UNTRACKED
from tests.browser.chromium import DESK, PHONE, TIMEOUT_MS, RunningGateway
from tests.support.processes import gateway_process

LOADED = "#progress[aria-busy=false]"
# Players whom no other test of this file updates.
UPDATED, COOLED, TYPED = 1052, 1053, 1054


@pytest.fixture(scope="module")
def gateway():
    """One for all tests of this file, which make more updates than osu!track is to be asked for."""
    with gateway_process(updates_per_minute="0") as process:
        yield RunningGateway(process.url, process.sandbox_url)


@pytest.fixture
def player(session):
    """Opens a player's page and waits until its charts and hiscores are drawn."""

    def opened(rest, **view):
        page = session.open(f"/players/{rest}", **view)
        page.wait_for_selector(f"#player-data:not([hidden]) {LOADED}")
        page.wait_for_selector("#hiscores[aria-busy=false]")
        return page

    return opened


def upstream_requests(gateway):
    return httpx.get(f"{gateway.sandbox}/_sandbox/counts").json()["requests"]


def points(page):
    """How many the first player has in the window, as the page says."""
    [count, *_] = re.findall(r"([\d,]+) points", page.locator("#plots-caption").inner_text())
    return int(count.replace(",", ""))


def drag(page, start, end):
    """Over the upper chart, from one share of its width to another."""
    box = page.locator("#plot-pp .u-over").bounding_box()
    page.mouse.move(box["x"] + box["width"] * start, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * end, box["y"] + 60, steps=4)
    page.mouse.up()


def said(page):
    expect(page.locator("#live-region")).not_to_be_empty()
    return page.locator("#live-region").inner_text()


def outcome(page):
    page.locator("#update-result .result").wait_for()
    return page.locator("#update-result").inner_text()


def test_a_page_tells_how_a_player_stands(player):
    page = player(AMEO)
    assert page.get_by_role("heading", level=1).inner_text() == f"Player {AMEO}"
    assert re.search(r"Global rank\s+#[\d,]+", page.locator("#current-stats").inner_text())
    assert page.locator("#gains li").count() == 3
    assert re.search(r"Rank\s+#[\d,]+\s+\d+ \w+ 20\d\d", page.locator("#peak").inner_text())
    assert page.locator("#plays tr").count() == 10


def test_hiscores_have_mods_and_grades_and_there_are_more(player):
    page = player(AMEO)
    best = page.locator("#plays tr").first
    assert re.fullmatch(r"(SS|S|A|B|C|D|F|\?).*", best.locator(".grade").inner_text(), re.DOTALL)
    assert page.locator("#plays .mods").count() > 0
    page.get_by_role("button", name="Show 50 more").click()
    expect(page.locator("#plays tr")).to_have_count(60, timeout=TIMEOUT_MS)
    page.get_by_role("button", name="Newest").click()
    expect(page.locator("#plays tr")).to_have_count(10, timeout=TIMEOUT_MS)


def test_a_drag_zooms_and_a_double_click_shows_all_again(player):
    page = player(AMEO)
    everything = page.locator("#plots-caption").inner_text()
    drag(page, 0.5, 0.7)
    page.wait_for_url("**?from=*to=*")
    page.wait_for_selector(LOADED)
    assert page.locator("#plots-caption").inner_text() != everything
    page.locator("#plot-pp .u-over").dblclick()
    page.wait_for_url(f"**/players/{AMEO}")
    expect(page.locator("#plots-caption")).to_have_text(everything, timeout=TIMEOUT_MS)


def test_a_finger_zooms_too(player):
    page = player(AMEO, size=PHONE)
    over = page.locator("#plot-pp .u-over")
    box = over.bounding_box()
    for kind, share in (("pointerdown", 0.3), ("pointermove", 0.8), ("pointerup", 0.8)):
        at = {"clientX": box["x"] + box["width"] * share, "clientY": box["y"] + 20}
        over.dispatch_event(kind, {"pointerType": "touch", **at})
    page.wait_for_url("**?from=*")


def test_keys_walk_select_and_zoom(player):
    page = player(AMEO)
    page.focus("#plots")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert re.fullmatch(r"\d+ \w+ 20\d\d, [\d:]+ UTC: [\d,.]+ pp, #[\d,]+", said(page))
    page.keyboard.press("Shift+PageUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**?from=*to=*")
    page.keyboard.press("0")
    page.wait_for_url(f"**/players/{AMEO}")


@pytest.mark.parametrize("slider,key,there", [("begins", "PageUp", "from="), ("ends", "PageDown", "to=")])
def test_sliders_move_either_end_of_the_window(player, slider, key, there):
    page = player(AMEO)
    page.get_by_label(f"Window {slider}").press(key)
    page.wait_for_url(f"**?{there}*")
    assert re.fullmatch(r"\d+ \w+ 20\d\d", page.get_by_label(f"Window {slider}").get_attribute("aria-valuetext"))


def test_windows_and_fineness_change_without_a_request_to_osutrack(player, gateway):
    page = player(HEAVY)
    before = upstream_requests(gateway)
    counted = {}
    for name in ("Month", "Week", "Day", "Each"):
        page.get_by_role("button", name=name, exact=True).click()
        page.get_by_role("button", name=name, exact=True, pressed=True).wait_for()
        page.wait_for_selector(LOADED)
        counted[name] = points(page)
    page.get_by_role("button", name="30 days").click()
    page.wait_for_url("**from=*")
    page.get_by_role("button", name="Earlier").click()
    page.get_by_role("button", name="Zoom out").click()
    page.wait_for_selector(LOADED)
    assert counted["Each"] == 5000
    assert counted["Month"] < counted["Week"] < counted["Day"] < counted["Each"]
    assert upstream_requests(gateway) == before


def test_five_thousand_snapshots_are_drawn_in_no_time(player):
    page = player(f"{HEAVY}?every=all")
    took_ms = page.evaluate(
        """async () => {
            const frame = () => new Promise(requestAnimationFrame);
            const over = document.querySelector("#plot-pp .u-over");
            const { left, top, width } = over.getBoundingClientRect();
            const began = performance.now();
            for (let step = 0; step < 60; step += 1) {
                const at = { clientX: left + (width * step) / 60, clientY: top + 20, bubbles: true };
                over.dispatchEvent(new MouseEvent("mousemove", at));
                await frame();
            }
            return (performance.now() - began) / 60;
        }"""
    )
    assert points(page) == 5000
    assert took_ms < 50, "a movement of the mouse takes this long"


@pytest.mark.parametrize(
    "ranks,labels",
    [
        ([10, 1000, 100_000, 1_000_000], ["#10", "#1,000", "#100k", "#1M"]),
        ([1_500_000, 2_000_000], ["#1.5M", "#2M"]),
        ([1_027_500, 1_028_000], ["#1,027.5k", "#1,028k"]),
        ([407_618, 407_620], ["#407,618", "#407,620"]),
    ],
)
def test_ranks_of_an_axis_are_told_in_one_measure(session, ranks, labels):
    page = session.open("/")
    told = "(ranks) => import('./static/player/scales.js').then((it) => it.rankLabels(null, ranks.map(Math.log10)))"
    assert page.evaluate(told, ranks) == labels


def test_who_is_unranked_has_no_rank_at_the_axis(player):
    page = player(INACTIVE)
    splits = (
        "import('./static/player/scales.js').then((it) => it.rankSplits(null, 1, ...it.rankRange(null, null, null)))"
    )
    assert page.evaluate(splits.replace("./", "../")) == []
    assert "pp" not in page.locator("#peak").inner_text()


def test_a_link_shows_the_same(player):
    page = player(f"{HEAVY}?mode=taiko&compare={AMEO}&from=2020-01-01&to=2024-01-01&every=month")
    assert page.locator("#modes [aria-current]").inner_text() == "taiko"
    assert page.locator("#plots-caption").inner_text().startswith("1 Jan 2020 to 1 Jan 2024, one a month.")
    page.get_by_role("columnheader", name=f"Player {AMEO}").wait_for()


def test_the_way_back_leads_through_what_was_shown(player):
    page = player(AMEO)
    page.get_by_role("button", name="1 year").click()
    page.wait_for_url("**?from=*")
    page.get_by_role("link", name="mania").click()
    page.wait_for_selector(f"#player-data:not([hidden]) {LOADED}")
    page.go_back()
    page.wait_for_selector(f"#player-data:not([hidden]) {LOADED}")
    assert page.locator("#modes [aria-current]").inner_text() == "osu!"
    page.go_back()
    page.get_by_role("button", name="All", exact=True, pressed=True).wait_for()


def test_two_players_are_compared_and_parted_again(player):
    page = player(AMEO)
    page.get_by_label("With player").fill(f"https://osu.ppy.sh/users/{HEAVY}/osu")
    page.get_by_role("button", name="Compare").click()
    page.get_by_role("columnheader", name=f"Player {HEAVY}").wait_for()
    page.locator("#legend .player-1").wait_for()
    assert f"compare={HEAVY}" in page.url
    assert f"Player {HEAVY}:" in page.locator("#plots-caption").inner_text()
    page.get_by_role("button", name="Stop comparing").click()
    page.locator("#legend .player-1").wait_for(state="detached")
    assert page.url.endswith(f"/players/{AMEO}")


@pytest.mark.parametrize("text,problem", [("peppy", "A number is needed"), (str(AMEO), "the same player")])
def test_who_can_not_be_compared_is_told(player, text, problem):
    page = player(AMEO)
    page.get_by_label("With player").fill(text)
    page.keyboard.press("Enter")
    assert problem in page.locator("#compare-hint").inner_text()
    assert page.evaluate("document.activeElement.id") == "compare-id"


def test_another_player_is_looked_at_from_the_head_of_the_page(player):
    page = player(f"{AMEO}?mode=taiko&compare={HEAVY}&from=2025-01-01")
    field = page.get_by_label("Another player")
    field.fill("peppy")
    page.keyboard.press("Enter")
    assert "A number is needed" in field.evaluate("(field) => field.validationMessage")
    assert page.evaluate("document.activeElement.id") == "player-search-id"
    field.fill(f"osu.ppy.sh/users/{HEAVY}")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/players/{HEAVY}?mode=taiko")


def test_a_player_beside_who_is_not_tracked_is_told(player):
    page = player(f"{AMEO}?compare={UNTRACKED[40]}")
    page.get_by_text("osu!track has no snapshots of").wait_for()
    assert page.get_by_role("link", name="their page").get_attribute("href") == str(UNTRACKED[40])


def test_a_mode_in_which_nobody_was_seen_invites_to_begin(player, session):
    page = player(f"{MANIA_ONLY}?mode=mania")
    page.get_by_role("link", name="osu!", exact=True).click()
    page.get_by_role("button", name="Start tracking").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "osu!"


def test_an_update_tells_what_changed_and_the_page_shows_it(player):
    page = player(UPDATED)
    page.get_by_role("button", name="Update").click()
    told = outcome(page)
    assert "What changed" in told
    assert re.search(r"pp\s+\+[\d.]+", told)
    assert "2 new hiscores" in told
    assert page.get_by_role("heading", level=1).inner_text() == f"Player {UPDATED - 1001:02}"
    assert "Read from osu! just now" in page.locator("#about").inner_text()
    assert "What changed" in said(page)


def test_a_second_update_waits_for_the_cooldown(player, gateway):
    page = player(COOLED)
    page.get_by_role("button", name="Update").click()
    outcome(page)
    updates = httpx.get(f"{gateway.sandbox}/_sandbox/counts").json()["updates"]
    page.get_by_role("button", name="Update").click()
    page.get_by_role("heading", name="Updated already").wait_for()
    assert re.fullmatch(r"Update in 1[45]:\d\d", page.locator("#update").inner_text())
    assert page.locator("#update").get_attribute("aria-disabled") == "true"
    assert httpx.get(f"{gateway.sandbox}/_sandbox/counts").json()["updates"] == updates


def test_a_cooldown_ends_before_the_eyes(player):
    # The answer is made up: the gateway's own cooldown is a quarter of an hour.
    page = player(AMEO)
    answer = {"updateUser": {"__typename": "UpdateOnCooldown", "retryAfterSeconds": 2, "message": ""}}
    page.route("**/graphql", lambda route: route.fulfill(json={"data": answer}))
    page.get_by_role("button", name="Update").click()
    page.get_by_role("heading", name="Updated already").wait_for()
    expect(page.locator("#update")).to_have_text("Update", timeout=TIMEOUT_MS)
    assert page.locator("#update-result").inner_text() == ""
    assert page.locator("#update").get_attribute("aria-disabled") is None


def test_whoever_is_not_tracked_yet_is_from_the_first_update_on(session, gateway):
    page = session.open(f"/players/{UNTRACKED[0]}")
    page.get_by_role("button", name="Start tracking").wait_for()
    assert httpx.get(f"{gateway.sandbox}/_sandbox/counts").json()["side_effects"] == 0
    page.get_by_role("button", name="Start tracking").click()
    assert "Tracked from now on" in outcome(page)
    page.wait_for_selector(f"#player-data:not([hidden]) {LOADED}")
    assert page.get_by_role("heading", level=1).inner_text() == "fresh_01"
    assert page.evaluate("document.activeElement.id") == "update"


def test_whom_osu_does_not_know_is_told(session):
    page = session.open(f"/players/{NONEXISTENT[0]}")
    page.get_by_role("button", name="Start tracking").wait_for()
    page.get_by_role("button", name="Update").click()
    assert "osu! knows no user" in outcome(page)
    assert page.get_by_role("button", name="Start tracking").is_hidden()


def test_a_single_snapshot_is_a_point(player):
    page = player(SINGLE_SNAPSHOT)
    assert "one point" in page.locator("#plots-caption").inner_text()
    assert page.get_by_text("No two snapshots to compare.").count() == 3


def test_the_charts_are_there_as_a_table(player):
    page = player(AMEO)
    page.get_by_text("The same as a table").click()
    rows = page.locator("#plots-table tbody tr")
    rows.nth(49).wait_for()
    assert rows.count() == 50
    page.get_by_role("button", name="Show 50 more of").click()
    assert rows.count() == 100


@pytest.mark.parametrize("asked", ["peppy", "0", "2147483648", "-1", "%3Cimg%20src=x%3E", "2x"])
def test_what_is_no_id_gets_a_page_that_says_so(session, asked):
    page = session.open(f"/players/{asked}")
    page.get_by_role("heading", name="There is no such player.").wait_for()
    assert page.locator("#player-header").is_hidden()
    [wrong] = session.errors
    assert "404" in wrong
    session.errors.clear()  # the browser logs each 404


def test_everything_is_reached_by_keyboard(player):
    page = player(TYPED)
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
    wanted = ["Skip to content", "update", "plots", "range-from", "range-to", "zoom-in", "Month", "compare-id", "best"]
    assert [name for name in wanted if name not in reached] == []
    page.focus("#update")
    page.keyboard.press("Enter")
    assert "What changed" in outcome(page)
    assert page.evaluate("document.activeElement.id") == "update"


@pytest.mark.parametrize("size", [PHONE, {"width": 320, "height": 640}, DESK], ids=["phone", "small", "desk"])
def test_nothing_is_wider_than_the_window(player, size):
    page = player(f"{AMEO}?compare={HEAVY}", size=size)
    page.get_by_role("columnheader", name=f"Player {HEAVY}").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.parametrize("width", [320, 375, 640, 768, 1024])
def test_no_number_is_wider_than_its_tile(player, width):
    page = player(AMEO, size={"width": width, "height": 700})
    wider = "(tiles) => tiles.filter((tile) => tile.scrollWidth > tile.clientWidth).map((tile) => tile.innerText)"
    assert page.locator("#current-stats > div").evaluate_all(wider) == []


@pytest.mark.parametrize("choice", ["#every button", "#modes a"])
def test_what_is_chosen_is_seen_in_forced_colours(player, choice):
    page = player(AMEO, forced_colors="active")
    page.evaluate("document.body.append(Object.assign(document.createElement('mark'), {id: 'chosen'}))")
    page.locator("#chosen").evaluate("(mark) => { mark.style.background = 'Highlight' }")
    ground = "(all) => all.map((each) => getComputedStyle(each).backgroundColor)"
    [highlight] = page.locator("#chosen").evaluate_all(ground)
    assert page.locator(choice).evaluate_all(ground).count(highlight) == 1


def test_colours_of_the_charts_follow_the_choice(player):
    page = player(AMEO, color_scheme="light")
    drawn = "document.querySelector('#plot-pp canvas').toDataURL()"
    light = page.evaluate(drawn)
    page.get_by_label("Colours").select_option("dark")
    page.wait_for_function(f"(light) => {drawn} !== light", arg=light)
