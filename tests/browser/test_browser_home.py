"""The visitor's players on the home page: stats, gains, order and refresh."""

import json
import re

import httpx
import pytest
from playwright.sync_api import expect

from gateway.sandbox.players import AMEO, HEAVY, ORDINARY
from tests.browser.chromium import DESK, PHONE

NAMED = ORDINARY[19]
ITEMS = "#my-players-list tr"
LINKS = "#my-players .player a"
RANK = re.compile(r"#[\d,]+[\d,.]+ pp")
GAIN = re.compile(r"[+−±][\d,.]+([▲▼] [\d,]+|±0|since \d+ \w+ \d{4})")
NEW, OLD = "2026-11-26T00:00:00Z", "2024-11-26T00:00:00Z"


@pytest.fixture
def home(session):
    """Opens the home page of a visitor with players."""

    def open_home(pinned=(), size=DESK, own=None, stats=()):
        page = session.open("/", size=size)
        page.evaluate("(own) => own && localStorage.setItem('own-player', own)", own and str(own))
        last = {id_: {"last": each} for id_, each in dict(stats).items()}
        ids = (1010, HEAVY, AMEO)
        players = [{"id": str(id_), "name": f"p{id_}", "isPinned": id_ in pinned} | last.get(id_, {}) for id_ in ids]
        page.evaluate("(value) => localStorage.setItem('players', value)", json.dumps(players))
        page.reload()
        return page

    return open_home


def stored(rank, week, mode="osu!"):
    gain = None if week is None else {"pp": week, "ranks": 1, "since": None}
    return {"mode": mode, "at": NEW, "rank": rank, "pp": 1.0, "gains": {"week": gain}, "seenAt": NEW}


STORED = {1010: stored(3, 5.0), HEAVY: stored(None, None), AMEO: stored(2, 7.5)}


def my_players_requests(session):
    """The variables of the queries for stats, as they are sent."""
    sent = []

    def record(request):
        if "MyPlayers" in (request.post_data or ""):
            sent.append(request.post_data_json["variables"])

    session.context.on("request", record)
    return sent


def test_pinned_players_have_stats_and_gains(home):
    page = home({AMEO, HEAVY})
    for place in (0, 1):
        expect(page.locator(ITEMS).nth(place).locator("[data-cell=rank]")).to_have_text(RANK)
        expect(page.locator(ITEMS).nth(place).locator("[data-cell=month]")).to_have_text(GAIN)
    expect(page.locator(ITEMS).nth(2)).to_contain_text("No stats yet")


def test_loaded_names_change_the_initials(session, gateway):
    # The gateway knows the name from now on: a player of no other test.
    query = f'{{ user(id: "{NAMED}") {{ username stats {{ latest {{ pp }} }} }} }}'
    name = httpx.post(f"{gateway.address}/graphql", json={"query": query}).json()["data"]["user"]["username"]
    page = session.open("/")
    players = [{"id": str(NAMED), "name": f"ID {NAMED}", "isPinned": True}]
    page.evaluate("(value) => localStorage.setItem('players', value)", json.dumps(players))
    page.reload()
    expect(page.locator(LINKS)).to_have_text(name)
    expect(page.locator(f"{ITEMS} .avatar")).to_have_text(name[:2].upper())


def test_own_player_comes_first(home):
    page = home({HEAVY})
    page.get_by_role("button", name=f"Me (p{AMEO})").press("Enter")
    expect(page.get_by_role("button", name=re.compile(r"Me \("), pressed=True)).to_be_focused()
    expect(page.get_by_role("button", name=re.compile(r"Me \("))).to_have_count(1)
    page.reload()
    expect(page.locator(LINKS)).to_have_text([f"p{AMEO}", f"p{HEAVY}", "p1010"])
    expect(page.locator("#own-card div:has(> dt)")).to_have_count(8)
    expect(page.locator("#own-card")).to_contain_text(
        re.compile(r"Rank#[\d,]+pp[\d,.]+Accuracy[\d.]+ %Plays[\d,]+24 hours")
    )
    page.get_by_role("button", name=f"Me (p{AMEO})").press("Enter")
    expect(page.locator(LINKS)).to_have_text([f"p{HEAVY}", "p1010", f"p{AMEO}"])


