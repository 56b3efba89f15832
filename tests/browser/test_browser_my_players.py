"""The visitor's recent and pinned players, stored in the browser only."""

import json
import re

import pytest
from playwright.sync_api import Route, expect

from gateway.sandbox.players import AMEO, HEAVY, NONEXISTENT, SHARED_NAME, UNTRACKED
from tests.browser.chromium import CHARTS_DRAWN, DESK, PHONE, TIMEOUT_MS

RECENT = [
    {"id": str(player), "name": name, "isPinned": False}
    for player, name in [(NONEXISTENT[1], f"ID {NONEXISTENT[1]}"), (1010, "p0")]
]
ITEMS = "#my-players-list tr"
BLOCKED = (
    "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('blocked', 'SecurityError') }})"
)
FOREIGN_STATS = '[{"id": "2", "name": "x", "isPinned": false, "last": {"mode": "osu!", "at": "x", "rank": 1, "pp": 1}}]'
STATS = re.compile(r"^(#[\d,]+|unranked)[\d,.]+ pp$")


def visit(session, *players):
    for player in players:
        page = session.open(f"/players/{player}")
        page.wait_for_selector(CHARTS_DRAWN)
    return page


def test_pinned_players_come_before_recent_ones(session):
    visit(session, AMEO).get_by_role("button", name="Pin", exact=True).click()
    visit(session, HEAVY)
    page = session.open("/")
    links = page.locator(f"{ITEMS} a")
    expect(links).to_have_count(2)
    expect(links.first).to_have_attribute("href", f"players/{AMEO}")
    expect(links.last).to_have_attribute("href", f"players/{HEAVY}")
    expect(page.locator(ITEMS).first).to_have_text(re.compile(r"ameo ★\s*pinned"))


def store(session, count):
    """Opens the home page with this number of players."""
    page = session.open("/")
    players = [{"id": str(1010 + place), "name": f"p{place}", "isPinned": False} for place in range(count)]
    page.evaluate("(value) => localStorage.setItem('players', value)", json.dumps(players))
    page.reload()
    page.get_by_text("responding").wait_for()
    return page


def test_five_players_are_chosen_for_comparison(session):
    page = store(session, 6)
    compare = page.locator("#my-players").get_by_role("button", name="Compare", exact=True)
    expect(page.locator("#my-players")).to_contain_text("Select two to five players.")
    compare.press("Enter")
    assert page.evaluate("document.activeElement.value") == "1010"
    for place in (4, 3, 2, 1, 0):
        page.get_by_role("checkbox", name=f"Compare p{place}").press("Space")
    expect(page.get_by_role("checkbox", name="Compare p5")).to_be_disabled()
    expect(page.locator("#my-players")).to_contain_text("5 of 5 players selected.")
    compare.press("Enter")
    page.wait_for_url("**/players/1010?compare=1011,1012,1013,1014")
    page.locator("#legend .player-4").wait_for()


def test_one_player_is_not_compared(session):
    page = store(session, 1)
    expect(page.locator(ITEMS)).to_have_count(1)
    expect(page.get_by_role("checkbox")).to_have_count(0)
    expect(page.locator("#my-players-compare")).to_be_hidden()


@pytest.mark.parametrize("path", ["/", "/best", f"/players/{HEAVY}", f"/players/{HEAVY}/2025"])
def test_search_fields_suggest_own_players(session, path):
    visit(session, AMEO)
    page = session.open(path)
    page.wait_for_load_state("networkidle")  # a page in loading logs its aborted requests
    field = page.locator("#player-id[list], #player-search-id[list]")
    field.focus()
    expect(page.locator(f"#{field.get_attribute('list')} option[value=ameo]")).to_be_attached()
    field.fill("ameo")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/players/{AMEO}")


def test_players_with_one_name_are_suggested_by_id(session):
    page = store(session, 1)
    players = [{"id": str(id_), "name": "dupe name", "isPinned": id_ == SHARED_NAME[1]} for id_ in SHARED_NAME]
    page.evaluate("(value) => localStorage.setItem('players', value)", json.dumps(players))
    page.reload()
    options = page.locator("#player-id-suggestions option")
    expect(options.first).to_have_attribute("value", f"ID {SHARED_NAME[1]}")
    expect(options.first).to_have_attribute("label", f"dupe name (ID {SHARED_NAME[1]}, pinned)")
    page.get_by_label("Find a player").fill(f"ID {SHARED_NAME[1]}")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/players/{SHARED_NAME[1]}")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desktop"])
def test_players_replace_the_introduction(session, size):
    page = store(session, 1)
    page.set_viewport_size(size)
    expect(page.locator(ITEMS)).to_be_visible()
    assert page.locator(ITEMS).bounding_box()["y"] < 350
    for text in ("which has recorded", "Try ameo", "The card of a player"):
        expect(page.get_by_text(text)).to_be_hidden()
    page.get_by_role("button", name="Remove p0").click()
    expect(page.get_by_role("img", name="Example")).to_be_visible()


