"""The player page during failures of osu!track, the gateway or the network."""

import re

import pytest
from playwright.sync_api import Route, expect

from gateway.sandbox.players import AMEO, EQUAL_TIMESTAMPS, MIXED_CASE, UNTRACKED, UPDATE_HANGS
from tests.browser.chromium import CHARTS_DRAWN, TIMEOUT_MS, running_gateway


@pytest.fixture
def gateway():
    """One gateway per test, because an open circuit breaker stays open. Its cache entries are stale after a second."""
    ages = {"history_fresh_s": "1", "peak_fresh_s": "1", "revalidate_s": "0"}
    with running_gateway(**ages, read_timeout_s="1", update_timeout_s="2") as gateway:
        yield gateway


def error_code(page, place="#load-error"):
    """The code of the error box in `place`."""
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
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_upstream_fault_is_shown_and_retried(session, gateway, fault, code):
    gateway.fault(**fault)
    page = session.open(f"/players/{AMEO}")
    assert error_code(page) == code
    for link in ("Card image", "Year in review"):
        expect(page.get_by_role("link", name=link)).to_have_count(0)
    gateway.clear_faults()
    page.get_by_role("button", name="Retry", exact=True).click()
    page.wait_for_selector(f"#player-data:not([hidden]) {CHARTS_DRAWN}")
    for link in ("Card image", "Year in review"):
        expect(page.get_by_role("link", name=link)).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "main"


def test_retry_waits_for_retry_after(session, gateway):
    gateway.fault(kind="rate_limit", retry_after=20)
    page = session.open(f"/players/{AMEO}")
    assert error_code(page) == "UPSTREAM_BUSY"
    retry = page.locator("#load-error button")
    expect(retry).to_have_text(re.compile(r"^Continues in 0:\d\d$"))
    expect(retry).to_have_attribute("aria-disabled", "true")


@pytest.mark.parametrize("code", ["UPSTREAM_BUSY", "UPSTREAM_UNAVAILABLE"])
@pytest.mark.parametrize("state,requests", [("visible", 2), ("hidden", 1)])
def test_pause_of_osutrack_causes_one_retry(session, code, state, requests):
    sent = []
    error = {"message": "", "path": ["user"], "extensions": {"code": code, "retryAfterSeconds": 2}}

    def respond(route):
        sent.append(route)
        route.fulfill(json={"data": None, "errors": [error]})

    session.context.route("**/graphql", respond)
    session.context.add_init_script(f"Object.defineProperty(document, 'visibilityState', {{ get: () => '{state}' }})")
    page = session.open(f"/best?days={requests}")
    retry = page.locator("#load-error button")
    expect(retry).to_have_text(re.compile("^Continues in"))
    expect(retry).to_have_text(re.compile("^Retry( in|$)"))
    expect(retry).to_have_text("Retry")
    assert len(sent) == requests


def test_page_continues_after_a_pause(session, gateway):
    gateway.fault(kind="rate_limit", retry_after=3)
    page = session.open(f"/players/{AMEO}")
    assert error_code(page) == "UPSTREAM_BUSY"
    gateway.clear_faults()
    page.wait_for_selector(f"#player-data:not([hidden]) {CHARTS_DRAWN}")


def test_slow_load_shows_message(session):
    pending: list[Route] = []
    slow = True
    session.context.route("**/graphql", lambda route: pending.append(route) if slow else route.continue_())
    page = session.open(f"/players/{AMEO}")
    page.get_by_text("osu!track is slow", exact=False).first.wait_for()
    slow = False
    pending.pop().continue_()
    page.wait_for_selector(f"#player-data:not([hidden]) {CHARTS_DRAWN}")


def test_failed_hiscores_leave_other_sections(session, gateway):
    gateway.fault(kind="status", status=500, path="/hiscores")
    page = session.open(f"/players/{AMEO}")
    assert error_code(page, "#hiscores-more") == "UPSTREAM_UNAVAILABLE"
    expect(page.locator("#hiscores-table")).to_be_hidden()
    page.wait_for_selector(f"#player-data:not([hidden]) {CHARTS_DRAWN}")
    expect(page.locator("#load-error")).to_be_hidden()
    gateway.clear_faults()
    page.locator("#hiscores-more").get_by_role("button", name="Retry").press("Enter")
    page.locator("#plays tr").first.wait_for()
    assert page.evaluate("document.activeElement.id") == "hiscores-table"


def test_failed_peak_leaves_gains(session, gateway):
    gateway.fault(kind="status", status=500, path="/peak")
    # The snapshots of other players are enough to compute their peaks.
    page = session.open(f"/players/{EQUAL_TIMESTAMPS}")
    assert error_code(page, "#peak") == "UPSTREAM_UNAVAILABLE"
    expect(page.locator("#gains li").first).to_be_visible()


def test_stale_data_shows_its_age(session, gateway):
    page = session.open(f"/players/{AMEO}")
    page.wait_for_selector(CHARTS_DRAWN)
    gateway.fault(kind="status", status=503)
    page.wait_for_timeout(1200)
    page.reload()
    page.wait_for_selector(f"#player-data:not([hidden]) {CHARTS_DRAWN}")
    notice = page.locator("#notices [data-code=STALE_DATA]")
    expect(notice).to_have_text(re.compile(r"data is \d+ seconds? old"))