def test_names_stay_without_stats(session, home):
    session.context.route(
        "**/graphql", lambda route: route.abort() if "MyPlayers" in route.request.post_data else route.continue_()
    )
    page = home({AMEO})
    expect(page.locator("#my-players-state")).to_contain_text("Some stats could not be loaded")
    expect(page.locator(LINKS).first).to_have_text(f"p{AMEO}")
    session.errors.clear()  # the browser logs failed requests


def test_cached_stats_cause_no_upstream_request(home, gateway):
    expect(home({AMEO}).locator("[data-cell=rank]").first).to_have_text(RANK)
    before = httpx.get(f"{gateway.sandbox}/_sandbox/counts").json()
    expect(home({AMEO}).locator("[data-cell=rank]").first).to_have_text(RANK)
    assert httpx.get(f"{gateway.sandbox}/_sandbox/counts").json() == before


def test_order_is_kept_in_the_browser(home):
    page = home(stats=STORED)
    order = page.get_by_role("combobox", name="Order of players")
    expect(page.locator(LINKS)).to_have_text(["p1010", f"p{HEAVY}", f"p{AMEO}"])
    order.select_option("Best rank")
    expect(page.locator(LINKS)).to_have_text([f"p{AMEO}", "p1010", f"p{HEAVY}"])
    order.select_option("pp in 7 days")
    page.reload()
    expect(order).to_have_value("week")
    expect(page.locator(LINKS)).to_have_text([f"p{AMEO}", "p1010", f"p{HEAVY}"])


@pytest.mark.parametrize("value", ["x", "constructor", "{}"])
def test_foreign_order_is_ignored(session, home, value):
    session.context.add_init_script(f"if (origin !== 'null') localStorage.setItem('players-order', '{value}')")
    expect(home(stats=STORED).get_by_role("combobox", name="Order of players")).to_have_value("recent")


def test_refresh_loads_recent_players(session, home):
    page = home(stats=STORED)
    sent = my_players_requests(session)
    expect(page.locator(ITEMS).first.locator("[data-cell=week]")).to_have_text("+5.00▲ 1")
    page.get_by_role("button", name="Reload").click()
    expect(page.locator("#my-players-state")).to_have_text("Reloaded just now.")
    expect(page.locator("#my-players [data-cell=rank]:has(b)")).to_have_count(3)
    # Repeated while histories are pending.
    assert all(each == {"ids": ["1010", str(HEAVY), str(AMEO)], "mode": "OSU"} for each in sent)


def test_refresh_has_five_players_at_most(session):
    page = session.open("/")
    players = [{"id": str(1010 + place), "name": f"p{place}", "isPinned": False} for place in range(7)]
    page.evaluate("(value) => localStorage.setItem('players', value)", json.dumps(players))
    page.reload()
    sent = my_players_requests(session)
    for text in ("Reloaded 5 of 7 players. Press again for the others.", "Reloaded 5 of 7"):
        page.get_by_role("button", name="Reload", exact=True).click()
        expect(page.get_by_role("button", name="Reload", exact=True)).to_be_visible()
        expect(page.locator("#my-players-state")).to_contain_text(text)
    page.wait_for_function("() => document.querySelectorAll('#my-players [data-cell=rank] b').length === 7")
    assert {id_ for variables in sent for id_ in variables["ids"]} == {str(1010 + place) for place in range(7)}
    assert all(len(variables["ids"]) == 5 for variables in sent)


