"""A player's page when osu!track, the gateway or the network is not well: it says what happened and what to do."""

import re

import pytest
from playwright.sync_api import Route

from gateway.sandbox.players import AMEO, UPDATE_HANGS
from tests.browser.chromium import RunningGateway
from tests.support.processes import gateway_process

LOADED = "#progress[aria-busy=false]"


@pytest.fixture
def gateway():
    """A fresh one for each test: an open breaker stays open for a while. What it remembers is old at once."""
    with gateway_process(history_fresh_s="1", peak_fresh_s="1", read_timeout_s="1", update_timeout_s="2") as process:
        yield RunningGateway(process.url, process.sandbox_url)


def trouble(page, place="#load-error"):
    """The code of the error that is shown there."""
    page.locator(f"{place} .error-box").wait_for()
    return page.locator(f"{place} .error-box").get_attribute("data-code")


@pytest.mark.parametrize(
    "fault,code",
    [
        ({"kind": "status", "status": 503}, "UPSTREAM_UNAVAILABLE"),
        ({"kind": "hang"}, "UPSTREAM_TIMEOUT"),
        ({"kind": "garbage"}, "UPSTREAM_INVALID_RESPONSE"),
        ({"kind": "reset"}, "UPSTREAM_UNAVAILABLE"),
        ({"kind": "half"}, "UPSTREAM_UNAVAILABLE"),
        ({"kind": "rate_limit", "retry_after": 2}, "UPSTREAM_BUSY"),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_a_fault_of_osutrack_is_told_and_tried_again(session, gateway, fault, code):
    gateway.fault(**fault)
    page = session.open(f"/players/{AMEO}")
    assert trouble(page) == code
    gateway.clear_faults()
    page.get_by_role("button", name="Try again", exact=True).click()
    page.wait_for_selector(f"#player-data:not([hidden]) {LOADED}")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_retry_waits_as_long_as_it_is_told_to(session, gateway):
    gateway.fault(kind="rate_limit", retry_after=20)
    page = session.open(f"/players/{AMEO}")
    assert trouble(page) == "UPSTREAM_BUSY"
    retry = page.locator("#load-error button")
    assert re.fullmatch(r"Try again in 0:\d\d", retry.inner_text())
    assert retry.get_attribute("aria-disabled") == "true"


def test_slowness_is_told_while_it_lasts(session):
    held: list[Route] = []
    slow = True
    session.context.route("**/graphql", lambda route: held.append(route) if slow else route.continue_())
    page = session.open(f"/players/{AMEO}")
    page.get_by_text("osu!track takes its time", exact=False).first.wait_for()
    slow = False
    held.pop().continue_()
    page.wait_for_selector(f"#player-data:not([hidden]) {LOADED}")


def test_a_part_that_fails_leaves_the_others(session, gateway):
    gateway.fault(kind="status", status=500, path="/hiscores")
    page = session.open(f"/players/{AMEO}")
    assert trouble(page, "#hiscores-more") == "UPSTREAM_UNAVAILABLE"
    assert page.locator("#hiscores-table").is_hidden()
    page.wait_for_selector(f"#player-data:not([hidden]) {LOADED}")
    assert page.locator("#load-error").is_hidden()
    gateway.clear_faults()
    page.locator("#hiscores-more").get_by_role("button", name="Try again").press("Enter")
    page.locator("#plays tr").first.wait_for()
    assert page.evaluate("document.activeElement.id") == "hiscores-table"


def test_a_peak_that_fails_leaves_the_gains(session, gateway):
    gateway.fault(kind="status", status=500, path="/peak")
    page = session.open(f"/players/{AMEO}")
    assert trouble(page, "#peak") == "UPSTREAM_UNAVAILABLE"
    assert page.locator("#gains li").count() == 3


def test_old_numbers_are_shown_with_their_age(session, gateway):
    page = session.open(f"/players/{AMEO}")
    page.wait_for_selector(LOADED)
    gateway.fault(kind="status", status=503)
    page.wait_for_timeout(1200)
    page.reload()
    page.wait_for_selector(f"#player-data:not([hidden]) {LOADED}")
    notice = page.locator("#notices [data-code=STALE_DATA]")
    assert re.search(r"read from osu!track \d+ seconds? ago", notice.inner_text())


def test_an_update_that_osutrack_does_not_answer_may_have_been_made(session, gateway):
    page = session.open(f"/players/{UPDATE_HANGS}")
    page.get_by_role("button", name="Start tracking").wait_for()
    page.get_by_role("button", name="Update").click()
    assert trouble(page, "#update-result") == "UPSTREAM_TIMEOUT"
    told = page.locator("#update-result").inner_text()
    assert "The update may have been made all the same" in told
    assert "try again in a moment" not in told


def test_an_update_while_osutrack_is_down_says_so(session, gateway):
    page = session.open(f"/players/{AMEO}")
    page.wait_for_selector(LOADED)
    gateway.fault(kind="status", status=503)
    page.get_by_role("button", name="Update").click()
    assert trouble(page, "#update-result") == "UPSTREAM_UNAVAILABLE"


def test_a_token_is_asked_for_where_one_is_needed(session):
    with gateway_process(update_tokens="right-token-of-some-length") as process:
        session.gateway = RunningGateway(process.url, process.sandbox_url)
        page = session.open(f"/players/{AMEO}")
        page.get_by_role("button", name="Update").click()
        page.get_by_label("Token").fill("wrong")
        page.keyboard.press("Enter")
        page.get_by_text("This token is not one of them.").first.wait_for()
        page.get_by_label("Token").fill("right-token-of-some-length")
        page.get_by_role("button", name="Update with it").click()
        page.get_by_role("heading", name=re.compile("changed")).wait_for()
        page.close()


def test_a_gateway_that_can_not_be_reached_is_told(session, gateway):
    session.context.route("**/graphql", lambda route: route.abort())
    page = session.open(f"/players/{AMEO}")
    assert trouble(page) == "NETWORK"
    session.context.unroute("**/graphql")
    page.get_by_role("button", name="Try again").click()
    page.wait_for_selector(f"#player-data:not([hidden]) {LOADED}")
    session.errors.clear()  # the browser logs what it could not load


def test_without_its_chart_the_page_says_how_to_get_it(session):
    session.context.route("**/vendor/**", lambda route: route.abort())
    page = session.open("/players/2")
    assert "python hatch_build.py" in page.get_by_role("alert").inner_text()
    session.errors.clear()  # the browser logs what it could not load


def test_too_many_snapshots_at_once_can_be_thinned_out(session):
    with gateway_process(max_rows="1000") as process:
        session.gateway = RunningGateway(process.url, process.sandbox_url)
        page = session.open("/players/2?every=all")
        assert trouble(page, "#plots-error") == "RESULT_TOO_LARGE"
        assert page.locator("#plots-error").get_by_role("button", name="Try again").count() == 0
        page.get_by_text("one a week. Player 2: 6").first.wait_for()
        page.get_by_role("button", name="Month", exact=True).click()
        page.locator("#plots-error .error-box").wait_for(state="detached")
        page.get_by_text("one a month").first.wait_for()
        page.close()


def test_what_osutrack_says_is_never_html(session):
    hostile = "<img src=x onerror=alert(1)>"
    answer = {
        "updateUser": {"__typename": "UserNotFound", "message": hostile},
    }
    page = session.open(f"/players/{AMEO}")
    page.wait_for_selector(LOADED)
    page.route("**/graphql", lambda route: route.fulfill(json={"data": answer}))
    page.get_by_role("button", name="Update").click()
    page.get_by_text(hostile).first.wait_for()
    assert page.locator("main img").count() == 0
