"""Browser tests: a gateway process with its sandbox, and a Chromium session.

Tests open pages with `session.open("/path")`. After each test, `session.errors` must be empty: no request to another
host, no violation of the Content-Security-Policy, no console error. A test removes the errors that it causes itself.
`gateway.fault(kind="status", status=503)` adds a fault to osu!track until the end of the test.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.chromium import FLAGS, BrowserSession, RunningGateway, running_gateway
from tests.support.binaries import find_binary

# As long as Playwright waits for actions.
expect.set_options(timeout=30_000)


# Per module: while Playwright runs, no other event loop can run in this thread.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser per module; each session has a temporary profile."""
    chromium = find_binary("chromium", "chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def gateway() -> Iterator[RunningGateway]:
    """One gateway per module: updates of a player are visible to later tests."""
    with running_gateway() as gateway:
        yield gateway


@pytest.fixture
def session(browser: Browser, gateway: RunningGateway) -> Iterator[BrowserSession]:
    """A session with a fresh profile."""
    context = browser.new_context(reduced_motion="reduce")
    session = BrowserSession(context, gateway)
    yield session
    context.close()
    gateway.clear_faults()
    assert session.errors == []
