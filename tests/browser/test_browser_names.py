"""Names and pasted addresses of players in the forms and in the URL of the pages."""

import json
import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from gateway.sandbox.players import AMEO, HEAVY, MANIA_ONLY, NONEXISTENT, NUMERIC_NAME, UNTRACKED
from tests.browser.chromium import TIMEOUT_MS, RunningGateway
from tests.support.processes import gateway_process

LOADED = "#player-data:not([hidden]) #progress[aria-busy=false]"
CASES = json.loads((Path(__file__).parents[1] / "support/addresses.json").read_text("utf-8"))
PARSE = "(texts) => import('./static/shared/address.js').then((it) => texts.map(it.parseAddress))"


@pytest.fixture(scope="module")
def nameless(gateway):
    """A gateway without a names service: it knows no name before an update."""
    with gateway_process(upstream_url=gateway.sandbox, avatars="false") as process:
        yield RunningGateway(process.url, gateway.sandbox)


@pytest.fixture
def unresolved(session, nameless):
    session.gateway = nameless
    return session


def counts(gateway):
    return httpx.get(f"{gateway.sandbox}/_sandbox/counts").json()


def test_pages_parse_addresses_as_the_server(session):
    parsed = session.open("/").evaluate(PARSE, [text for text, _ in CASES])
    expected = [
        wanted
        and {
            "id": str(wanted["id"]) if "id" in wanted else None,
            "name": wanted.get("username"),
            "mode": wanted.get("mode"),
        }
        for _, wanted in CASES
    ]
    assert parsed == expected


@pytest.mark.parametrize("text", ["peppy", "osu.ppy.sh/users/PEPPY", " @peppy "])
def test_landing_page_opens_player_by_name(session, text):
    page = session.open("/")
    page.get_by_label("Find a player").fill(text)
    page.keyboard.press("Enter")
    page.wait_for_selector(LOADED)
    page.wait_for_url(f"**/players/{HEAVY}")
    expect(page.get_by_role("heading", level=1)).to_have_text("peppy")


def test_year_is_kept_until_the_name_is_known(session):
    page = session.open("/players/peppy/2025?mode=taiko")
    page.wait_for_url(f"**/players/{HEAVY}/2025?mode=taiko")
    page.get_by_role("heading", name="2025 in review").wait_for()


def test_unresolved_name_explains_the_year(unresolved):
    page = unresolved.open("/players/no_such_player/2025")
    page.locator("#name-page").get_by_text("and so the year 2025 in review").wait_for()


def test_mode_of_the_address_is_kept(session):
    page = session.open("/")
    page.get_by_label("Find a player").fill("https://osu.ppy.sh/users/peppy/mania")
    page.keyboard.press("Enter")
    page.wait_for_selector(LOADED)
    page.wait_for_url(f"**/players/{HEAVY}?mode=mania")
    field = page.get_by_label("Another player")
    field.fill("osu.ppy.sh/users/131464/fruits")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/players/{AMEO}?mode=catch")


def test_name_of_digits_starts_with_at(session):
    page = session.open("/players/@12345678")
    page.wait_for_selector(LOADED)
    page.wait_for_url(f"**/players/{NUMERIC_NAME}")


def test_player_opens_in_mode_with_data(session):
    page = session.open(f"/players/{MANIA_ONLY}")
    page.wait_for_selector(LOADED)
    page.wait_for_url(f"**/players/{MANIA_ONLY}?mode=mania")
    expect(page.locator("#modes [aria-current]")).to_have_text("mania")
    expect(page.locator("#notices")).to_contain_text("no osu! stats")
    page.get_by_role("link", name="osu!", exact=True).click()
    page.get_by_role("button", name="Start tracking").wait_for()
    page.wait_for_url(f"**/players/{MANIA_ONLY}?mode=osu")
    page.reload()
    page.get_by_role("button", name="Start tracking").wait_for()
    expect(page.locator("#notices *")).to_have_count(0)


