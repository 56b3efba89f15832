"""Targets for fingers: links outside of texts and controls have at least 24 × 24 CSS pixels (WCAG 2.2, 2.5.8)."""

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import PHONE

PATHS = [("/", "responding"), ("/best", "Show 50 more"), ("/players/131464", "About gains")]
SMALL = """() => [...document.querySelectorAll("main :is(a, button, input, select, summary)")]
    .filter((target) => target.checkVisibility() && getComputedStyle(target).display !== "inline")
    .map((target) => [target.outerHTML.slice(0, 60), target.getBoundingClientRect()])
    .filter(([, { width, height }]) => Math.min(width, height) < 24)
    .map(([html]) => html)"""


@pytest.mark.parametrize("path,text", PATHS)
def test_targets_are_large_enough(session, path, text):
    page = session.open(path, size=PHONE)
    expect(page.get_by_text(text).first).to_be_visible()
    assert page.evaluate(SMALL) == []
