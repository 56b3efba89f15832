"""The landing page: status, example query, snippets, player form, layout, size."""

import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.chromium import DESK, PHONE, running_gateway
from tests.support.binaries import requires_binary

STATIC = Path(__file__).parents[2] / "gateway/web/pages/static"
EXAMPLES = [example["name"] for example in json.loads((STATIC / "examples.json").read_text())]

RUNNERS = {
    "curl": ("sh", "-c"),
    "JavaScript": ("node", "--input-type=module", "-e"),
    "Python": (sys.executable, "-c"),
}


def test_status_shows_upstream_up(session):
    page = session.open("/")
    page.get_by_text("responding").wait_for()
    expect(page.locator("#status-upstream .state")).to_have_text("Up")
    expect(page.locator("#status-points")).to_have_text("no limit")
    expect(page.locator("#outage")).to_have_text("")


def test_status_shows_upstream_down(session):
    many = " ".join(f"p{user}: user(id: {user}) {{ stats {{ peak {{ globalRank }} }} }}" for user in range(1001, 1011))
    with running_gateway() as session.gateway:  # a separate gateway, because its circuit breaker stays open
        session.gateway.fault(kind="status", status=503)
        httpx.post(f"{session.gateway.address}/graphql", json={"query": f"{{ {many} }}"})
        page = session.open("/")
        page.get_by_text("serving cached data only").wait_for()
        expect(page.locator("#status-upstream .state")).to_have_text("Down")
        expect(page.locator("#outage")).to_have_text("osu!track is down. Pages show older data.")
        page.close()


def test_status_shows_unreachable_gateway(session):
    session.context.route("**/graphql", lambda route: route.abort())
    page = session.open("/")
    page.get_by_text("The gateway is unreachable").first.wait_for()
    expect(page.locator("#status-upstream .state")).to_have_text("Unknown")
    expect(page.locator("#outage")).to_contain_text("The gateway is unreachable")
    session.errors.clear()  # the browser logs failed requests


def test_example_query_runs(session):
    page = session.open("/")
    page.get_by_text("Examples", exact=True).click()
    page.locator("#try-response").evaluate("(code) => (code.textContent = '')")
    page.get_by_role("button", name="Run").click()
    page.get_by_text("Response in").wait_for()
    response = json.loads(page.locator("#try-response").inner_text())
    assert set(response["data"]["user"]["stats"]) == {"latest", "month"}


def test_links_lead_to_all_examples(session):
    links = session.open("/").locator(".examples a")
    for link, name in zip(links.all(), EXAMPLES, strict=True):
        expect(link).to_have_attribute("href", f"graphql#{name}")


def test_example_opens_in_graphiql(session):
    page = session.open("/")
    page.get_by_text("Examples", exact=True).click()
    page.get_by_role("link", name="Compare players").click()
    expect(page.get_by_role("tab", selected=True)).to_have_text("Compare")
    page.locator(".graphiql-query-editor").get_by_text("users").first.wait_for()


@pytest.mark.parametrize(
    "language",
    [
        pytest.param("curl", marks=requires_binary("curl", "the snippet runs it")),
        pytest.param("JavaScript", marks=requires_binary("node", "the snippet runs it")),
        "Python",
    ],
)
def test_copied_snippet_runs(session, language):
    session.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = session.open("/")
    page.get_by_text("curl, JavaScript and Python").click()
    page.get_by_role("button", name=f"Copy {language} example").click()
    page.get_by_role("button", name="Copied").wait_for()
    program = page.evaluate("navigator.clipboard.readText()")
    done = subprocess.run([*RUNNERS[language], program], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "globalRank" in done.stdout
    assert "rror" not in done.stdout


def test_copy_works_without_clipboard_api(session):
    page = session.open("/")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('blocked')) }")
    page.get_by_text("curl, JavaScript and Python").click()
    page.get_by_role("button", name="Copy Python example").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("getSelection().toString()").startswith("import httpx")


@pytest.mark.parametrize(
    "text", ["2", " 2 ", "https://osu.ppy.sh/users/2", "https://osu.ppy.sh/users/2#top", "osu.ppy.sh/u/2"]
)
def test_player_form_accepts_id_and_url(session, text):
    session.context.route("**/players/*", lambda route: route.fulfill(body="there", content_type="text/html"))
    page = session.open("/")
    page.get_by_label("Find a player").fill(text)
    page.keyboard.press("Enter")
    page.wait_for_url("**/players/2")


