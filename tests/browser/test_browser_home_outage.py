"""The visitor's players on the home page during an outage of osu!track, and after it."""

import json

import httpx
import pytest
from playwright.sync_api import expect

from gateway.sandbox.players import AMEO
from tests.browser.chromium import running_gateway

STATE = "#my-players-state"
OLD_COPY = "osu!track did not answer in time: the stats are an older copy."


@pytest.fixture
def gateway():
    """One gateway per test, because an open circuit breaker stays open. Its cache entries are stale after a second."""
    with running_gateway(history_fresh_s="1", revalidate_s="0", read_timeout_s="1") as gateway:
        yield gateway


@pytest.fixture
def page(session, gateway):
    """The home page of a visitor with one player, whose stats have become stale."""
    page = session.open("/")
    players = [{"id": str(AMEO), "name": "ameo", "isPinned": True}]
    page.evaluate("(value) => localStorage.setItem('players', value)", json.dumps(players))
    page.reload()
    page.locator("#my-players [data-cell=rank] b").wait_for()
    gateway.fault(kind="status", status=503)
    page.wait_for_timeout(1200)
    page.clock.install()
    page.reload()
    expect(page.locator(STATE)).to_have_text(OLD_COPY)
    return page


def loads(page):
    sent = []
    page.on("request", lambda request: sent.extend([request] if "MyPlayers" in (request.post_data or "") else []))
    return sent


def test_older_copy_is_replaced_after_an_outage(page, gateway):
    gateway.clear_faults()
    query = {"query": f'{{ user(id: "{AMEO}") {{ stats {{ latest {{ at }} }} }} }}'}
    while "warnings" in httpx.post(f"{gateway.address}/graphql", json=query).json()["extensions"]:
        page.wait_for_timeout(500)  # the circuit breaker is open
    page.clock.fast_forward("05:00")
    expect(page.locator(STATE)).to_have_text("")


def test_loads_during_an_outage_are_bounded(page):
    sent = loads(page)
    for _ in range(6):
        page.clock.fast_forward("05:00")
        page.wait_for_timeout(500)
    assert len(sent) == 3
    expect(page.locator(STATE)).to_have_text(OLD_COPY)
