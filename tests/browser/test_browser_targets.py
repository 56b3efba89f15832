"""All pages on the smallest phones, with 320 px: nothing is beyond the right edge, and fingers hit the targets.

Links outside of texts and controls have at least 24 × 24 CSS pixels (WCAG 2.2, 2.5.8).
"""

import pytest
from playwright.sync_api import expect

from tests.browser.pages import PAGES

SMALL_PHONE = {"width": 320, "height": 640}
SMALL = """() => [...document.querySelectorAll("main :is(a, button, input, select, summary)")]
    .filter((target) => target.checkVisibility() && getComputedStyle(target).display !== "inline")
    .map((target) => [target.outerHTML.slice(0, 60), target.getBoundingClientRect()])
    .filter(([, { width, height }]) => Math.min(width, height) < 24)
    .map(([html]) => html)"""
# Tables of many columns, code, and the tabs and editors of GraphiQL scroll by themselves.
BEYOND = """() => [...document.querySelectorAll("body *")]
    .filter((element) => !element.closest(".scroll-x, pre, #graphiql, .visually-hidden") && element.checkVisibility())
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
    .map((element) => element.outerHTML.slice(0, 60))"""


@pytest.mark.parametrize("site_page", PAGES, ids=[page.path for page in PAGES])
def test_page_fits_small_phones_and_fingers(session, site_page):
    page = session.open(site_page.path, size=SMALL_PHONE)
    expect(page.get_by_text(site_page.text).first).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth") == SMALL_PHONE["width"]
    assert page.evaluate(BEYOND) == []
    assert page.evaluate(SMALL) == []
    session.errors[:] = [error for error in session.errors if "404" not in error]


@pytest.mark.parametrize("width", [320, 344, 390])
def test_long_names_fit_phones(session, width):
    page = session.open("/best?days=all", size={"width": width, "height": 640})
    expect(page.get_by_text("Show 50 more")).to_be_visible()
    page.locator("#plays th a").evaluate_all("(names) => names.forEach((name) => (name.textContent = 'W'.repeat(15)))")
    for part in ("#plays-table", "#modes"):
        assert page.locator(part).evaluate("(element) => element.scrollWidth - element.clientWidth") == 0
