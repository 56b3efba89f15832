"""The player page over cached data: refreshes in the background, stale data, and the order of an update's results."""

import re

import httpx
import pytest
from playwright.sync_api import Route, expect

from gateway.sandbox.players import AMEO
from tests.browser.chromium import CHARTS_DRAWN, TIMEOUT_MS, running_gateway

FRESH_S = 2


@pytest.fixture
def gateway():
    """A gateway with data that is fresh for seconds only; `revalidating` and `stale` are its phases afterwards."""
    with running_gateway(history_fresh_s=f"{FRESH_S}", peak_fresh_s=f"{FRESH_S}") as gateway:
        yield gateway


@pytest.fixture
def stale_gateway():
    """A gateway with data that is stale after seconds."""
    ages = {"history_fresh_s": f"{FRESH_S}", "peak_fresh_s": f"{FRESH_S}", "revalidate_s": "0"}
    with running_gateway(**ages) as gateway:
        yield gateway


def names_of(requests):
    """The names of the GraphQL operations."""
    return re.findall(r"(?:query|mutation) (\w+)", "".join(request.post_data_json["query"] for request in requests))


def open_twice(session, path):
    """The page at its second visit, when its data is no longer fresh, and the operations that it sends."""
    page = session.open(path)
    page.wait_for_selector(CHARTS_DRAWN)
    page.wait_for_selector("#hiscores[aria-busy=false]")
    page.wait_for_timeout(1000 * FRESH_S + 200)
    requests = []
    page.on("request", lambda request: requests.append(request) if request.url.endswith("/graphql") else None)
    return page, requests


def update_elsewhere(gateway, user):
    """An update by another client of osu!track."""
    httpx.post(f"{gateway.sandbox}/update", params={"user": user, "mode": 0}, timeout=30).raise_for_status()


def test_refreshed_data_appears_without_reload(session, gateway):
    page, requests = open_twice(session, f"/players/{AMEO}")
    update_elsewhere(gateway, AMEO)
    with page.expect_response("**/graphql") as response:
        page.reload()
    assert response.value.json()["extensions"]["revalidating"]
    expect(page.locator("#about")).to_contain_text("Last snapshot: just now", timeout=TIMEOUT_MS)
    page.wait_for_timeout(2500)  # a second refresh would have been shown by then
    assert names_of(requests).count("Profile") == 2
    assert names_of(requests).count("Hiscores") == 2
    expect(page.locator("#notices *")).to_have_count(0)


def test_unchanged_data_is_not_drawn_again(session, gateway):
    page, requests = open_twice(session, f"/players/{AMEO}")
    page.reload()
    page.wait_for_selector(CHARTS_DRAWN)
    page.locator("#plays tr").first.evaluate("(row) => { row.id = 'marked' }")
    page.locator("#gains li").first.evaluate("(item) => { item.id = 'marked-gain' }")
    with page.expect_response(lambda response: "Hiscores" in response.request.post_data):
        pass
    page.wait_for_timeout(500)
    assert names_of(requests).count("Profile") == 2
    expect(page.locator("#marked, #marked-gain")).to_have_count(2)


def test_compared_player_is_refreshed_too(session, gateway):
    page, requests = open_twice(session, f"/players/2?compare={AMEO}")
    update_elsewhere(gateway, AMEO)
    page.reload()
    cell = page.locator("#comparison tbody tr").nth(1).locator("td > span").first
    cell.wait_for()
    before = cell.inner_text()
    expect(cell).not_to_have_text(before, timeout=TIMEOUT_MS)
    assert names_of(requests).count("Compare") == 2


def test_failed_second_request_changes_nothing(session, gateway):
    page, _ = open_twice(session, f"/players/{AMEO}")
    page.reload()
    page.wait_for_selector(CHARTS_DRAWN)
    page.wait_for_selector("#hiscores[aria-busy=false]")
    page.route("**/graphql", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        pass
    page.wait_for_timeout(500)
    expect(page.locator("#notices *")).to_have_count(0)
    expect(page.locator("#plays tr")).to_have_count(10)
    session.errors.clear()  # the browser logs failed requests


def test_slow_refresh_of_stale_data_is_no_problem(session, stale_gateway):
    session.gateway = stale_gateway
    page, _ = open_twice(session, f"/players/{AMEO}")
    stale_gateway.fault(kind="latency", seconds=3.5)
    page.reload()
    notice = page.locator("#notices .notice")
    notice.wait_for()
    expect(notice).to_have_text(re.compile(r"data is \d+ seconds? old. Waiting for osu!track"))
    expect(page.locator("#notices .warn")).to_have_count(0)
    expect(notice).to_have_text("The data has been refreshed.", timeout=TIMEOUT_MS)
    page.close()


def test_stale_data_warns_after_second_request(session, stale_gateway):
    session.gateway = stale_gateway
    page, requests = open_twice(session, f"/players/{AMEO}")
    stale_gateway.fault(kind="status", status=503)
    page.reload()
    page.locator("#notices .warn").wait_for()
    assert names_of(requests).count("Profile") == 2
    expect(page.locator("#notices")).to_contain_text("slow or unavailable")
    stale_gateway.clear_faults()
    page.close()


def test_example_query_is_repeated_after_refresh(session, gateway):
    page = session.open("/")
    page.get_by_text("Examples", exact=True).click()
    page.get_by_role("button", name="Run").click()
    page.get_by_text("Response in").wait_for()
    page.wait_for_timeout(1000 * FRESH_S + 200)
    update_elsewhere(gateway, 2)
    with page.expect_response(lambda response: "delta" in (response.request.post_data or "")):
        page.get_by_role("button", name="Run").click()
    page.get_by_text("Response in").wait_for()
    before = page.locator("#try-response").inner_text()
    expect(page.locator("#try-response")).not_to_have_text(before, timeout=TIMEOUT_MS)


def test_update_result_precedes_the_reload(session, gateway):
    page = session.open(f"/players/{AMEO}")
    page.wait_for_selector(CHARTS_DRAWN)
    page.wait_for_selector("#hiscores[aria-busy=false]")
    held: list[Route] = []
    released: list[bool] = []

    def handle(route):
        if released or "mutation" in route.request.post_data:
            route.continue_()
        else:
            held.append(route)

    page.route("**/graphql", handle)
    page.get_by_role("button", name="Update").click()
    page.get_by_role("heading", name="Changes").wait_for()
    expect(page.locator("#update-hint")).to_have_text("Loading the new data …")
    released.append(True)
    for route in held:
        route.continue_()
    expect(page.locator("#about")).to_contain_text("Last snapshot: just now", timeout=TIMEOUT_MS)
    expect(page.locator("#update-hint")).to_contain_text("Updated recently", timeout=TIMEOUT_MS)
    expect(page.get_by_role("heading", name="Changes")).to_be_visible()
