"""The hiscores of the player page: their order and filters are in the address, and players without stats have them too."""

import re

import httpx
from playwright.sync_api import expect

from gateway.sandbox.players import AMEO, HEAVY, NO_SNAPSHOTS
from tests.browser.chromium import PHONE

LOADED = "#hiscores[aria-busy=false]"
ROWS = "#plays tr"
COUNT = f'{{ user(id: "{AMEO}") {{ stats {{ hiscores(filter: {{modsAll: ["HD"], grades: [S, SH]}}) {{ totalCount }} }} }} }}'


def hiscore_reads(gateway):
    return httpx.get(f"{gateway.sandbox}/_sandbox/counts").json()["paths"].get("/hiscores", 0)


def test_hiscores_without_stats_load_on_request(session, gateway):
    reads = hiscore_reads(gateway)
    page = session.open(f"/players/{NO_SNAPSHOTS}", size=PHONE)
    page.get_by_role("heading", name="No stats yet").wait_for()
    show = page.get_by_role("button", name="Show plays")
    show.wait_for()
    assert hiscore_reads(gateway) == reads
    show.press("Enter")
    page.wait_for_selector(LOADED)
    assert page.evaluate("document.activeElement.id") == "hiscores-title"
    expect(page.locator(ROWS)).to_have_count(10)
    link = page.get_by_role("link", name="Hiscores (CSV)").get_attribute("href")
    assert link == f"{NO_SNAPSHOTS}/hiscores.csv?mode=osu"
    page.get_by_role("link", name="taiko", exact=True).click()
    show.wait_for()
    expect(page.locator("#hiscores")).to_be_hidden()


def test_order_and_filters_are_in_the_address(session, gateway):
    page = session.open_player(AMEO, hiscores=True)
    page.locator("#filters summary").press("Enter")
    for group, name in (("With all of", "HD"), ("Grade", "S")):
        page.get_by_role("group", name=group).get_by_role("button", name=name, exact=True).press("Enter")
    page.get_by_role("button", name="Newest").click()
    page.get_by_label("Best per beatmap").uncheck()
    page.wait_for_url(f"**/players/{AMEO}?sort=newest&plays=all&mods=HD&grades=S")
    total = httpx.post(f"{gateway.address}/graphql", json={"query": COUNT}).json()
    status = page.locator("#hiscores-more [role=status]")
    text = f"10 of {total['data']['user']['stats']['hiscores']['totalCount']}"
    expect(status).to_have_text(text)
    page.reload()
    expect(status).to_have_text(text)
    expect(page.locator("#filters-text")).to_have_text("HD; S")
    page.go_back()
    expect(page.get_by_label("Best per beatmap")).to_be_checked()
    expect(status).not_to_have_text(text)


def test_filters_without_match_can_be_removed(session):
    page = session.open_player(f"{AMEO}?mods=TP", hiscores=True)
    page.get_by_text("No hiscore matches the filters.").wait_for()
    expect(page.locator("#plots-caption")).to_have_text(re.compile("top hiscores"))
    page.get_by_role("button", name="Remove filters").press("Enter")
    expect(page.locator(ROWS)).to_have_count(10)
    page.wait_for_url(f"**/players/{AMEO}")
    expect(page.locator("#hiscores")).to_contain_text("no accuracy or combo")


def test_long_lists_take_few_clicks(session, gateway):
    page = session.open_player(HEAVY, hiscores=True)
    reads = hiscore_reads(gateway)
    for step, shown in ((50, 60), (200, 260), (500, 760), (500, 1260)):
        page.get_by_role("button", name=f"Show {step} more", exact=True).click()
        expect(page.locator(ROWS)).to_have_count(shown)
    assert hiscore_reads(gateway) == reads
