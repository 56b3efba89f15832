"""Printed player pages: charts inside of their cards, in the light theme, without controls."""

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import DESK, PHONE

# The width of A4 paper between margins of 10 mm.
PAPER = {"width": 718, "height": 1046}
MIN_CHART_PX = 600
# The right edge of each chart, and of the content of its card.
EDGES = """[...document.querySelectorAll(".card canvas")].map((canvas) => {
    const card = canvas.closest(".card");
    const inside = card.getBoundingClientRect().right - parseFloat(getComputedStyle(card).paddingRight);
    return [canvas.getBoundingClientRect().right, Math.min(inside, innerWidth)];
})"""


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def printed(session, request):
    """A player page in the dark theme, as it is laid out on paper."""
    page = session.open("/players/131464?compare=2,1010,3000001,70000040", size=request.param, color_scheme="dark")
    page.wait_for_selector("#hiscores[aria-busy=false]")
    page.get_by_role("button", name="Remove peppy").wait_for()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)
    return page


def test_charts_fit_into_their_cards(printed):
    edges = printed.evaluate(EDGES)
    assert len(edges) == 2
    assert all(MIN_CHART_PX < chart <= card + 1 for chart, card in edges), edges


def test_paper_is_light_without_controls(printed):
    assert printed.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor") == "rgb(255, 255, 255)"
    expect(printed.locator("button:visible, input:visible, select:visible")).to_have_count(0)


def test_section_that_has_not_loaded_is_not_printed(session):
    page = session.open("/players/131464", size=PHONE)
    page.wait_for_selector("#hiscores[aria-busy=false]")
    expect(page.locator("#activity[aria-busy=true]")).to_have_count(1)
    page.emulate_media(media="print")
    expect(page.locator("#activity")).to_be_hidden()
    expect(page.get_by_text("Loading").locator("visible=true")).to_have_count(0)


def test_loaded_activity_is_printed(session):
    page = session.open("/players/131464")
    page.locator("#activity").scroll_into_view_if_needed()
    page.wait_for_selector("#activity[aria-busy=false]")
    page.emulate_media(media="print")
    expect(page.locator("#activity")).to_be_visible()


def test_screen_returns_to_its_theme(printed):
    printed.evaluate("dispatchEvent(new Event('afterprint'))")
    printed.emulate_media(media="screen")
    assert printed.evaluate("document.documentElement.dataset.theme") is None
    expect(printed.locator("#update")).to_be_visible()
