"""The player page: stats, charts, updates, keyboard, phone."""

import re
from functools import partial

import httpx
import pytest
from playwright.sync_api import expect

from gateway.sandbox.players import (
    AMEO,
    HEAVY,
    INACTIVE,
    MANIA_ONLY,
    NONEXISTENT,
    ORDINARY,
    SINGLE_SNAPSHOT,
    UNTRACKED,
)
from tests.browser.chromium import CHARTS_DRAWN, DESK, PHONE, TIMEOUT_MS, running_gateway

# Each is updated by one test of this module only.
UPDATE_USER, COOLDOWN_USER, KEYBOARD_USER = 1052, 1053, 1054


@pytest.fixture(scope="module")
def gateway():
    """One gateway per module."""
    with running_gateway() as gateway:
        yield gateway


@pytest.fixture
def player(session):
    """Opens a player page and waits for its charts and hiscores."""
    return partial(session.open_player, hiscores=True)


def upstream_requests(gateway):
    return httpx.get(f"{gateway.sandbox}/_sandbox/counts").json()["requests"]


def points(page):
    """The number of points of the first player in the caption."""
    [count, *_] = re.findall(r"([\d,]+) points", page.locator("#plots-caption").inner_text())
    return int(count.replace(",", ""))


def drag(page, start, end):
    """Drag over the upper chart between two shares of its width."""
    box = page.locator("#plot-upper .u-over").bounding_box()
    page.mouse.move(box["x"] + box["width"] * start, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * end, box["y"] + 60, steps=4)
    page.mouse.up()


def announced(page):
    expect(page.locator("#live-region")).not_to_be_empty()
    return page.locator("#live-region").inner_text()


def update_result(page):
    page.locator("#update-result .result").wait_for()
    return page.locator("#update-result").inner_text()


def test_page_shows_stats_gains_peak_hiscores(player):
    page = player(AMEO)
    expect(page.get_by_role("heading", level=1)).to_have_text("ameo")
    expect(page.locator("#current-stats")).to_have_text(re.compile(r"Global rank\s*#[\d,]+"))
    expect(page.locator("#gains li")).to_have_count(3)
    expect(page.locator("#peak")).to_have_text(re.compile(r"Rank\s*#[\d,]+\s*last reached \d+ \w+ 20\d\d"))
    expect(page.locator("#plays tr")).to_have_count(10)


def gains_of(page, latest, **starts):
    """The boxes and the sentence below them, of windows whose gains begin at these instants, on 27 Nov 2026."""
    script = """async ([latest, starts]) => {
        const { showGains } = await import("/static/player/gains.js");
        document.body.innerHTML = '<ul id="gains"></ul><p id="gains-missing"></p>';
        const delta = { pp: 5, ranksGained: 1, accuracy: 0, playCount: 2 };
        const gains = Object.entries(starts).map(([name, at]) => [name, { start: { at }, delta }]);
        const stats = { latest: { at: latest }, earliest: { at: "2014-01-01" }, ...Object.fromEntries(gains) };
        showGains(stats, Date.parse("2026-11-27T00:00:00Z"));
        const texts = [...document.querySelectorAll("#gains h3")].map((title) => title.textContent);
        return [texts, document.querySelector("#gains-missing").textContent];
    }"""
    return page.evaluate(script, [latest, starts])


def test_windows_with_one_gain_share_a_box(session):
    page = session.open("/docs")
    near = {"week": "2026-11-20", "month": "2026-11-20", "year": "2026-11-20"}
    titles, missing = gains_of(page, "2026-11-26", **near)
    assert (titles, missing) == (["Since 20 Nov 2026 (7 days)"], "")
    titles, _ = gains_of(page, "2026-11-26", week="2026-11-20", month="2026-10-27", year="2025-11-27")
    assert titles == ["7 days", "30 days", "365 days"]


def test_gains_begin_in_their_windows(session):
    far = {"week": "2026-09-01", "month": "2026-09-01", "year": "2026-09-01", "yearWithin": "2026-09-01"}
    titles, missing = gains_of(session.open("/docs"), "2026-11-26", **far)
    assert titles == ["Since 1 Sep 2026 (87 days)"]
    assert missing == "Only one snapshot in the last 7 and 30 days: a gain needs two."