def test_revalidating_data_shows_no_notice(session):
    with running_gateway(history_fresh_s="1", peak_fresh_s="1") as session.gateway:
        page = session.open(f"/players/{AMEO}")
        page.wait_for_selector(CHARTS_DRAWN)
        session.gateway.fault(kind="status", status=503)
        page.wait_for_timeout(1200)
        with page.expect_response("**/graphql") as response:
            page.reload()
        page.wait_for_selector(f"#player-data:not([hidden]) {CHARTS_DRAWN}")
        assert response.value.json()["extensions"]["revalidating"]
        expect(page.locator("#notices *")).to_have_count(0)
        page.close()


def test_timed_out_update_is_reported_as_uncertain(session, gateway):
    page = session.open(f"/players/{UPDATE_HANGS}")
    page.get_by_role("button", name="Start tracking").click()
    assert error_code(page, "#update-result") == "UPDATE_OUTCOME_UNKNOWN"
    expect(page.locator("#update-result")).to_contain_text("may have been made")
    expect(page.locator("#update-result").get_by_role("button", name="Retry")).to_have_count(0)


@pytest.mark.parametrize("processed,result", [(True, "Update made"), (False, "Update not confirmed")])
def test_failed_update_is_checked_by_itself(session, gateway, processed, result):
    page = session.open(f"/players/{AMEO}")
    page.wait_for_selector(CHARTS_DRAWN)
    page.clock.install()
    gateway.fault(kind="status", status=503, path="/update", processed=processed)
    page.get_by_role("button", name="Update").click()
    assert error_code(page, "#update-result") == "UPDATE_OUTCOME_UNKNOWN"
    expect(page.locator("#update-result")).to_contain_text("may have been made")
    expect(page.get_by_role("button", name="Check in 0:")).to_be_disabled()
    page.clock.fast_forward("00:40")
    page.locator("#update-result").get_by_role("heading", name=result).wait_for()
    expect(page.get_by_role("button", name="Check again")).to_have_count(int(not processed))


@pytest.mark.parametrize("is_cancelled", [False, True], ids=["started", "cancelled"])
def test_busy_update_starts_once_by_itself(session, is_cancelled):
    page = session.open(f"/players/{AMEO}")
    page.wait_for_selector(CHARTS_DRAWN)
    sent = []
    busy = {"message": "", "extensions": {"code": "UPSTREAM_BUSY", "retryable": True, "retryAfterSeconds": 2}}

    def answer(route):
        if "mutation" not in route.request.post_data:
            return route.continue_()
        sent.append(route)
        return route.fulfill(json={"data": None, "errors": [busy]})

    page.route("**/graphql", answer)
    page.get_by_role("button", name="Update").click()
    wait = page.get_by_text("Updates are shared by all visitors. Yours starts in 0:0")
    wait.first.wait_for()
    expect(page.locator("#update")).to_have_attribute("aria-disabled", "true")
    page.locator("#update").dispatch_event("click")  # not enabled: `click` would wait
    if is_cancelled:
        page.get_by_role("button", name="Cancel").click()
        assert page.evaluate("document.activeElement.id") == "update"
    else:
        assert error_code(page, "#update-result") == "UPSTREAM_BUSY"
    page.wait_for_timeout(3200)
    assert len(sent) == (1 if is_cancelled else 2)
    expect(wait.filter(visible=True)).to_have_count(0)


def test_update_during_outage_is_reported_as_uncertain(session, gateway):
    page = session.open(f"/players/{AMEO}")
    page.wait_for_selector(CHARTS_DRAWN)
    gateway.fault(kind="status", status=503)
    page.get_by_role("button", name="Update").click()
    assert error_code(page, "#update-result") == "UPDATE_OUTCOME_UNKNOWN"


@pytest.mark.parametrize(
    "code,text",
    [
        ("UPSTREAM_UNAVAILABLE", "osu!track is unavailable The update was not sent, so nothing was updated."),
        ("UPSTREAM_TIMEOUT", "osu!track is slow The update was not sent, so nothing was updated."),
        ("UPSTREAM_REJECTED", "osu!track rejected the request Nothing was updated."),
        ("UPSTREAM_BUSY", "Others were faster. Nothing was updated."),
        ("OPERATION_TIMEOUT", "which may have been made."),
    ],
)
def test_failed_update_says_whether_it_was_made(session, code, text):
    page = session.open(f"/players/{AMEO}")
    page.wait_for_selector(CHARTS_DRAWN)
    error = {"message": "", "path": ["updateUser"], "extensions": {"code": code}}
    page.route("**/graphql", lambda route: route.fulfill(json={"data": {"updateUser": None}, "errors": [error]}))
    page.get_by_role("button", name="Update").click()
    expect(page.locator("#update-result .error-box")).to_contain_text(
        re.compile(text.replace(" ", r"\s*")), timeout=TIMEOUT_MS
    )


