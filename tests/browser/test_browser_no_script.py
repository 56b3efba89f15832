"""Every page without JavaScript: an explanation if it has no content, and no placeholder or control without effect."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.pages import PAGES

# These pages have their whole text without a script.
WITHOUT_SCRIPT = {"documentation.html", "missing.html"}


@pytest.fixture(scope="module")
def plain(browser, gateway):
    """A browser without JavaScript."""
    with browser.new_context(java_script_enabled=False, base_url=gateway.address) as context:
        yield context.new_page()


@pytest.mark.parametrize("site_page", PAGES, ids=[page.path for page in PAGES])
def test_page_explains_itself(plain, site_page):
    plain.goto(site_page.path)
    text = plain.locator("body").inner_text()
    if site_page.template not in WITHOUT_SCRIPT:
        assert "JavaScript" in text
        assert re.findall(r"Loading|\s…", text) == []
    expect(plain.locator("button:visible, input:visible, select:visible")).to_have_count(0)
