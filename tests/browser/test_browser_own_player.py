"""The own player: the choice on its page, the link in the header, and the comparison with others."""

import json
import re

import pytest
from playwright.sync_api import expect

from gateway.sandbox.players import AMEO, HEAVY
from tests.browser.chromium import CHARTS_DRAWN, PHONE
from tests.browser.pages import PAGES


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


def test_comparison_buttons_share_a_row_on_phones(session):
    choose(session, str(AMEO))
    page = session.open_player(HEAVY, size=PHONE)
    boxes = [page.locator(name).bounding_box() for name in ("#compare-link", "#compare-own")]
    assert {(box["y"], box["height"]) for box in boxes} == {(boxes[0]["y"], 40)}


@pytest.mark.parametrize("value", ["x", "0", "../2", "null"])
def test_foreign_own_player_is_ignored(session, value):
    choose(session, value)
    page = session.open_player(HEAVY)
    expect(page.get_by_role("button", name="This is me")).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_role("link", name="Me", exact=True)).to_be_hidden()
    expect(page.locator("#compare-own")).to_be_hidden()