def test_gains_follow_a_long_pause(session):
    page = session.open("/docs")
    far = {"week": "2017-07-09", "month": "2017-07-09", "year": "2017-07-09"}
    titles, missing = gains_of(page, "2026-11-26", **far)
    assert titles == ["Since 9 Jul 2017"]
    assert missing == "Only one snapshot in the last 7, 30 and 365 days: a gain needs two."
    assert gains_of(page, "2024-05-01") == [[], "No snapshot in the last 7, 30 or 365 days."]


@pytest.mark.parametrize("user", [AMEO, HEAVY, *ORDINARY[9:12]])
def test_page_card_and_preview_state_one_gain(player, gateway, user):
    shown = player(user).locator("#gains li").last.inner_text()
    card = httpx.get(f"{gateway.address}/players/{user}/card.svg?window=1y").text
    preview = httpx.get(f"{gateway.address}/players/{user}?days=365").text
    [plays] = re.findall(r"Plays\s+([+−±][\d,]+)", shown)
    assert f">{plays}<" in card
    assert f"{plays} plays" in preview
    since = re.findall(r"since \d+ \w+ \d{4}", shown.replace("Since", "since"))
    assert (
        since == re.findall(r"since \d+ \w+ \d{4}", card)[:1] == re.findall(r"plays (since \d+ \w+ \d{4})", preview)[:1]
    )


def test_gains_follow_the_current_stats(player):
    ids = "[...document.querySelectorAll('#player-data > section')].map((each) => each.getAttribute('aria-labelledby'))"
    assert player(AMEO).evaluate(ids)[:3] == ["current-stats-title", "gains-title", "progress-title"]


def test_milestones_show_the_days_around_them(player):
    items = player(AMEO).locator("#milestones li").all_inner_texts()
    assert len(items) == 8
    assert any(re.fullmatch(r"[\w, #]+\n\d+ \w+ \d{4} – \d+ \w+ \d{4}", item) for item in items)


def test_all_milestones_end_with_the_oldest(player):
    page = player(HEAVY)
    page.get_by_role("heading", name="Milestones").scroll_into_view_if_needed()
    page.locator("#milestones").get_by_text("First 1,000 pp play").wait_for()
    page.get_by_role("button", name=re.compile(r"Show all \d+")).click()
    expect(page.locator("#milestones li").nth(8)).to_be_focused()
    expect(page.locator("#milestones button")).to_have_count(0)
    summary = page.locator("#milestones summary").inner_text()
    assert re.fullmatch(r"\d+ reached before \d+ \w+ 20\d\d, when tracking began", summary)
    page.locator("#milestones summary").click()
    expect(page.locator("#milestones details p")).to_have_text(re.compile(r"1,000 pp · "))


def test_hiscores_show_mods_grades_and_pages(player):
    page = player(AMEO)
    best = page.locator("#plays tr").first
    expect(best.locator(".grade")).to_have_text(re.compile(r"^(SS|S|A|B|C|D|F|\?)"))
    expect(page.locator("#plays .mods").first).to_be_attached()
    page.get_by_role("button", name="Show 50 more").click()
    expect(page.locator("#plays tr")).to_have_count(60, timeout=TIMEOUT_MS)
    page.get_by_role("button", name="Newest").click()
    expect(page.locator("#plays tr")).to_have_count(10, timeout=TIMEOUT_MS)


def test_drag_zooms_and_double_click_resets(player):
    page = player(AMEO)
    expect(page.locator("#plots-caption")).to_contain_text("hiscores")
    initial = page.locator("#plots-caption").inner_text()
    page.locator("#plot-upper").scroll_into_view_if_needed()
    drag(page, 0.5, 0.7)
    page.wait_for_url("**?from=*to=*")
    page.wait_for_selector(CHARTS_DRAWN)
    expect(page.locator("#plots-caption")).not_to_have_text(initial)
    page.locator("#plot-upper .u-over").dblclick()
    page.wait_for_url(f"**/players/{AMEO}")
    expect(page.locator("#plots-caption")).to_have_text(initial, timeout=TIMEOUT_MS)


def test_touch_drag_zooms(player):
    page = player(AMEO, size=PHONE)
    over = page.locator("#plot-upper .u-over")
    box = over.bounding_box()
    for kind, share in (("pointerdown", 0.3), ("pointermove", 0.8), ("pointerup", 0.8)):
        at = {"clientX": box["x"] + box["width"] * share, "clientY": box["y"] + 20}
        over.dispatch_event(kind, {"pointerType": "touch", **at})
    page.wait_for_url("**?from=*")


