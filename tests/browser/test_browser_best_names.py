"""Names on the page of best plays: looked up on request, ten at a time, in place."""

import json

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.chromium import PHONE, RunningGateway, running_gateway
from tests.support.processes import gateway_process

LOADED = "#plays-section[aria-busy=false]"
NAMELESS = "#plays tr[data-unnamed]"
BUTTON = "Show names"


@pytest.fixture
def gateway():
    """One gateway per test, which knows no name at first."""
    with running_gateway() as gateway:
        yield gateway


def opened(session, query="", **view):
    page = session.open(f"/best{query}", **view)
    page.wait_for_selector(LOADED)
    return page


def unnamed(page):
    return page.locator(NAMELESS).evaluate_all("(rows) => [...new Set(rows.map((row) => row.dataset.unnamed))]")


def cells(page):
    """The places of all cells and images, which names must not move."""
    boxes = "(all) => all.map((each) => each.getBoundingClientRect()).map(({x, y, height}) => [x, y, height])"
    return page.locator("#plays td, #plays .avatar").evaluate_all(boxes)


def show(page):
    page.get_by_role("button", name=BUTTON).click()


def with_players(page):
    """Plays of 12 players: the sandbox's lists have fewer."""

    def respond(route):
        if "query BestPlays" not in route.request.post_data:
            return route.continue_()
        response = route.fetch().json()
        for index, play in enumerate(response["data"]["bestPlays"]["nodes"]):
            play["user"]["id"] = str(1001 + index % 12)
        return route.fulfill(json=response)

    page.route("**/graphql", respond)
    page.reload()
    page.wait_for_selector(LOADED)


@pytest.mark.parametrize("view", [{}, {"size": PHONE}], ids=["desk", "phone"])
def test_ten_names_appear_in_place(session, gateway, view):
    page = opened(session, **view)
    with_players(page)
    before, places = unnamed(page), cells(page)
    assert len(before) == 12
    expect(page.locator("#names")).to_contain_text("Looks up 10 of 12 names on osu!.")
    expect(page.locator(f"{NAMELESS} .avatar").first).to_have_text("#")
    with page.expect_request("**/graphql") as request:
        show(page)
    assert list(json.loads(request.value.post_data)["variables"].values()) == before[:10]
    expect(page.locator("#names")).to_contain_text("osu!track records players by ID. Looks up 2 names on osu!.")
    assert unnamed(page) == before[10:]
    name = page.locator(f'a[href="players/{before[0]}"]').first.inner_text()
    query = f'{{ user(id: "{before[0]}") {{ username }} }}'
    answer = httpx.post(f"{gateway.address}/graphql", json={"query": query}).json()
    assert name == answer["data"]["user"]["username"]
    assert page.evaluate("document.activeElement.textContent") == BUTTON
    show(page)
    expect(page.get_by_role("button", name=BUTTON)).to_have_count(0)
    assert unnamed(page) == []
    assert page.evaluate("document.activeElement.id") == "plays-table"
    assert cells(page) == places


def test_found_names_stay_known(session):
    page = opened(session)
    show(page)
    expect(page.get_by_role("button", name=BUTTON)).to_have_count(0)
    expect(page.locator("#names")).to_contain_text("names shown.")
    page.reload()
    page.wait_for_selector(LOADED)
    expect(page.locator(NAMELESS)).to_have_count(0)
    expect(page.locator("#names")).to_be_hidden()


def test_failed_names_are_reported_and_retried(session, gateway):
    page = opened(session)
    before = unnamed(page)
    gateway.fault(kind="status", status=503, path="/_names")
    show(page)
    page.locator("#names").get_by_text("The names could not be looked up").wait_for()
    assert unnamed(page) == before


def test_limit_of_lookups_is_reported(session):
    error = {
        "message": "Busy.",
        "path": ["player0", "username"],
        "extensions": {"code": "UPSTREAM_BUSY", "retryAfterSeconds": 7},
    }
    page = opened(session)
    page.route("**/graphql", lambda route: route.fulfill(json={"data": {"player0": None}, "errors": [error]}))
    show(page)
    page.locator("#names").get_by_text("Too many lookups of names.").wait_for()
    page.get_by_role("button", name="Show names in 0:0").wait_for()


def test_gateway_without_names_says_so(session, gateway):
    with gateway_process(upstream_url=gateway.sandbox, avatars="false") as process:
        session.gateway = RunningGateway(process.url, gateway.sandbox)
        page = opened(session)
        show(page)
        page.locator("#names").get_by_text("This site looks no names up").wait_for()
        expect(page.get_by_role("button", name=BUTTON)).to_have_count(0)
