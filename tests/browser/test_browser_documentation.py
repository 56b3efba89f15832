"""The documentation in a browser: its list of pages, search, code and tables."""

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import PHONE


def test_examples_have_the_address_of_the_gateway(session, gateway):
    page = session.open("/docs/getting-started")
    code = page.locator("article code").all_inner_texts()
    assert f"{gateway.address}/schema.graphql" in code
    assert not any("127.0.0.1:8000" in text for text in code)


def test_code_is_copied(session):
    session.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = session.open("/docs/examples/compare")
    page.get_by_role("button", name="Copy").first.click()
    page.get_by_text("Copied").wait_for()
    code = page.locator("pre code").first.text_content()
    assert page.evaluate("navigator.clipboard.readText()") == code


@pytest.mark.parametrize(
    "query,title",
    [
        ("rate_limited", "Errors and warnings: RATE_LIMITED"),
        ("CLIENT_POINTS minute", "Operations: GATEWAY_CLIENT_POINTS_PER_MINUTE"),
        ("persisted", "Getting started: Persisted documents"),
        ("snapshotAt", "Schema: UserStats.snapshotAt"),
        ("hiscores first", "Schema: UserStats.hiscores(first:)"),
    ],
)
def test_search_leads_to_a_section(session, query, title):
    page = session.open("/docs/examples/chart")
    page.get_by_role("searchbox").fill(query)
    page.get_by_role("link", name=title, exact=True).wait_for()
    page.get_by_role("link", name=title, exact=True).click()
    page.wait_for_url("**/docs/*#*")
    expect(page.locator(":target")).to_have_count(1)


def test_search_finds_words_of_code(session):
    page = session.open("/docs")
    page.get_by_role("searchbox").fill("secondsToRetry")
    page.get_by_role("link", name="A typed client in TypeScript", exact=True).nth(1).wait_for()


def test_search_without_result_says_so(session):
    page = session.open("/docs")
    page.get_by_role("searchbox").fill("no_such_word")
    page.get_by_text("No section has all of these words.").wait_for()


def test_pages_are_listed_above_the_content_on_phones(session):
    page = session.open("/docs/errors", size=PHONE)
    page.get_by_text("All pages").click()
    link = page.get_by_role("link", name="Getting started")
    assert link.bounding_box()["y"] < PHONE["height"]
    link.click()
    page.get_by_role("heading", name="Getting started").wait_for()


def test_menu_keeps_its_place_without_article(session):
    page = session.open("/docs/errors", size=PHONE)
    menu = page.get_by_text("All pages")
    place = menu.bounding_box()
    page.locator("article").evaluate("(article) => article.remove()")
    assert menu.bounding_box() == place


@pytest.mark.parametrize(
    "path", ["operations", "errors", "osutrack", "performance", "graphql-over-http", "sandbox", "schema"]
)
def test_tables_fit_into_phones(session, path):
    page = session.open(f"/docs/{path}", size=PHONE)
    tables = page.locator("article .scroll-x")
    assert (
        tables.evaluate_all("(tables) => Math.max(...tables.map((each) => each.scrollWidth - each.clientWidth))") <= 0
    )
