"""The stats of the own and the pinned players on the home page."""

import json
import re

import httpx
import pytest
from playwright.sync_api import expect

from gateway.sandbox.players import AMEO, HEAVY
from tests.browser.chromium import DESK, PHONE

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