def test_keys_move_select_and_zoom(player):
    page = player(AMEO)
    page.focus("#plots")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert re.fullmatch(r"\d+ \w+ 20\d\d, [\d:]+ UTC: [\d,.]+ pp, #[\d,]+(; .+)?", announced(page))
    page.keyboard.press("Shift+PageUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**?from=*to=*")
    page.keyboard.press("0")
    page.wait_for_url(f"**/players/{AMEO}")


@pytest.mark.parametrize("end,key,parameter", [("Start", "PageUp", "from="), ("End", "PageDown", "to=")])
def test_sliders_move_both_ends_of_range(player, end, key, parameter):
    page = player(AMEO)
    page.get_by_label(f"{end} of time range").press(key)
    page.wait_for_url(f"**?{parameter}*")
    handle = page.get_by_label(f"{end} of time range")
    expect(handle).to_have_attribute("aria-valuetext", re.compile(r"^\d+ \w+ 20\d\d$"))


def test_range_and_interval_need_no_upstream_request(player, gateway):
    page = player(HEAVY)
    before = upstream_requests(gateway)
    counts = {}
    for name in ("Month", "Week", "Day", "Raw"):
        page.get_by_role("button", name=name, exact=True).click()
        page.get_by_role("button", name=name, exact=True, pressed=True).wait_for()
        page.wait_for_selector(CHARTS_DRAWN)
        counts[name] = points(page)
    page.get_by_role("button", name="30 days").click()
    page.wait_for_url("**?days=30*")
    page.get_by_role("button", name="Earlier").click()
    page.get_by_role("button", name="Zoom out").click()
    page.wait_for_selector(CHARTS_DRAWN)
    assert counts["Raw"] == 5000
    assert counts["Month"] < counts["Week"] < counts["Day"] < counts["Raw"]
    assert upstream_requests(gateway) == before