def test_example_link_opens_player_with_chart(session):
    page = session.open("/")
    page.get_by_role("link", name="ameo").first.click()
    page.wait_for_selector("#progress[aria-busy=false] canvas")


@pytest.mark.parametrize("text", ["", "peppy!", "0", "2147483648"])
def test_player_form_rejects_invalid_id(session, text):
    page = session.open("/")
    page.get_by_label("Find a player").fill(text)
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#player-hint")).to_contain_text("Enter a player name")
    assert page.evaluate("document.activeElement.id") == "player-id"


@pytest.mark.parametrize(
    "text,problem",
    [
        ("averyveryverylongname", "at most 15 characters"),
        ("https://osu.ppy.sh/beatmapsets/2#osu/3", "address of a beatmap"),
        ("osu.ppy.sh/b/75", "address of a beatmap"),
        ("osu.ppy.sh/scores/123", "not a player’s address"),
        ("https://osu.ppy.sh/community/forums/topics/2", "not a player’s address"),
        ("[home](https://osu.ppy.sh/home)", "not a player’s address"),
        ("osu.ppy.sh/users/lookup/x", "not a player’s address"),
        ("osu.ppy.sh/users/0", "IDs go up to"),
        ("https://akatsuki.gg/u/2", "another server"),
    ],
)
def test_player_form_names_the_problem(session, text, problem):
    page = session.open("/")
    page.get_by_label("Find a player").fill(text)
    page.keyboard.press("Enter")
    expect(page.locator("#player-hint")).to_contain_text(problem)


@pytest.mark.parametrize(
    "text,path",
    [
        ("<https://osu.ppy.sh/users/2>", "/players/2"),
        ("https://gateway.example.org/players/2/2025?mode=taiko", "/players/2/2025?mode=taiko"),
        ("/players/2?mode=taiko&days=30", "/players/2?mode=taiko&days=30"),
        ("ID 1056", "/players/1056"),
        ("#1056", "/players/1056"),
    ],
)
def test_player_form_keeps_year_and_parameters(session, text, path):
    session.context.route("**/players/**", lambda route: route.fulfill(body="there", content_type="text/html"))
    page = session.open("/")
    page.get_by_label("Find a player").fill(text)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{path}")


def test_picture_needs_no_upstream_request(session):
    before = httpx.get(f"{session.gateway.sandbox}/_sandbox/counts").json()
    page = session.open("/")
    page.get_by_role("img", name="Example").scroll_into_view_if_needed()
    assert page.get_by_role("img", name="Example").evaluate("(image) => image.decode().then(() => image.naturalWidth)")
    assert httpx.get(f"{session.gateway.sandbox}/_sandbox/counts").json() == before


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_introduction_is_near_the_header(session, size):
    page = session.open("/", size=size)
    header = page.locator(".site-header").bounding_box()
    assert page.locator("h1").bounding_box()["y"] - header["y"] - header["height"] <= 48


def test_skip_link_comes_first(session):
    page = session.open("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("path", ["/", "/no/such/page", "/graphql"])
def test_page_fits_phone_width(session, path):
    page = session.open(path, size=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    session.errors[:] = [error for error in session.errors if "404" not in error]


def test_page_is_readable_without_javascript(browser, gateway):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(gateway.address)
        expect(page.locator("body")).to_contain_text("See your osu! progress")
        page.get_by_text("curl, JavaScript and Python").click()
        expect(page.get_by_text("import httpx")).to_be_visible()
        page.get_by_text("Limits", exact=True).click()
        expect(page.get_by_role("row", name="Depth").get_by_role("cell").last).to_have_text("8")
        expect(page.get_by_role("button")).to_have_count(0)


@pytest.mark.parametrize(
    "name",
    [
        "See your osu! progress.",
        "Best plays of all players",
        "On the page of each player",
        "For developers",
        "Current status",
    ],
)
def test_sections_are_named_regions(session, name):
    expect(session.open("/").get_by_role("region", name=name)).to_be_visible()


def test_transfer_size_is_small(session):
    page = session.open("/")
    page.get_by_text("responding").wait_for()
    sizes = page.evaluate("performance.getEntries().map((entry) => entry.transferSize ?? 0)")
    assert 5_000 < sum(sizes) < 40_000
