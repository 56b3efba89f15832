"""A gateway as a process of its own, over its sandbox, and a browser that visits it.

Tests here are plain functions that open pages with `visit("/path")`. When one is over, its pages must have asked nobody
but the gateway, broken no policy, and logged no error; what a test causes on purpose, it takes off `visit.wrongs`.
Faults of osu!track are switched on with `gateway.fault(kind="status", status=503)`; they are off again afterwards.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import FLAGS, Served, Visit
from tests.support.binaries import found
from tests.support.processes import sandboxed


# Not for all files at once: while Playwright is there, no other event loop runs in this thread.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for all tests of a file; its profiles lie in a temporary folder."""
    chromium = found("chromium", "chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def gateway() -> Iterator[Served]:
    """One for all tests of a file: what a test changes in a player, the next one finds."""
    with sandboxed() as (address, sandbox):
        yield Served(address, sandbox)


@pytest.fixture
def visit(browser: Browser, gateway: Served) -> Iterator[Visit]:
    """A profile that nobody has used before."""
    context = browser.new_context(reduced_motion="reduce")
    visit = Visit(context, gateway)
    yield visit
    context.close()
    gateway.well()
    assert visit.wrongs == []