def test_five_thousand_snapshots_are_drawn_fast(player):
    page = player(f"{HEAVY}?every=all")
    took_ms = page.evaluate(
        """async () => {
            const frame = () => new Promise(requestAnimationFrame);
            const over = document.querySelector("#plot-upper .u-over");
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
    assert took_ms < 50, "duration of one mouse move"


@pytest.mark.parametrize(
    "ranks,labels",
    [
        ([10, 1000, 100_000, 1_000_000], ["#10", "#1,000", "#100k", "#1M"]),
        ([1_500_000, 2_000_000], ["#1.5M", "#2M"]),
        ([1_027_500, 1_028_000], ["#1,027.5k", "#1,028k"]),
        ([407_618, 407_620], ["#407,618", "#407,620"]),
    ],
)
def test_rank_labels_share_one_unit(session, ranks, labels):
    page = session.open("/")
    script = "(ranks) => import('./static/player/scales.js').then((it) => it.rankLabels(null, ranks.map(Math.log10)))"
    assert page.evaluate(script, ranks) == labels


def test_inactive_player_has_series_with_data(player):
    page = player(INACTIVE)
    expect(page.locator("#current-stats")).to_contain_text("Inactive")
    expect(page.locator("#current-stats, #gains")).not_to_contain_text(["pp", "pp"])
    expect(page.locator("#title-upper")).to_have_text("Play count")
    expect(page.locator("#plots canvas:visible")).to_have_count(2)


def test_unranked_player_has_no_rank_labels(player):
    page = player(INACTIVE)
    splits = (
        "import('./static/player/scales.js').then((it) => it.rankSplits(null, 1, ...it.rankRange(null, null, null)))"
    )
    assert page.evaluate(splits.replace("./", "../")) == []
    expect(page.locator("#peak")).not_to_contain_text("pp")


def test_url_restores_view(player):
    page = player(f"{HEAVY}?mode=taiko&compare={AMEO}&from=2020-01-01&to=2024-01-01&every=month")
    expect(page.locator("#modes [aria-current]")).to_have_text("taiko")
    expect(page.locator("#plots-caption")).to_have_text(
        re.compile(r"^1 Jan 2020 to 31 Dec 2023, one snapshot per month\.")
    )
    page.get_by_role("rowheader", name="ameo").wait_for()


def test_duration_stays_one_until_a_zoom(player):
    page = player(f"{AMEO}?days=30")
    expect(page.get_by_role("button", name="30 days", pressed=True)).to_be_visible()
    first, last = page.locator("#plots-caption").inner_text().split(",")[0].split(" to ")
    assert first != last
    page.get_by_role("link", name="taiko").click()
    page.wait_for_selector(f"#player-data:not([hidden]) {CHARTS_DRAWN}")
    page.wait_for_url("**?mode=taiko&days=30")
    page.get_by_role("button", name="Zoom out").click()
    page.wait_for_url(re.compile(r"\?mode=taiko&from=[\d-]+$"))
    page.get_by_role("button", name="3 years").click()
    page.wait_for_url("**?mode=taiko&days=1095")
    page.get_by_role("button", name="All", exact=True).click()
    page.wait_for_url("**?mode=taiko")


def test_back_button_restores_views(player):
    page = player(AMEO)
    page.get_by_role("button", name="1 year").click()
    page.wait_for_url("**?days=365")
    page.get_by_role("link", name="mania").click()
    page.wait_for_selector(f"#player-data:not([hidden]) {CHARTS_DRAWN}")
    page.go_back()
    page.wait_for_selector(f"#player-data:not([hidden]) {CHARTS_DRAWN}")
    expect(page.locator("#modes [aria-current]")).to_have_text("osu!")
    page.go_back()
    page.get_by_role("button", name="All", exact=True, pressed=True).wait_for()


def test_header_form_opens_another_player(player):
    page = player(f"{AMEO}?mode=taiko&compare={HEAVY}&from=2025-01-01")
    field = page.get_by_label("Another player")
    field.fill("peppy!")
    page.keyboard.press("Enter")
    assert "Enter a player name" in field.evaluate("(field) => field.validationMessage")
    assert page.evaluate("document.activeElement.id") == "player-search-id"
    field.fill(f"osu.ppy.sh/users/{HEAVY}")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/players/{HEAVY}?mode=taiko")


def test_untracked_mode_offers_to_start_tracking(player, session):
    page = player(f"{MANIA_ONLY}?mode=mania")
    page.get_by_role("link", name="osu!", exact=True).click()
    page.get_by_role("button", name="Start tracking").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "osu!"


def test_update_shows_changes_and_refreshes_page(player, session, gateway):
    session.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = player(UPDATE_USER)
    expect(page.locator("#mark-key")).to_contain_text("Hiscores")
    expect(page.locator("#milestones")).to_contain_text("pp play")
    # The hiscores arrive later than the other data.
    gateway.fault(kind="latency", seconds=1, path="/hiscores")
    page.get_by_role("button", name="Update").click()
    result = update_result(page)
    [since] = re.findall(r"Changes (since \d+ \w+ \d{4})", result)
    assert re.search(r"pp\s+\+[\d.]+", result)
    assert "2 new hiscores" in result
    expect(page.locator("#about")).to_contain_text("Last snapshot: just now", timeout=TIMEOUT_MS)
    expect(page.get_by_role("heading", level=1)).to_have_text("Rin_Rin")
    assert "Changes" in announced(page)
    page.get_by_role("button", name="Copy as text").click()
    page.get_by_role("button", name="Copied").wait_for()
    first, *plays, last = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert re.match(rf"Rin_Rin, osu!: pp \+[\d.]+, .*Plays \+\d+.* \({since}\)$", first)
    assert [play.split(":")[0][:3] for play in plays] == ["No."] * 2
    assert last == page.url
    page.wait_for_selector("#hiscores[aria-busy=false]")
    expect(page.locator("#mark-key")).to_contain_text("Hiscores")
    expect(page.locator("#milestones")).to_contain_text("pp play")
    gateway.clear_faults()


def test_second_update_waits_for_cooldown(player, gateway):
    page = player(COOLDOWN_USER)
    page.get_by_role("button", name="Update").click()
    update_result(page)
    updates = httpx.get(f"{gateway.sandbox}/_sandbox/counts").json()["updates"]
    for _ in range(2):
        expect(page.locator("#update")).to_have_text(re.compile(r"Update possible in 1[45] min"))
        expect(page.locator("#update")).to_have_attribute("aria-disabled", "true")
        page.locator("#update").dispatch_event("click")  # not enabled: `click` would wait
        page.reload()
    assert httpx.get(f"{gateway.sandbox}/_sandbox/counts").json()["updates"] == updates


def test_cooldown_end_enables_button(player):
    # A mocked response: the gateway's own cooldown is 15 minutes.
    page = player(AMEO)
    response = {"updateUser": {"__typename": "UpdateOnCooldown", "retryAfterSeconds": 2, "message": ""}}
    page.route("**/graphql", lambda route: route.fulfill(json={"data": response}))
    page.get_by_role("button", name="Update").click()
    page.get_by_role("heading", name="Recently updated").wait_for()
    expect(page.locator("#update")).to_have_text("Update", timeout=TIMEOUT_MS)
    expect(page.locator("#update-result")).to_have_text("")
    expect(page.locator("#update")).not_to_have_attribute("aria-disabled", re.compile(".*"))


def test_first_update_starts_tracking(session, gateway):
    page = session.open(f"/players/{UNTRACKED[0]}")
    page.get_by_role("button", name="Start tracking").wait_for()
    expect(page.locator("#update-hint")).to_have_text("Read this player’s stats from osu! for the first time.")
    expect(page.locator("button.primary:visible")).to_have_text(["Start tracking"])
    assert httpx.get(f"{gateway.sandbox}/_sandbox/counts").json()["side_effects"] == 0
    page.get_by_role("button", name="Start tracking").click()
    assert "Tracking started" in update_result(page)
    expect(page.locator("#update-hint")).not_to_contain_text("first time")
    page.wait_for_selector(f"#player-data:not([hidden]) {CHARTS_DRAWN}")
    expect(page.get_by_role("heading", level=1)).to_have_text("fresh_01")
    assert page.evaluate("document.activeElement.id") == "update"


def test_unknown_user_is_reported_by_update(session):
    page = session.open(f"/players/{NONEXISTENT[0]}")
    page.get_by_role("button", name="Start tracking").click()
    page.get_by_role("heading", level=1, name="No such player").wait_for()
    page.get_by_text(f"osu! has no player with the ID {NONEXISTENT[0]}.").first.wait_for()
    expect(page.locator("#untracked")).to_be_hidden()
    expect(page.get_by_role("button", name=re.compile("Start tracking|Pin"))).to_have_count(0)
    expect(page.locator("#modes, #about").filter(visible=True)).to_have_count(0)
    assert page.evaluate("document.activeElement.id") == "main"


def test_single_snapshot_has_no_range(player):
    page = player(SINGLE_SNAPSHOT)
    expect(page.locator("#gains-missing")).to_have_text(re.compile("begin with the second snapshot"))
    day = page.locator("#player-header time[datetime]").last.inner_text()
    sentence = rf"One snapshot so far, of {day}: [\d,.]+ pp, #[\d,]+\. The charts begin with the second one\."
    expect(page.locator("#plots-caption")).to_have_text(re.compile(sentence))
    choices = page.locator("#progress :is(.range, .tools, #plots-help)").filter(visible=True)
    expect(
        page.locator("#progress :is(#mark-key, #legend, .plot, details, select)").filter(visible=True)
    ).to_have_count(0)
    expect(choices).to_have_count(0)
    page.get_by_label("With player").fill(str(AMEO))
    page.keyboard.press("Enter")
    expect(choices).to_have_count(3)


def test_disabled_buttons_share_the_border_of_their_group(player):
    page = player(AMEO)
    active, disabled = page.locator("#zoom-in"), page.locator("#zoom-out")
    expect(disabled).to_have_attribute("aria-disabled", "true")
    colour = active.evaluate("(it) => getComputedStyle(it).borderTopColor")
    expect(disabled).to_have_css("border-top-color", colour)


def test_chart_data_opens_as_table(player):
    page = player(AMEO)
    page.get_by_text("Show as table").click()
    rows = page.locator("#plots-table tbody tr")
    rows.nth(49).wait_for()
    expect(rows).to_have_count(50)
    page.locator("#plots-table").get_by_role("button", name="Show 50 more", exact=True).click()
    expect(rows).to_have_count(100)


@pytest.mark.parametrize("segment", ["peppy!", "0", "2147483648", "%3Cimg%20src=x%3E", "2.5"])
def test_invalid_id_shows_error_page(session, segment):
    page = session.open(f"/players/{segment}")
    page.get_by_role("heading", name="No such address").wait_for()
    expect(page.locator("#player-header")).to_be_hidden()
    [error] = session.errors
    assert "404" in error
    session.errors.clear()  # the browser logs each 404


def test_controls_are_reachable_by_keyboard(player):
    page = player(KEYBOARD_USER)
    focused = []
    for _ in range(70):
        page.keyboard.press("Tab")
        focused.append(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
    expected = [
        "Skip to content",
        "update",
        "plots",
        "range-from",
        "range-to",
        "zoom-in",
        "Month",
        "compare-id",
        "best",
    ]
    assert [name for name in expected if name not in focused] == []
    page.focus("#update")
    page.keyboard.press("Enter")
    assert "Changes" in update_result(page)
    assert page.evaluate("document.activeElement.id") == "update"


@pytest.mark.parametrize("section", ["Progress", "Compare", "Activity", "Milestones", "Hiscores"])
def test_phones_have_links_to_sections(player, section):
    page = player(AMEO, size=PHONE)
    heading = page.get_by_role("heading", name=section, exact=True)
    expect(heading).not_to_be_in_viewport()
    page.get_by_role("navigation", name="Sections").get_by_role("link", name=section).click()
    expect(heading).to_be_in_viewport()
    expect(page).to_have_url(re.compile("#"))
    page.set_viewport_size(DESK)
    expect(page.get_by_role("navigation", name="Sections")).to_be_hidden()


@pytest.mark.parametrize("size", [PHONE, {"width": 320, "height": 640}, DESK], ids=["phone", "small", "desk"])
def test_page_fits_window_width(player, size):
    page = player(f"{AMEO}?compare={HEAVY},1010,3000001,{UNTRACKED[40]}", size=size)
    page.get_by_role("rowheader", name="peppy").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.parametrize("width", [320, 375, 640, 768, 1024])
def test_stats_fit_their_tiles(player, width):
    page = player(AMEO, size={"width": width, "height": 700})
    overflowing = "(tiles) => tiles.filter((tile) => tile.scrollWidth > tile.clientWidth).map((tile) => tile.innerText)"
    assert page.locator("#current-stats > div").evaluate_all(overflowing) == []


@pytest.mark.parametrize("choice", ["#every button", "#modes a"])
def test_selection_is_visible_in_forced_colours(player, choice):
    page = player(AMEO, forced_colors="active")
    page.evaluate("document.body.append(Object.assign(document.createElement('mark'), {id: 'chosen'}))")
    page.locator("#chosen").evaluate("(mark) => { mark.style.background = 'Highlight' }")
    background = "(all) => all.map((each) => getComputedStyle(each).backgroundColor)"
    [highlight] = page.locator("#chosen").evaluate_all(background)
    assert page.locator(choice).evaluate_all(background).count(highlight) == 1


def test_charts_follow_chosen_theme(player):
    page = player(AMEO, color_scheme="light")
    image = "document.querySelector('#plot-upper canvas').toDataURL()"
    light = page.evaluate(image)
    page.get_by_label("Theme").select_option("dark")
    page.wait_for_function(f"(light) => {image} !== light", arg=light)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("text,name", [("History (CSV)", "history"), ("Hiscores (CSV)", "hiscores")])
def test_links_download_data_of_mode(player, size, text, name):
    page = player(f"{MANIA_ONLY}?mode=mania", size=size)
    with page.expect_download() as download:
        page.get_by_role("link", name=text).click()
    assert download.value.suggested_filename == f"osutrack-{MANIA_ONLY}-mania-{name}.csv"
    assert "_utc," in download.value.path().read_text()


@pytest.mark.parametrize("user", [AMEO, HEAVY, SINGLE_SNAPSHOT])
def test_phone_shows_key_numbers_first(player, user):
    page = player(user, size=PHONE)
    tiles = page.locator("#current-stats > div")
    expect(tiles).to_have_count(5)
    bottoms = tiles.evaluate_all("(all) => all.map((each) => each.getBoundingClientRect().bottom)")
    assert max(bottoms) < 600
    lines = page.locator("#player-header .links > *").evaluate_all("(all) => all.map((each) => each.offsetTop)")
    assert len(set(lines)) == 1


@pytest.mark.parametrize("size,is_open", [(PHONE, False), (DESK, True)], ids=["phone", "desk"])
def test_months_are_folded_on_phones(player, size, is_open):
    page = player(HEAVY, size=size)
    page.locator("#activity").scroll_into_view_if_needed()
    page.locator(".by-month").wait_for()
    assert page.locator(".by-month").evaluate("(it) => it.open") is is_open


def test_changes_of_rank_have_a_direction(session):
    script = """() => import("./static/shared/format.js").then(({ rankDelta }) => [1234, -5, 0, null].map(rankDelta))"""
    assert session.open("/").evaluate(script) == ["▲ 1,234", "▼ 5", "±0", "–"]
