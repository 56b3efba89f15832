"""The result of the last update, which the browser keeps for a day."""

import json
import re

import pytest
from playwright.sync_api import expect

from gateway.sandbox.players import AMEO
from tests.browser.chromium import running_gateway

UPDATE_USER = 1055


@pytest.fixture(scope="module")
def gateway():
    """A gateway with its own budget of updates."""
    with running_gateway() as gateway:
        yield gateway


def test_result_of_update_outlasts_reload(session):
    page = session.open_player(UPDATE_USER)
    page.get_by_role("button", name="Update").click()
    page.locator("#update-result .result").wait_for()
    result = page.locator("#update-result").inner_text()
    [plays] = re.findall(r"Plays\s+(\+[\d,]+)", result)
    page.goto(page.url)
    last = page.locator("#update-result details")
    expect(last).to_contain_text("Your last update, just now: ")
    expect(last.locator("summary")).to_contain_text(f"{plays} plays")
    last.locator("summary").click()
    expect(last.get_by_role("heading", name="Changes")).to_be_visible()
    expect(last.get_by_role("button", name="Copy as text")).to_be_visible()
    page.get_by_role("link", name="taiko", exact=True).click()
    expect(last).to_have_count(0)


@pytest.mark.parametrize(
    "stored",
    ["nonsense", "{}", "[1]", '[{"id": "131464", "mode": "osu", "at": "2999-01-01", "result": null}]'],
)
def test_damaged_results_of_updates_are_ignored(session, stored):
    session.context.add_init_script(f"if (origin !== 'null') localStorage.setItem('updates', {json.dumps(stored)})")
    page = session.open_player(AMEO)
    expect(page.locator("#update-result")).to_have_text("")
    assert not session.errors


def test_old_results_of_updates_are_not_shown(session):
    script = """async (hours) => {
        const { showLastUpdate } = await import("/static/player/last-update.js");
        document.body.innerHTML = '<div id="update-result"></div>';
        const at = new Date(Date.now() - hours * 3600e3).toISOString();
        const result = { firstUpdate: true, delta: null, newHiscores: [] };
        localStorage.setItem("updates", JSON.stringify([{ id: "2", mode: "osu", at, result }]));
        showLastUpdate({ id: "2", mode: { name: "osu" } });
        return document.body.textContent;
    }"""
    page = session.open("/docs")
    assert page.evaluate(script, 2) == "Your last update, 2 hours ago: tracking started"
    assert page.evaluate(script, 25) == ""
