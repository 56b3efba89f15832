"""Sharing a player page: the copied link holds the view, and the card image is that of the mode."""

import httpx
import pytest

from gateway.sandbox.players import AMEO

LOADED = "#progress[aria-busy=false]"
CLIPBOARD = "navigator.clipboard.readText()"


@pytest.fixture
def page(session):
    session.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = session.open(f"/players/{AMEO}?mode=taiko&from=2026-01-01")
    page.wait_for_selector(LOADED)
    return page


def copied(page):
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("button", name="Link copied").wait_for()
    return page.evaluate(CLIPBOARD)


def test_copied_link_has_the_state(page, gateway):
    page.get_by_role("button", name="Week").click()
    page.wait_for_url("**every=week")
    assert copied(page) == f"{gateway.address}/players/{AMEO}?mode=taiko&from=2026-01-01&every=week"
    assert page.locator("#live-region").inner_text() == "Link copied."
    page.get_by_role("button", name="Copy link").wait_for()


def test_link_is_copied_without_clipboard_access(page):
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined, configurable: true})")
    button = page.get_by_role("button", name="Copy link")
    button.click()
    page.get_by_role("button", name="Link copied").wait_for()
    page.evaluate("delete navigator.clipboard")
    assert page.evaluate(CLIPBOARD) == page.url
    assert page.evaluate("document.activeElement.id") == "copy-link"


def test_failed_copy_names_the_address_bar(page):
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.evaluate("document.execCommand = () => false")
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("button", name="Copy the address bar").wait_for()


def test_card_link_follows_the_mode(page, gateway):
    link = page.get_by_role("link", name="Card image")
    assert link.get_attribute("href") == f"{AMEO}/card.png?mode=taiko"
    page.get_by_role("link", name="osu!", exact=True).click()
    page.wait_for_selector(LOADED)
    assert httpx.get(f"{gateway.address}/players/{link.get_attribute('href')}").headers["Content-Type"] == "image/png"
    assert link.get_attribute("href") == f"{AMEO}/card.png"
