"""The stats of the own and the pinned players on the home page."""

import json
import re

import httpx
import pytest
from playwright.sync_api import expect

from gateway.sandbox.players import AMEO, HEAVY
from tests.browser.chromium import CHARTS_DRAWN, DESK, PHONE
from tests.browser.pages import PAGES

ITEMS = "#my-players-list li"
STATS = re.compile(r"#[\d,]+ · [\d,.]+ pp.*(in 7 days|since \d+ \w+ \d{4})")


@pytest.fixture
def home(session):
    """Opens the home page of a visitor with players."""

    def open_home(pinned, size=DESK):
        page = session.open("/", size=size)
        players = [{"id": str(id_), "name": f"p{id_}", "isPinned": id_ in pinned} for id_ in (1010, HEAVY, AMEO)]
        page.evaluate("(value) => localStorage.setItem('players', value)", json.dumps(players))
        page.reload()
        return page

    return open_home


def test_pinned_players_have_stats(home):
    page = home({AMEO, HEAVY})
    expect(page.locator(".player-stats")).to_have_text([STATS, STATS])
    expect(page.locator(ITEMS).nth(2)).to_contain_text("p1010")


def test_own_player_comes_first(home):
    page = home({HEAVY})
    page.get_by_role("button", name=f"Me (p{AMEO})").press("Enter")
    expect(page.get_by_role("button", name=f"Me (p{AMEO})", pressed=True)).to_be_focused()
    page.reload()
    expect(page.locator(f"{ITEMS} a")).to_have_text([f"p{AMEO}", f"p{HEAVY}", "p1010"])
    expect(page.locator(ITEMS).first.locator(".player-stats")).to_have_text(STATS)
    page.get_by_role("button", name=f"Me (p{AMEO})").press("Enter")
    expect(page.locator(f"{ITEMS} a")).to_have_text([f"p{HEAVY}", "p1010", f"p{AMEO}"])


def test_names_stay_without_stats(session, home):
    session.context.route(
        "**/graphql", lambda route: route.abort() if "MyPlayers" in route.request.post_data else route.continue_()
    )
    page = home({AMEO})
    expect(page.locator(".player-stats")).to_have_text("No current stats.")
    expect(page.locator(f"{ITEMS} a").first).to_have_text(f"p{AMEO}")
    session.errors.clear()  # the browser logs failed requests


def test_cached_stats_cause_no_upstream_request(home, gateway):
    expect(home({AMEO}).locator(".player-stats")).to_have_text(STATS)
    before = httpx.get(f"{gateway.sandbox}/_sandbox/counts").json()
    expect(home({AMEO}).locator(".player-stats")).to_have_text(STATS)
    assert httpx.get(f"{gateway.sandbox}/_sandbox/counts").json() == before


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desktop"])
def test_list_has_room_before_it_is_filled(home, size):
    page = home({AMEO, HEAVY}, size)
    expect(page.locator(".player-stats")).to_have_text([STATS, STATS])
    filled = page.locator("#my-players").bounding_box()["height"]
    page.evaluate("document.documentElement.dataset.players = '3'; document.getElementById('my-players').hidden = true")
    assert abs(page.evaluate("document.getElementById('my-players').offsetHeight") - filled) <= 24


def choose(session, value):
    """Stores the own player for all pages; the blank page has no storage."""
    session.context.add_init_script(f"if (origin !== 'null') localStorage.setItem('own-player', {json.dumps(value)})")


HEADER = """() => {
    const [header, theme] = [".site-header", "[data-theme-choice]"].map((part) => document.querySelector(part));
    const { width, height } = theme.getBoundingClientRect();
    const fits = header.scrollWidth <= innerWidth;
    return { rows: Math.floor(header.offsetHeight / 40), isLarge: Math.min(width, height) >= 24, fits };
}"""


@pytest.mark.parametrize("path", list({page.template: page.path for page in PAGES}.values()))
def test_header_has_two_rows_on_phones(session, path):
    choose(session, "2")
    page = session.open(path, size={"width": 320, "height": 844})
    expect(page.get_by_label("Theme")).to_be_visible()
    expect(page.get_by_role("link", name="Me", exact=True)).to_have_attribute("href", re.compile(r"/players/2$"))
    assert page.evaluate(HEADER) == {"rows": 2, "isLarge": True, "fits": True}
    page.wait_for_load_state("networkidle")
    session.errors[:] = [error for error in session.errors if "404" not in error]


def test_own_player_is_chosen_on_its_page(session):
    page = session.open_player(AMEO)
    own, link = page.get_by_role("button", name="This is me"), page.get_by_role("link", name="Me", exact=True)
    expect(link).to_be_hidden()
    own.click()
    expect(own).to_have_attribute("aria-pressed", "true")
    expect(link).to_have_attribute("aria-current", "page")
    page.goto(f"{session.gateway.address}/best")
    link.click()
    expect(page).to_have_url(re.compile(f"/players/{AMEO}$"))
    page.wait_for_selector(CHARTS_DRAWN)
    own.click()
    expect(link).to_be_hidden()


def test_other_player_is_compared_with_own(session):
    choose(session, str(AMEO))
    page = session.open_player(HEAVY)
    page.get_by_role("button", name="Compare with me").click()
    expect(page).to_have_url(re.compile(f"compare={AMEO}"))
    expect(page.locator("#comparison")).to_contain_text("ameo")
    expect(page.locator("#compare-own")).to_be_hidden()


@pytest.mark.parametrize("value", ["x", "0", "../2", "null"])
def test_foreign_own_player_is_ignored(session, value):
    choose(session, value)
    page = session.open_player(HEAVY)
    expect(page.get_by_role("button", name="This is me")).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_role("link", name="Me", exact=True)).to_be_hidden()
    expect(page.locator("#compare-own")).to_be_hidden()