def test_update_requests_token_where_required(session):
    with running_gateway(update_tokens="right-token-of-some-length") as session.gateway:
        page = session.open(f"/players/{AMEO}")
        page.get_by_role("button", name="Update").click()
        page.get_by_label("Token").fill("wrong")
        page.keyboard.press("Enter")
        page.get_by_text("Invalid token.").first.wait_for()
        page.get_by_label("Token").fill("right-token-of-some-length")
        page.get_by_role("button", name="Update with token").click()
        page.get_by_role("heading", name=re.compile("[Cc]hanges")).wait_for()
        page.close()


def test_unreachable_gateway_shows_error(session, gateway):
    session.context.route("**/graphql", lambda route: route.abort())
    page = session.open(f"/players/{AMEO}")
    assert error_code(page) == "NETWORK"
    session.context.unroute("**/graphql")
    page.get_by_role("button", name="Retry").click()
    page.wait_for_selector(f"#player-data:not([hidden]) {CHARTS_DRAWN}")
    session.errors.clear()  # the browser logs failed requests


def test_missing_script_shows_install_instructions(session):
    session.context.route("**/player-main-*.js", lambda route: route.abort())
    page = session.open("/players/2")
    expect(page.get_by_role("alert")).to_contain_text("python hatch_build.py")
    session.errors.clear()  # the browser logs failed requests


def test_coarser_interval_avoids_result_limit(session):
    with running_gateway(max_values="8000") as session.gateway:
        page = session.open("/players/2?every=all")
        assert error_code(page, "#plots-error") == "RESULT_TOO_LARGE"
        expect(page.locator("#plots-error").get_by_role("button", name="Retry")).to_have_count(0)
        page.get_by_text("one snapshot per week. peppy: from").first.wait_for()
        page.get_by_role("button", name="Month", exact=True).click()
        page.locator("#plots-error .error-box").wait_for(state="detached")
        page.get_by_text("one snapshot per month").first.wait_for()
        page.close()


def test_upstream_text_is_never_html(session):
    hostile = "<img src=x onerror=alert(1)>"
    response = {"updateUser": {"__typename": "UserNotFound", "message": hostile}}
    page = session.open(f"/players/{AMEO}")
    page.wait_for_selector(CHARTS_DRAWN)
    page.route("**/graphql", lambda route: route.fulfill(json={"data": response}))
    page.get_by_role("button", name="Update").click()
    page.get_by_text(hostile).first.wait_for()
    expect(page.locator("main img")).to_have_count(0)


def test_many_pages_continue_by_themselves(session):
    with running_gateway(client_points="2", client_points_per_minute="6") as session.gateway:
        page = session.open("/best")
        page.get_by_text("Just loaded from osu!track.").wait_for()
        page.get_by_role("button", name="Week").click()
        box = page.locator("#load-error .error-box")
        expect(box).to_contain_text("Too many pages at once", timeout=TIMEOUT_MS)
        expect(box.get_by_role("button")).to_have_text(re.compile(r"^Continues in 0:\d\d"))
        page.wait_for_selector("#plays-table:not([hidden]) tr", timeout=2 * TIMEOUT_MS)
        page.close()
        session.errors.clear()  # the browser logs status 429


def test_automatic_retries_are_bounded(session):
    retries = """async () => {
      const { isAutomatic, countRetry } = await import("./static/shared/automatic-retries.js");
      let now = 0;
      Date.now = () => now;
      const error = { code: "RATE_LIMITED", retryAfterSeconds: 3 };
      const rounds = [];
      for (; isAutomatic(error, () => {}) && rounds.length < 9; now += 6000) rounds.push([countRetry(error), countRetry(error)]);
      now += 300_000;
      return [
        rounds.length,
        isAutomatic(error, () => {}),
        isAutomatic({ ...error, retryAfterSeconds: 61 }, () => {}),
        isAutomatic({ ...error, code: "UPSTREAM_TIMEOUT" }, () => {}),
        isAutomatic(error, Object.assign(() => {}, { isManual: true })),
      ];
    }"""
    assert session.open("/").evaluate(retries) == [5, True, False, False, False]


@pytest.mark.parametrize("fault", [{"kind": "status", "status": 503}, {"kind": "rate_limit", "retry_after": 20}])
def test_failed_page_says_nothing_of_loading(session, gateway, fault):
    gateway.fault(**fault)
    page = session.open(f"/players/{UNTRACKED[60]}")
    page.locator("#load-error .error-box").wait_for()
    expect(page.locator("#live-region")).to_have_text("")


def test_empty_mode_names_known_others(session):
    page = session.open(f"/players/{MIXED_CASE}")
    page.wait_for_selector(f"#player-data:not([hidden]) {CHARTS_DRAWN}")
    page.get_by_role("link", name="taiko", exact=True).click()
    page.locator("#untracked").get_by_text("There is data in osu!.").wait_for()
    expect(page.locator("#live-region")).to_have_text("No stats yet in taiko. There is data in osu!.")
    expect(page.locator("main").get_by_role("button", name="Start tracking")).to_have_count(1)
    expect(page.get_by_role("link", name=re.compile("CSV|Card image|Year in review"))).to_have_count(0)
