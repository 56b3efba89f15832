"""The comparison during failures: each is shown at its player, and leaves the others."""

import json

import pytest
from playwright.sync_api import Route, expect

from gateway.sandbox.players import AMEO, HEAVY
from tests.browser.chromium import CHARTS_DRAWN, TIMEOUT_MS, running_gateway


@pytest.fixture
def gateway():
    """One gateway per test, because an open circuit breaker stays open."""
    with running_gateway(read_timeout_s="1") as gateway:
        yield gateway


def row(page, name):
    return page.locator("#comparison tbody tr").filter(has=page.locator("th .player", has_text=name))


def box(page, name):
    row(page, name).locator(".error-box").wait_for()
    return row(page, name).locator(".error-box")


def players_in_charts(page, count):
    expect(page.locator("#legend .player")).to_have_count(count, timeout=TIMEOUT_MS)


def warm(session):
    """Cache two players."""
    page = session.open(f"/players/{HEAVY}?compare={AMEO}")
    players_in_charts(page, 2)
    page.wait_for_selector("#hiscores[aria-busy=false]")
    page.close()


@pytest.mark.parametrize(
    "fault,code",
    [
        ({"kind": "status", "status": 503}, "UPSTREAM_UNAVAILABLE"),
        ({"kind": "hang"}, "UPSTREAM_TIMEOUT"),
        ({"kind": "garbage"}, "UPSTREAM_INVALID_RESPONSE"),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_failed_player_leaves_the_others(session, gateway, fault, code):
    warm(session)
    gateway.fault(**fault)
    page = session.open(f"/players/{HEAVY}?compare=1055,{AMEO}")
    expect(box(page, "ID 1055")).to_have_attribute("data-code", code)
    players_in_charts(page, 2)
    expect(page.locator(".error-box")).to_have_count(1)
    expect(row(page, "ameo").locator("td.number")).to_have_count(5)
    gateway.clear_faults()
    box(page, "ID 1055").get_by_role("button", name="Retry").press("Enter")
    players_in_charts(page, 3)
    assert page.evaluate("document.activeElement.id") == "compare-id"


def test_retry_waits_for_retry_after(session, gateway):
    warm(session)
    gateway.fault(kind="rate_limit", retry_after=90)
    page = session.open(f"/players/{HEAVY}?compare={AMEO},1055")
    expect(box(page, "ID 1055")).to_have_attribute("data-code", "UPSTREAM_BUSY")
    expect(box(page, "ID 1055").get_by_role("button", name="Retry in")).to_have_attribute("aria-disabled", "true")
    players_in_charts(page, 2)
    box(page, "ID 1055").evaluate("(box) => { box.id = 'marked' }")
    page.get_by_role("button", name="30 days").click()
    expect(row(page, "ameo").locator("small", has_text="…")).to_have_count(0, timeout=TIMEOUT_MS)
    expect(page.locator("#marked")).to_have_count(1)
    page.get_by_role("button", name="Remove ID 1055").click()
    expect(page.locator(".error-box")).to_have_count(0)


def test_points_of_the_client_suffice_for_some(session):
    with running_gateway(client_points="9", client_points_per_minute="1") as session.gateway:
        page = session.open("/players/1010?compare=1011,1012,1013,1014")
        page.wait_for_selector(f"#player-data:not([hidden]) {CHARTS_DRAWN}")
        box(page, "ID 1014")
        codes = page.locator("#comparison .error-box").evaluate_all("(all) => all.map((each) => each.dataset.code)")
        assert set(codes) == {"RATE_LIMITED"}
        expect(page.locator("#legend .player").nth(1)).to_be_attached()
        page.close()
    session.errors.clear()  # the browser logs each 429


def test_unreachable_gateway_keeps_the_page(session, gateway):
    page = session.open(f"/players/{AMEO}")
    page.wait_for_selector(CHARTS_DRAWN)
    page.wait_for_selector("#hiscores[aria-busy=false]")
    page.get_by_label("With player").fill("2")
    page.route("**/graphql", lambda route: route.abort())
    page.keyboard.press("Enter")
    expect(box(page, "ID 2")).to_have_attribute("data-code", "NETWORK")
    page.unroute("**/graphql")
    box(page, "ID 2").get_by_role("button", name="Retry").click()
    players_in_charts(page, 2)
    session.errors.clear()  # the browser logs failed requests


@pytest.mark.parametrize("failing,text", [("Gains(", "Gains of "), ("Snapshots(", "ameo: ")])
def test_failed_details_can_be_retried(session, gateway, failing, text):
    warm(session)
    isolated = {"failing": True}

    def respond(route):
        request = json.loads(route.request.post_data or "{}")
        fails = f"query {failing}" in request["query"] and request["variables"].get("id") in (None, str(AMEO))
        if fails and isolated["failing"]:
            error = {"message": "No.", "extensions": {"code": "OPERATION_TIMEOUT"}}
            route.fulfill(json={"data": None, "errors": [error]})
        else:
            route.continue_()

    session.context.route("**/graphql", respond)
    page = session.open(f"/players/{HEAVY}?compare={AMEO}&days=90")
    page.locator(".error-box .title", has_text=text).first.wait_for()
    players_in_charts(page, 2)
    isolated["failing"] = False
    page.get_by_role("button", name="Retry").first.click()
    expect(page.locator(".error-box")).to_have_count(0, timeout=TIMEOUT_MS)


@pytest.mark.parametrize("name", ["Compare", "Gains"])
def test_abandoned_request_is_no_error(session, name):
    held: list[Route] = []

    def hold(route):
        if not held and f"query {name}(" in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    session.context.route("**/graphql", hold)
    page = session.open(f"/players/{HEAVY}?compare={AMEO}")
    with page.expect_event("requestfailed"):
        row(page, "ameo" if name == "Gains" else str(AMEO)).wait_for()
        page.get_by_role("link", name="taiko").click()
    players_in_charts(page, 2)
    expect(page.locator("#comparison small", has_text="…")).to_have_count(0, timeout=TIMEOUT_MS)
    expect(page.locator(".error-box")).to_have_count(0)


def test_failed_script_is_reported(session):
    session.context.route("**/comparison-*.js", lambda route: route.abort())
    page = session.open(f"/players/{AMEO}?compare={HEAVY}")
    page.wait_for_selector(f"#player-data:not([hidden]) {CHARTS_DRAWN}")
    expect(page.locator("#comparison")).to_contain_text("Reload the page")
    session.errors.clear()  # the browser logs failed requests


def test_stale_player_states_its_age(session):
    ages = {"history_fresh_s": "1", "peak_fresh_s": "1", "revalidate_s": "0"}
    with running_gateway(**ages, read_timeout_s="1") as session.gateway:
        warm(session)
        session.gateway.fault(kind="status", status=503)
        page = session.open(f"/players/{AMEO}?compare={HEAVY}")
        expect(row(page, "peppy")).to_contain_text("osu!track is slow or unavailable", timeout=TIMEOUT_MS)
        page.close()
