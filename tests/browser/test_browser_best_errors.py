"""The page of best plays during failures of osu!track, the gateway or the network."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.chromium import running_gateway

ROWS = "#plays tr"
LOADED = "#plays-section[aria-busy=false]"


@pytest.fixture
def gateway():
    """One gateway per test, because an open circuit breaker stays open. Its cache entries are stale after a second."""
    with running_gateway(best_plays_fresh_s="1", revalidate_s="0") as gateway:
        yield gateway


def error_code(page, place="#load-error"):
    page.locator(f"{place} .error-box").wait_for()
    return page.locator(f"{place} .error-box").get_attribute("data-code")


def test_upstream_fault_is_shown_and_retried(session, gateway):
    gateway.fault(kind="status", status=503)
    page = session.open("/best")
    assert error_code(page) == "UPSTREAM_UNAVAILABLE"
    gateway.clear_faults()
    page.get_by_role("button", name="Retry", exact=True).click()
    page.wait_for_selector(ROWS)
    assert page.evaluate("document.activeElement.id") == "main"


def test_hanging_upstream_is_shown_and_retried(session):
    with running_gateway(read_timeout_s="2", operation_timeout_s="5") as session.gateway:
        # The sandbox creates its plays for the first request, which can take longer than the timeout.
        httpx.get(f"{session.gateway.sandbox}/bestplays?mode=0", timeout=60).raise_for_status()
        session.gateway.fault(kind="hang")
        page = session.open("/best")
        assert error_code(page) in {"UPSTREAM_TIMEOUT", "OPERATION_TIMEOUT"}
        expect(page.locator("#load-error .title")).to_have_text("osu!track is slow")
        session.gateway.clear_faults()
        page.get_by_role("button", name="Retry", exact=True).click()
        page.wait_for_selector(ROWS)
        page.close()


def test_retry_waits_for_retry_after(session, gateway):
    gateway.fault(kind="rate_limit", retry_after=20)
    page = session.open("/best")
    assert error_code(page) == "UPSTREAM_BUSY"
    expect(page.locator("#load-error button")).to_have_text(re.compile(r"^Continues in 0:\d\d$"))


def test_used_up_points_are_reported(session):
    with running_gateway(client_points="2", client_points_per_minute="1") as session.gateway:
        page = session.open("/best")
        page.get_by_text("Just loaded from osu!track.").wait_for()
        page.get_by_role("button", name="Week").click()
        assert error_code(page) == "RATE_LIMITED"
        expect(page.locator("#plays-table")).to_be_hidden()
        page.close()
        session.errors.clear()  # the browser logs status 429


def test_failed_next_page_keeps_the_plays(session, gateway):
    page = session.open("/best")
    page.wait_for_selector(LOADED)
    gateway.fault(kind="status", status=503)
    page.get_by_role("button", name="Show 50 more").click()
    assert error_code(page, "#more") == "UPSTREAM_UNAVAILABLE"
    expect(page.locator(ROWS)).to_have_count(50)
    gateway.clear_faults()
    page.get_by_role("button", name="Retry").click()
    expect(page.locator(ROWS)).to_have_count(100)


def test_stale_data_shows_its_age(session, gateway):
    page = session.open("/best")
    page.wait_for_selector(ROWS)
    gateway.fault(kind="status", status=503)
    page.wait_for_timeout(1200)
    page.reload()
    page.wait_for_selector(ROWS)
    notice = page.locator("#notices [data-code=STALE_DATA]")
    expect(notice).to_have_text(re.compile(r"data is \d+ seconds? old"))


def test_refreshed_list_is_shown_by_itself(session):
    with running_gateway(best_plays_fresh_s="1") as session.gateway:
        page = session.open("/best")
        page.wait_for_selector(ROWS)
        page.wait_for_timeout(1200)
        with page.expect_response("**/graphql") as first:
            page.reload()
        with page.expect_response("**/graphql") as second:
            page.wait_for_selector(ROWS)
        assert first.value.json()["extensions"]["revalidating"]
        assert second.value.ok
        expect(page.locator("#notices *")).to_have_count(0)
        page.close()


def test_unreachable_gateway_shows_error(session):
    session.context.route("**/graphql", lambda route: route.abort())
    page = session.open("/best")
    assert error_code(page) == "NETWORK"
    session.errors.clear()  # the browser logs failed requests