def test_search_for_modes_costs_few_requests(session):
    before = counts(session.gateway)
    page = session.open(f"/players/{UNTRACKED[50]}")
    page.get_by_role("button", name="Start tracking").wait_for()
    after = counts(session.gateway)
    assert after["requests"] - before["requests"] <= 6  # four histories, the peak and the name
    assert after["side_effects"] == before["side_effects"]


def test_comparison_accepts_a_name(session):
    page = session.open(f"/players/{AMEO}")
    page.wait_for_selector(LOADED)
    page.get_by_label("With player").fill("osu.ppy.sh/users/peppy/mania")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/players/{AMEO}?compare={HEAVY}")
    page.get_by_role("rowheader", name="peppy").wait_for()
    page.get_by_label("With player").fill("AMEO")
    page.keyboard.press("Enter")
    page.locator("#compare-hint").get_by_text("This is the same player.").wait_for()
    page.wait_for_url(f"**/players/{AMEO}?compare={HEAVY}")


def test_missing_name_is_not_compared(session):
    page = session.open(f"/players/{AMEO}")
    page.wait_for_selector(LOADED)
    page.get_by_label("With player").fill("nobody")
    page.keyboard.press("Enter")
    page.locator("#compare-hint").get_by_text("osu! has no player with the name “nobody”").wait_for()
    expect(page.get_by_label("With player")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("With player")).to_have_value("nobody")
    expect(page.locator("#comparison > *")).to_have_count(0)
    page.wait_for_url(f"**/players/{AMEO}")


def test_failed_name_can_be_added_again(session, gateway):
    page = session.open(f"/players/{AMEO}")
    page.wait_for_selector(LOADED)
    gateway.fault(kind="status", status=503, path="/_names")
    page.get_by_label("With player").fill("Corvus")
    page.keyboard.press("Enter")
    page.locator("#compare-hint").get_by_text("could not be looked up").wait_for()
    page.wait_for_url(f"**/players/{AMEO}")
    gateway.clear_faults()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/players/{AMEO}?compare=1030")


def test_commas_separate_compared_players(session):
    page = session.open(f"/players/{AMEO}")
    page.wait_for_selector(LOADED)
    page.get_by_label("With player").fill("1010, peppy, nobody, 1010,")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/players/{AMEO}?compare=1010,{HEAVY}")
    expect(page.locator("#compare-hint")).to_contain_text("no player with the name “nobody”")
    expect(page.get_by_label("With player")).to_have_value("nobody, 1010")
    page.get_by_label("With player").fill("1020,1030,1040")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/players/{AMEO}?compare=1010,{HEAVY},1020,1030")
    expect(page.get_by_label("With player")).to_have_value("1040")
    expect(page.locator("#compare-hint")).to_contain_text("5 players are compared")


@pytest.mark.parametrize(
    "text,address",
    [
        ("1010, peppy", f"1010?compare={HEAVY}"),
        ("peppy,ameo", f"{HEAVY}?compare={AMEO}"),
        ("osu.ppy.sh/users/1010/mania, 1020", "1010?mode=mania&compare=1020"),
        ("/players/1010?compare=2,1020", "1010?compare=2,1020"),
        ("/players/1010?compare=2,1020, 1030", "1010?compare=2,1020&compare=1030"),
    ],
)
def test_commas_open_a_comparison(session, text, address):
    page = session.open("/")
    page.get_by_label("Find a player").fill(text)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/players/{address}")


def test_invalid_player_of_a_list_is_named(session):
    page = session.open("/")
    page.get_by_label("Find a player").fill("peppy, x!")
    page.keyboard.press("Enter")
    expect(page.locator("#player-hint")).to_have_text(re.compile(r"^“x!”: Enter a player name"))


def test_compared_name_in_the_url_is_resolved(session):
    page = session.open(f"/players/{AMEO}?compare=peppy")
    page.wait_for_url(f"**/players/{AMEO}?compare={HEAVY}")
    page.get_by_role("rowheader", name="peppy").wait_for()


def test_missing_name_is_reported(session):
    page = session.open("/players/no_such_player")
    page.get_by_text("osu! has no player with the name “no_such_player”").first.wait_for()
    expect(page.locator("#player-header")).to_be_hidden()
    field = page.get_by_label("Name, ID or URL")
    expect(field).to_have_value("no_such_player")
    field.fill("x!")
    page.keyboard.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("peppy")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/players/{HEAVY}$"))


