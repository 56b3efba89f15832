"""The visitor's recent and pinned players, stored in the browser only."""

import pytest
from playwright.sync_api import expect

from gateway.sandbox.players import AMEO, HEAVY

LOADED = "#progress[aria-busy=false]"
ITEMS = "#my-players-list li"
BLOCKED = (
    "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('blocked', 'SecurityError') }})"
)


def visit(session, *players):
    for player in players:
        page = session.open(f"/players/{player}")
        page.wait_for_selector(LOADED)
    return page


def test_pinned_players_come_before_recent_ones(session):
    visit(session, AMEO).get_by_role("button", name="Pin", exact=True).click()
    visit(session, HEAVY)
    page = session.open("/")
    links = page.locator(f"{ITEMS} a")
    assert [link.get_attribute("href") for link in links.all()] == [f"players/{AMEO}", f"players/{HEAVY}"]
    assert page.locator(ITEMS).first.inner_text().startswith("ameo pinned")


def test_list_needs_no_request(session):
    visit(session, AMEO)
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
    assert page.evaluate("document.activeElement.id") == "examples-title"
    page.reload()
    page.get_by_text("responding").wait_for()
    assert page.locator(ITEMS).count() == 0


def test_pin_is_released_again(session):
    page = visit(session, AMEO)
    pin = page.get_by_role("button", name="Pin", exact=True)
    pin.click()
    page.reload()
    page.wait_for_selector(LOADED)
    assert pin.get_attribute("aria-pressed") == "true"
    pin.click()
    assert pin.get_attribute("aria-pressed") == "false"


def test_blocked_storage_breaks_nothing(session):
    session.context.add_init_script(BLOCKED)
    visit(session, AMEO).get_by_role("button", name="Pin", exact=True).click()
    page = session.open("/")
    page.get_by_text("responding").wait_for()
    assert page.locator("#my-players").is_hidden()


@pytest.mark.parametrize("value", ["{", "null", "7", '[{"id": "x/../y", "name": "x", "isPinned": false}, null, "a"]'])
def test_foreign_values_are_ignored(session, value):
    page = session.open("/")
    page.evaluate("(value) => localStorage.setItem('players', value)", value)
    page.reload()
    page.get_by_text("responding").wait_for()
    assert page.locator(ITEMS).count() == 0
