"""Themes, the page for 404, and a self-check of the recorded errors."""

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import TIMEOUT_MS


def background(page):
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_unknown_path_shows_not_found_page(session):
    page = session.open("/no/such/page")
    expect(page.get_by_role("heading", level=1)).to_have_text("Page not found")
    session.errors.clear()  # the browser logs each 404


def test_unknown_path_offers_the_search(session):
    page = session.open("/players/2/banana/2025")
    page.get_by_label("Another player").fill("https://osu.ppy.sh/users/2/taiko")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**/players/2?mode=taiko")
    session.errors.clear()  # the browser logs each 404


@pytest.mark.parametrize("path", ["/best", "/players/2", "/players/2/2025"])
def test_unknown_mode_has_a_notice(session, path):
    page = session.open(f"{path}?mode=banana")
    expect(page.locator("#notices")).to_contain_text("There is no mode “banana”.", timeout=TIMEOUT_MS)
    page = session.open(f"{path}?mode=taiko")
    page.wait_for_load_state("networkidle")
    expect(page.locator("#notices")).not_to_contain_text("There is no mode")


@pytest.mark.parametrize("width", [360, 390])
def test_placeholder_of_the_search_fits(session, width):
    page = session.open("/best", size={"width": width, "height": 800})
    missing = """(field) => {
        const style = getComputedStyle(field);
        const context = document.createElement("canvas").getContext("2d");
        context.font = `${style.fontSize} ${style.fontFamily}`;
        const space = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
        return context.measureText(field.placeholder).width - space;
    }"""
    assert page.get_by_label("Another player").evaluate(missing) <= 0


def test_theme_follows_system_until_chosen(session):
    light, dark = session.open("/graphql", color_scheme="light"), session.open("/graphql", color_scheme="dark")
    assert background(light) != background(dark)
    dark.get_by_label("Theme").select_option("light")
    assert background(light) == background(dark)
    dark.reload()
    assert background(light) == background(dark)


def test_session_records_errors_of_pages(session):
    page = session.open("/docs")
    page.evaluate("fetch('https://elsewhere.example/').catch(() => {})")
    page.evaluate("document.body.innerHTML = '<p onclick=alert(1) style=color:red>'")
    page.evaluate("setTimeout(() => { throw new Error('unexpected') })")
    for kind in ("policy: connect-src", "policy: script-src-attr", "policy: style-src-attr", "exception: unexpected"):
        session.wait_for_error(kind)
    session.errors.clear()
