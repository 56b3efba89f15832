"""The title of a page in the browser is that of its link preview, which the server writes."""

import json
import re
from html import unescape
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from gateway.sandbox.players import AMEO, HEAVY
from tests.browser.chromium import CHARTS_DRAWN

WINDOWS = json.loads((Path(__file__).parents[1] / "support/windows.json").read_text("utf-8"))
TITLES = """async (queries) => {
    const { readWindow, windowTitle } = await import("./static/shared/windows.js");
    return queries.map((query) => windowTitle(readWindow(new URLSearchParams(query))));
}"""


def server_title(page):
    """The title for crawlers, with the names that the gateway knows by now."""
    [title] = re.findall("<title>(.*?)</title>", httpx.get(page.url).text)
    return unescape(title)


@pytest.mark.parametrize(
    "query",
    [
        "",
        f"?compare={HEAVY}",
        "?mode=taiko&days=30",
        "?days=730",
        "?series=accuracy,plays",
        f"?compare={HEAVY},someone&series=pp&from=2026-01-01",
        "?from=2026-09-01&to=2026-10-01",
        "?from=2025-01-01&to=2026-01-01",
        "?from=2025-01-05&to=2026-02-01",
        "?to=2026-02-01",
        "?from=2026-09-05",
    ],
)
def test_title_is_that_of_the_preview(session, query):
    page = session.open(f"/players/{AMEO}{query}")
    page.wait_for_selector(CHARTS_DRAWN)
    if "compare" in query:
        page.locator("#comparison .player-1").get_by_text("peppy").wait_for()
    # A name without a player is left out.
    expect(page).not_to_have_url(re.compile("someone"))
    expect(page).to_have_title(server_title(page))


def test_title_follows_the_view(session):
    page = session.open(f"/players/{AMEO}?days=30")
    page.wait_for_selector(CHARTS_DRAWN)
    page.get_by_role("button", name="1 year").click()
    page.wait_for_url("**days=365")
    expect(page).to_have_title("ameo · osu! · past year · osutrack-gateway")
    assert server_title(page) == "ameo · osu! · past year · osutrack-gateway"
    page.go_back()
    expect(page).to_have_title("ameo · osu! · past 30 days · osutrack-gateway")


@pytest.mark.parametrize("query", ["", "?mode=taiko&days=7", "?days=all&mods=HD,NC&without=FL&grades=S,A&show=100"])
def test_best_plays_have_the_title_of_previews(session, query):
    page = session.open(f"/best{query}")
    page.locator("#plays-section[aria-busy=false]").wait_for()
    expect(page).to_have_title(server_title(page))


def test_windows_of_addresses_have_titles_of_previews(session):
    titles = session.open("/").evaluate(TITLES, [query for query, _ in WINDOWS])
    assert titles == [title for _, title in WINDOWS]


@pytest.mark.parametrize("query,days", [("from=2026-01-12&to=2026-02-16", ("12 Jan 2026", "15 Feb 2026"))])
def test_page_names_first_and_last_day(session, query, days):
    page = session.open(f"/players/{AMEO}?{query}&compare={HEAVY}")
    expect(page).to_have_title(re.compile(" to ".join(days)))
    expect(page.locator("#plots-caption")).to_contain_text(f"{' to '.join(days)}, all snapshots.")
    expect(page.locator("#comparison caption")).to_contain_text(" to ".join(days))
    for end, day in zip(("Start", "End"), days, strict=True):
        expect(page.get_by_label(f"{end} of time range")).to_have_attribute("aria-valuetext", day)
