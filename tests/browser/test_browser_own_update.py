"""The Update button of the own player on the home page."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import DESK, PHONE, running_gateway

OWN = "1055"
RESULT = "#update-result"


@pytest.fixture
def gateway():
    """One gateway per test, because updates have a cooldown."""
    with running_gateway() as gateway:
        yield gateway


@pytest.fixture
def home(session):
    """Opens the home page of a visitor with an own player, whose stats are shown."""

    def open_home(size=DESK):
        page = session.open("/", size=size)
        players = [{"id": OWN, "name": "me", "isPinned": False}, {"id": "2", "name": "peppy", "isPinned": False}]
        page.evaluate("(value) => localStorage.setItem('players', value)", json.dumps(players))
        page.evaluate("(own) => localStorage.setItem('own-player', own)", OWN)
        page.reload()
        page.locator("#own-card dd b").wait_for()
        return page

    return open_home


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_own_player_is_updated_from_home(home, size):
    page = home(size)
    page.get_by_role("button", name="Update", exact=True).click()
    expect(page.locator(RESULT)).to_have_text(re.compile(r"^Updated: .+\. Full result$"))
    expect(page.locator("#own-card .player-state")).to_have_text("updated just now")
    expect(page.locator("#update")).to_have_text(re.compile("^Update possible in "))
    assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
    page.get_by_role("link", name="Full result").click()
    expect(page.locator(f"{RESULT} details")).to_contain_text("Your last update, just now: ")


def test_home_sends_no_update_by_itself(home, session):
    sent = []
    session.context.on("request", lambda request: sent.append(request.post_data or ""))
    page = home()
    page.wait_for_timeout(500)
    assert not [each for each in sent if "mutation" in each]
    expect(page.locator("#own-box button", has_text="Update")).to_be_enabled()


@pytest.mark.parametrize("processed,result", [(True, "Update made"), (False, "no new snapshot")])
def test_failed_update_is_checked_on_home(home, gateway, processed, result):
    page = home()
    page.clock.install()
    gateway.fault(kind="status", status=503, path="/update", processed=processed)
    page.get_by_role("button", name="Update", exact=True).click()
    expect(page.locator(RESULT)).to_contain_text("may have been made")
    expect(page.locator(f"{RESULT} button")).to_have_count(1)
    page.clock.fast_forward("01:00")
    expect(page.locator(RESULT)).to_contain_text(result)


def test_other_own_player_has_own_button(home):
    page = home()
    page.get_by_role("button", name="Me (").first.click()
    expect(page.locator("#own-box")).to_be_hidden()
    page.get_by_role("button", name="Me (peppy)").click()
    with page.expect_request(lambda request: "mutation" in (request.post_data or "")) as sent:
        page.get_by_role("button", name="Update", exact=True).click()
    assert sent.value.post_data_json["variables"] == {"id": "2", "mode": "OSU"}
