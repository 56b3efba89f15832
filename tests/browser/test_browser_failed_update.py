"""Updates that fail on the player page: one box with one action, and checks until osu!track answers."""

import pytest
from playwright.sync_api import expect

from gateway.sandbox.players import AMEO
from tests.browser.chromium import running_gateway

BOX = "#update-result :is(.error-box, .result)"
ERRORS = {
    "timeout": ("OPERATION_TIMEOUT", "may have been made"),
    "unknown": ("UPDATE_OUTCOME_UNKNOWN", "may have been made"),
    "proxy": ("SERVICE_UNAVAILABLE", "may have been made"),
    "bug": ("INTERNAL_SERVER_ERROR", "may have been made"),
    "outage": ("UPSTREAM_UNAVAILABLE", "nothing was updated"),
    "limit": ("UPSTREAM_BUSY", "Nothing was updated"),
    "rejected": ("UPSTREAM_REJECTED", "Nothing was updated"),
}

OUTAGE = {"data": None, "errors": [{"message": "", "extensions": {"code": "UPSTREAM_UNAVAILABLE"}}]}


@pytest.fixture
def gateway():
    """One gateway per test, because an open circuit breaker stays open. Its cache entries are stale after a second."""
    ages = {"history_fresh_s": "1", "peak_fresh_s": "1", "revalidate_s": "0"}
    with running_gateway(**ages, read_timeout_s="1", update_timeout_s="2") as gateway:
        yield gateway


@pytest.fixture
def player(session):
    """The page of a player, with a clock that the test moves."""
    page = session.open_player(AMEO, hiscores=True)
    page.clock.install()
    return page


def sent_updates(page):
    sent = []
    page.on("request", lambda request: sent.extend([request] if "mutation" in (request.post_data or "") else []))
    return sent


def fail_update(page, gateway, **fault):
    gateway.fault(**fault)
    page.get_by_role("button", name="Update").click()
    expect(page.locator(BOX)).to_contain_text("may have been made")


def check(page):
    """Let the next check of the page begin, and wait for its response."""
    with page.expect_response("**/graphql"):
        page.clock.fast_forward("05:00")


@pytest.mark.parametrize("processed,result", [(True, "Update made"), (False, "no new snapshot")])
def test_update_is_checked_until_osutrack_answers(player, gateway, processed, result):
    sent = sent_updates(player)
    fail_update(player, gateway, kind="status", status=503, path="/update", processed=processed)
    gateway.fault(kind="status", status=503)
    for _ in range(3):
        check(player)
        expect(player.locator(BOX)).to_contain_text("could not be read yet")
        expect(player.locator(BOX)).to_have_count(1)
        expect(player.locator("#notices *")).to_have_count(0)
    gateway.clear_faults()
    for _ in range(4):  # the circuit breaker needs a while
        if player.locator("#update-result").get_by_text(result).count():
            break
        player.wait_for_timeout(500)
        player.clock.fast_forward("05:00")
        player.wait_for_timeout(1500)
    expect(player.locator(BOX)).to_contain_text(result)
    expect(player.locator(BOX)).to_have_count(1)
    expect(player.locator("#update-result dt", has_text="Plays")).to_have_count(int(processed))
    assert len(sent) == 1


def test_checks_of_update_are_bounded(player, session):
    reads = []

    def answer(route):
        reads.extend([route] if "query Profile" in route.request.post_data else [])
        return route.abort()

    player.route("**/graphql", answer)
    player.get_by_role("button", name="Update").click()
    expect(player.locator(BOX)).to_contain_text("may have been made")
    for _ in range(12):
        player.clock.fast_forward("05:00")
        player.wait_for_timeout(100)
    assert len(reads) == 8
    player.get_by_role("button", name="Check again").click()
    expect(player.locator(BOX)).to_contain_text("could not be read yet")
    session.errors.clear()  # the browser logs the aborted requests


def test_hidden_page_does_not_check(player, session):
    player.route("**/graphql", lambda route: route.abort())
    player.get_by_role("button", name="Update").click()
    expect(player.locator(BOX)).to_contain_text("may have been made")
    reads = []
    player.on("request", lambda request: reads.append(request.url))
    player.evaluate("Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true})")
    player.clock.fast_forward("05:00")
    player.wait_for_timeout(300)
    assert not reads
    with player.expect_request("**/graphql"):
        player.evaluate("delete document.visibilityState; document.dispatchEvent(new Event('visibilitychange'))")
    session.errors.clear()  # the browser logs the aborted requests


@pytest.mark.parametrize("code,text", ERRORS.values(), ids=ERRORS)
def test_failed_update_leaves_one_box(player, code, text):
    error = {"message": "", "path": ["updateUser"], "extensions": {"code": code}}
    player.route("**/graphql", lambda route: route.fulfill(json={"data": {"updateUser": None}, "errors": [error]}))
    player.get_by_role("button", name="Update").click()
    expect(player.locator(BOX)).to_contain_text(text)
    expect(player.locator("#update-result button")).to_have_count(1)
    expect(player.locator(":is(.error-box, .notice, .result):visible")).to_have_count(1)


def test_failed_reload_says_that_stats_remain(player):
    player.route(
        "**/graphql",
        lambda route: route.continue_() if "mutation" in route.request.post_data else route.fulfill(json=OUTAGE),
    )
    player.get_by_role("button", name="Update").click()
    expect(player.locator("#notices .error-box")).to_contain_text("The page shows the data from before.")
    expect(player.locator("#notices")).not_to_contain_text("no recent copy")