def test_unresolved_name_shows_the_way(unresolved, nameless):
    before = counts(nameless)
    page = unresolved.open("/players/Slider%20Goblin?mode=osu")
    page.get_by_role("heading", name="Slider Goblin").wait_for()
    expect(page.locator("#name-page")).to_contain_text("The player ID of “Slider Goblin” is not known here")
    link = page.get_by_role("link", name="osu.ppy.sh/users/Slider%20Goblin")
    expect(link).to_have_attribute("href", "https://osu.ppy.sh/users/Slider%20Goblin")
    expect(page.locator("#name-page")).to_contain_text("It may look the player up on osu! and start tracking")
    assert counts(nameless) == before


def test_plays_by_name_appear_on_request(unresolved, nameless):
    before = counts(nameless)
    page = unresolved.open("/players/peppy?mode=taiko")
    page.get_by_role("button", name="Show taiko plays").click()
    expect(page.locator("#name-page tbody tr")).to_have_count(50, timeout=TIMEOUT_MS)
    page.get_by_role("button", name="Show 50 more").click()
    expect(page.locator("#name-page tbody tr")).to_have_count(100, timeout=TIMEOUT_MS)
    assert counts(nameless)["side_effects"] == before["side_effects"]


def test_plays_of_missing_player_are_an_error(unresolved):
    page = unresolved.open("/players/no_such_player")
    page.get_by_role("button", name="Show osu! plays").click()
    page.get_by_text("Neither osu!track nor osu! has a player").first.wait_for()


def test_unresolved_comparison_shows_the_way(unresolved):
    page = unresolved.open(f"/players/{AMEO}")
    page.wait_for_selector(LOADED)
    page.get_by_label("With player").fill("again")
    page.keyboard.press("Enter")
    page.locator("#comparison").get_by_text("The player ID of “again” is not known here").wait_for()
    expect(page.locator("#comparison").get_by_role("link", name="osu.ppy.sh/users/again")).to_be_visible()
    page.get_by_role("link", name="Plays by name").click()
    page.get_by_role("heading", name="again").wait_for()


def test_known_name_redirects_before_any_script(unresolved, nameless):
    update = 'mutation { updateUser(id: "1020") { ... on UpdateUserSuccess { user { username } } } }'
    httpx.post(f"{nameless.address}/graphql", json={"query": update}, timeout=30).raise_for_status()
    page = unresolved.open("/players/kaede?mode=taiko")
    page.wait_for_url("**/players/1020?mode=taiko")


def test_failed_lookup_can_be_repeated(session, gateway):
    gateway.fault(kind="status", status=503, path="/_names")
    page = session.open("/players/lonely")
    expect(page.locator("#name-page .error-box .title")).to_have_text(
        "The name could not be looked up", timeout=TIMEOUT_MS
    )
    gateway.clear_faults()
    page.get_by_role("button", name="Retry").click()
    page.wait_for_selector(LOADED)
    page.wait_for_url("**/players/3000001")


def test_failing_names_service_hides_no_page(session, gateway):
    gateway.fault(kind="status", status=503, path="/_names")
    page = session.open("/players/1021")
    page.wait_for_selector(LOADED)
    expect(page.get_by_role("heading", level=1)).to_have_text("ID 1021")
    expect(page.locator("#name-state")).to_have_text("The name is not available.", timeout=TIMEOUT_MS)
    expect(page.locator(".error-box")).to_have_count(0)


def test_missing_name_has_status_404(session):
    statuses = []
    session.context.on(
        "response", lambda it: statuses.append(it.status) if it.url.endswith("/players/nobody_2") else None
    )
    for _ in range(2):
        page = session.open("/players/nobody_2")
        page.get_by_role("heading", level=1, name="No such player").wait_for()
    session.errors[:] = [error for error in session.errors if "404" not in error]
    assert statuses == [200, 404]