def test_stats_are_those_of_the_last_mode(session, home):
    page = home({AMEO}, stats={AMEO: stored(2, 7.5, mode="taiko")})
    sent = my_players_requests(session)
    page.reload()
    expect(page.locator(ITEMS).first).to_contain_text("taiko · updated")
    expect(page.locator(LINKS).first).to_have_attribute("href", f"players/{AMEO}?mode=taiko")
    page.wait_for_function("() => JSON.parse(localStorage.getItem('players'))[2].last.accuracy > 0")
    assert [variables["mode"] for variables in sent] == ["TAIKO"]


def test_gains_of_an_earlier_visit_are_muted(home):
    page = home(stats={1010: STORED[1010] | {"seenAt": OLD}})
    gain = page.locator(ITEMS).first.locator("[data-cell=week] span")
    expect(gain).to_have_attribute("title", "As of 26 Nov 2024")
    expect(gain).to_have_class("muted")


@pytest.mark.parametrize(
    "gains,text",
    [
        ({"day": None, "week": None, "month": 9.0}, "+9.00▲ 130 days"),
        ({"day": 0.0, "week": 5.0, "month": 9.0}, "+5.00▲ 17 days"),
        ({"day": 0.0, "week": None, "month": None}, "±0▲ 124 hours"),
        ({"day": None, "week": None, "month": None}, "–"),
    ],
)
def test_phone_shows_the_shortest_gain(home, gains, text):
    known = {name: None if pp is None else {"pp": pp, "ranks": 1, "since": None} for name, pp in gains.items()}
    page = home(size=PHONE, stats={1010: stored(3, None) | {"gains": known}})
    cells = page.locator(ITEMS).first.locator("td.number:visible")
    expect(cells).to_have_count(2)
    expect(cells.last).to_have_text(text)
    expect(page.locator("#my-players-table thead th:visible")).to_have_text(["Player", "Rank", "Gain"])
    page.get_by_role("combobox", name="Order of players").select_option("pp in 7 days")
    expect(page.locator("#my-players-table thead th:visible")).to_have_text(["Player", "Rank", "7 days"])


@pytest.mark.parametrize("since", [None, "since 22 Nov 2026"])
def test_wide_gains_fit_small_screens(home, since):
    gains = {"day": None, "week": None, "month": {"pp": 1153.03, "ranks": 1_083_252, "since": since}}
    last = stored(1_843_056, None) | {"pp": 12_310.56, "gains": gains}
    page = home(size={"width": 320, "height": 860}, stats={1010: last})
    expect(page.locator(ITEMS).first).to_contain_text("+1,153.03")
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_visited_players_keep_their_gains(session):
    session.open_player(AMEO).close()
    page = session.open("/")
    expect(page.locator(ITEMS).locator("[data-cell=month]")).to_have_text(GAIN)
    [player] = json.loads(page.evaluate("localStorage.getItem('players')"))
    assert list(player["last"]["gains"]) == ["day", "week", "month"]


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desktop"])
@pytest.mark.parametrize("own", [None, AMEO])
def test_list_has_room_before_it_is_filled(home, size, own):
    page = home({AMEO, HEAVY}, size, own)
    expect(page.locator("#my-players dd b, #my-players [data-cell=rank] b")).to_have_count(2)
    filled = page.locator("#my-players").bounding_box()["height"]
    page.evaluate("document.getElementById('my-players').hidden = true")
    page.evaluate("document.querySelectorAll('#my-players > *').forEach((part) => part.remove())")
    assert abs(page.evaluate("document.getElementById('my-players').offsetHeight") - filled) <= 24


SHIFTS = """new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) window.shifts = (window.shifts ?? 0) + value;
}).observe({ type: "layout-shift", buffered: true })"""


@pytest.mark.parametrize("width", [320, 660, 960, 1100])
@pytest.mark.parametrize("own", [None, AMEO])
def test_list_fits_and_does_not_move(session, home, width, own):
    session.context.add_init_script(SHIFTS)
    page = home({AMEO, HEAVY}, {"width": width, "height": 860}, own)
    expect(page.locator("#my-players dd b, #my-players [data-cell=rank] b")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("window.shifts ?? 0") <= 0.05