def test_bar_is_sticky_with_a_choice(session):
    page = store(session, 6)
    bar = page.locator("#my-players-compare")
    expect(bar).to_have_css("position", "static")
    page.get_by_role("checkbox", name="Compare p4").check()
    expect(bar).to_have_css("position", "sticky")
    page.get_by_role("checkbox", name="Compare p4").uncheck()
    expect(bar).to_have_css("position", "static")


def test_recent_players_have_stats_of_visit(session):
    visit(session, AMEO)
    visit(session, f"{HEAVY}?mode=taiko").close()
    page = session.open("/")
    expect(page.locator(f"{ITEMS} [data-cell=rank]")).to_have_text([STATS, STATS])
    expect(page.locator(f"{ITEMS} .player-state")).to_have_text(
        [re.compile("^taiko · updated "), re.compile("^updated ")]
    )


def test_unknown_players_are_not_kept(session):
    page = store(session, 1)
    page.evaluate("(value) => localStorage.setItem('players', value)", json.dumps(RECENT))
    page.goto(f"{session.gateway.address}/players/{NONEXISTENT[1]}")
    expect(page.get_by_role("heading", name="No stats yet")).to_be_visible(timeout=TIMEOUT_MS)
    page.goto(f"{session.gateway.address}/players/{UNTRACKED[52]}")
    expect(page.get_by_role("heading", name="No stats yet")).to_be_visible(timeout=TIMEOUT_MS)
    page.goto(session.gateway.address)
    expect(page.locator(f"{ITEMS} a")).to_have_text(["fresh_53", "p0"])


def test_name_stays_while_it_is_not_available(session, gateway):
    page = store(session, 1)
    # The gateway knows the name of no other test's player.
    players = [{"id": "1030", "name": "p0", "isPinned": False}]
    page.evaluate("(value) => localStorage.setItem('players', value)", json.dumps(players))
    gateway.fault(kind="status", status=503, path="/_names")
    page.goto(f"{session.gateway.address}/players/1030")
    expect(page.locator("#name-state")).to_have_text("The name is not available.", timeout=TIMEOUT_MS)
    page.goto(session.gateway.address)
    expect(page.locator(f"{ITEMS} a")).to_have_text(["p0"])


def test_list_needs_no_request(session):
    visit(session, AMEO).close()  # its hiscores may still be loading
    requests = []
    session.context.on("request", lambda request: requests.append(request.post_data or ""))
    page = session.open("/")
    page.get_by_text("responding").wait_for()
    page.locator(ITEMS).wait_for()
    assert not any(str(AMEO) in body for body in requests)


def test_removed_player_stays_away(session):
    visit(session, AMEO)
    page = session.open("/")
    page.get_by_role("button", name="Remove ameo").press("Enter")
    expect(page.get_by_role("heading", name="My players")).to_be_hidden()
    assert page.evaluate("document.activeElement.id") == "player-id"
    page.reload()
    page.get_by_text("responding").wait_for()
    expect(page.locator(ITEMS)).to_have_count(0)


def test_pin_waits_for_the_player(session):
    pending: list[Route] = []
    held = True
    session.context.route("**/graphql", lambda route: pending.append(route) if held else route.continue_())
    page = session.open(f"/players/{AMEO}")
    pin = page.get_by_role("button", name="Pin", exact=True)
    expect(pin).to_be_disabled()
    held = False
    for route in pending:
        route.continue_()
    expect(pin).to_be_enabled()
    pin.click()
    pinned = page.get_by_role("button", name="Pinned", exact=True)
    expect(pinned).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="taiko", exact=True).click()
    expect(pinned).to_be_enabled()


def test_pin_is_released_again(session):
    page = visit(session, AMEO)
    pin = page.locator("#pin")
    pin.click()
    expect(pin).to_have_text("Pinned")
    expect(pin).to_have_attribute("title", re.compile("Remove"))
    page.reload()
    page.wait_for_selector(CHARTS_DRAWN)
    expect(pin).to_have_attribute("aria-pressed", "true")
    pin.click()
    expect(pin).to_have_attribute("aria-pressed", "false")


def test_blocked_storage_breaks_nothing(session):
    session.context.add_init_script(BLOCKED)
    visit(session, AMEO).get_by_role("button", name="Pin", exact=True).click()
    page = session.open("/")
    page.get_by_text("responding").wait_for()
    expect(page.locator("#my-players")).to_be_hidden()


@pytest.mark.parametrize(
    "value", ["{", "null", "7", '[{"id": "x/../y", "name": "x", "isPinned": false}, null, "a"]', FOREIGN_STATS]
)
def test_foreign_values_are_ignored(session, value):
    page = session.open("/")
    page.evaluate("(value) => localStorage.setItem('players', value)", value)
    page.reload()
    page.get_by_text("responding").wait_for()
    expect(page.locator(ITEMS)).to_have_count(0)