@pytest.mark.parametrize("path", ["mint_Chip", "Mint%20Chip?mode=taiko"])
def test_similar_name_of_own_players_is_offered(session, path):
    mine = [{"id": "1024", "name": "mintchip", "isPinned": False}, {"id": "1025", "name": "x", "isPinned": True}]
    page = session.open("/docs")
    page.evaluate("(players) => localStorage.setItem('players', JSON.stringify(players))", mine)
    page.goto(f"{session.gateway.address}/players/{path}")
    expect(page.locator("#similar-name")).to_have_text("Did you mean mintchip?", timeout=TIMEOUT_MS)
    page.get_by_role("link", name="mintchip").click()
    expect(page).to_have_url(re.compile(r"/players/1024(\?mode=taiko)?$"), timeout=TIMEOUT_MS)
    session.errors[:] = [error for error in session.errors if "404" not in error]


def test_other_names_are_not_offered(session):
    page = session.open("/players/nobody_3")
    page.get_by_role("heading", level=1, name="No such player").wait_for()
    expect(page.locator("#similar-name")).to_have_count(0)
    session.errors[:] = [error for error in session.errors if "404" not in error]


@pytest.mark.parametrize("player,is_shown", [(NONEXISTENT[0], True), (UNTRACKED[51], False)])
def test_untracked_page_says_player_may_be_missing(session, player, is_shown):
    page = session.open(f"/players/{player}?mode=osu")
    page.get_by_role("heading", name="No stats yet").wait_for()
    expect(page.get_by_text("osu! may have no player with this ID.")).to_be_visible(visible=is_shown)


@pytest.mark.parametrize(
    "player,text",
    [
        ("12345678", "There is a player with the name “12345678”: open @12345678."),
        ("80000003", "No player has the name “80000003”."),
        ("999999", ""),
        (UNTRACKED[51], ""),
    ],
)
def test_long_number_can_be_a_name(session, player, text):
    page = session.open(f"/players/{player}?mode=osu")
    page.get_by_role("heading", name="No stats yet").wait_for()
    expect(page.locator("#numeric-name")).to_have_text(text, timeout=TIMEOUT_MS)
    expect(page.locator("#numeric-name")).to_be_visible(visible=text != "", timeout=TIMEOUT_MS)


def test_player_with_number_as_name_opens(session):
    page = session.open("/players/12345678?mode=osu")
    page.get_by_role("link", name="@12345678").click()
    expect(page).to_have_url(re.compile(rf"/players/{NUMERIC_NAME}\?mode=osu$"), timeout=TIMEOUT_MS)


def test_number_can_be_an_unresolved_name(unresolved):
    page = unresolved.open("/players/12345678?mode=osu")
    expect(page.locator("#numeric-name")).to_have_text(
        "To open the player with the name “12345678”, use @12345678.", timeout=TIMEOUT_MS
    )


@pytest.mark.parametrize("path,name", [("1023", "ramune"), ("1024/2026", "Sir Misses")])
def test_slow_name_arrives_by_itself(session, gateway, path, name):
    gateway.fault(kind="latency", seconds=4, path="/_names")
    page = session.open(f"/players/{path}")
    expect(page.locator("#name")).to_have_text(name, timeout=TIMEOUT_MS)
    expect(page).to_have_title(re.compile(f"^{name} · "), timeout=TIMEOUT_MS)


def test_page_says_that_a_name_is_loading(session, gateway):
    gateway.fault(kind="latency", seconds=4, path="/_names")
    page = session.open("/players/1025")
    expect(page.locator("#name-state")).to_have_text("Loading the name …", timeout=TIMEOUT_MS)
    expect(page.locator("#name-state")).to_have_text("ID 1025", timeout=TIMEOUT_MS)


def test_slow_lookup_of_an_id_is_awaited(session, gateway):
    gateway.fault(kind="latency", seconds=4, path="/_names")
    page = session.open("/players/minus_one")
    expect(page.locator("#loading-message")).to_have_text("Looking up the player “minus_one” …", timeout=TIMEOUT_MS)
    expect(page).to_have_url(re.compile("/players/3000005$"), timeout=TIMEOUT_MS)
