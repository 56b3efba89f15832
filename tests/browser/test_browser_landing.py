"""The landing page in a real browser: it tells how things are, and everything it offers works."""

import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.browser.chromium import PHONE, RunningGateway
from tests.support.binaries import requires_binary
from tests.support.processes import gateway_process

STATIC = Path(__file__).parents[2] / "gateway/web/pages/static"
EXAMPLES = [example["name"] for example in json.loads((STATIC / "examples.json").read_text())]

RUNNERS = {
    "curl": ("sh", "-c"),
    "JavaScript": ("node", "--input-type=module", "-e"),
    "Python": (sys.executable, "-c"),
}


def test_it_says_how_osutrack_is_doing(session):
    page = session.open("/")
    page.get_by_text("answering").wait_for()
    assert page.locator("#status-upstream .state").inner_text() == "Up"
    assert page.locator("#status-points").inner_text() == "no limit"


def test_it_says_when_osutrack_is_down(session):
    many = " ".join(f"p{user}: user(id: {user}) {{ stats {{ peak {{ globalRank }} }} }}" for user in range(1001, 1011))
    with gateway_process() as process:  # one of its own, because it takes a while to be well again
        session.gateway = RunningGateway(process.url, process.sandbox_url)
        session.gateway.fault(kind="status", status=503)
        httpx.post(f"{session.gateway.address}/graphql", json={"query": f"{{ {many} }}"})
        page = session.open("/")
        page.get_by_text("only what is remembered is served").wait_for()
        assert page.locator("#status-upstream .state").inner_text() == "Down"
        page.close()


def test_it_says_when_the_gateway_does_not_answer(session):
    session.context.route("**/graphql", lambda route: route.abort())
    page = session.open("/")
    page.get_by_text("The gateway can't be reached").wait_for()
    assert page.locator("#status-upstream .state").inner_text() == "Unknown"
    session.errors.clear()  # the browser logs what it could not load


def test_the_query_on_it_runs(session):
    page = session.open("/")
    page.locator("#try-response").evaluate("(code) => (code.textContent = '')")
    page.get_by_role("button", name="Run it").click()
    page.get_by_text("answered in").wait_for()
    answer = json.loads(page.locator("#try-response").inner_text())
    assert set(answer["user"]["stats"]) == {"latest", "year"}


def test_its_links_lead_to_all_examples(session):
    links = session.open("/").locator("main .cards a")
    assert [link.get_attribute("href") for link in links.all()] == [f"graphql#{name}" for name in EXAMPLES]


def test_an_example_opens_in_graphiql(session):
    page = session.open("/")
    page.get_by_role("link", name="Compare players").click()
    assert page.get_by_role("tab", selected=True).inner_text() == "Compare"
    page.locator(".graphiql-query-editor").get_by_text("users").first.wait_for()


@pytest.mark.parametrize(
    "language",
    [
        pytest.param("curl", marks=requires_binary("curl", "the snippet is for it")),
        pytest.param("JavaScript", marks=requires_binary("node", "the snippet is for it")),
        "Python",
    ],
)
def test_what_is_copied_runs(session, language):
    session.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = session.open("/")
    page.get_by_role("button", name=f"Copy the {language}").click()
    page.get_by_role("button", name="Copied").wait_for()
    program = page.evaluate("navigator.clipboard.readText()")
    done = subprocess.run([*RUNNERS[language], program], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "globalRank" in done.stdout
    assert "rror" not in done.stdout


def test_what_is_copied_without_a_clipboard_is_there_all_the_same(session):
    page = session.open("/")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('not here')) }")
    page.get_by_role("button", name="Copy the Python").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("getSelection().toString()").startswith("import httpx")


@pytest.mark.parametrize(
    "text", ["2", " 2 ", "https://osu.ppy.sh/users/2", "https://osu.ppy.sh/users/2/osu", "osu.ppy.sh/u/2"]
)
def test_a_player_is_found_by_id_or_address(session, text):
    session.context.route("**/players/*", lambda route: route.fulfill(body="there", content_type="text/html"))
    page = session.open("/")
    page.get_by_label("Look at a player").fill(text)
    page.keyboard.press("Enter")
    page.wait_for_url("**/players/2")


def test_who_knows_no_player_is_a_click_away_from_a_chart(session):
    page = session.open("/")
    page.get_by_role("link", name="an example").click()
    page.wait_for_selector("#progress[aria-busy=false] canvas")


@pytest.mark.parametrize("text", ["", "peppy", "0", "https://osu.ppy.sh/beatmaps/2x"])
def test_what_is_no_player_is_told(session, text):
    page = session.open("/")
    page.get_by_label("Look at a player").fill(text)
    page.get_by_role("button", name="Show").click()
    assert "A number is needed" in page.locator("#player-hint").inner_text()
    assert page.evaluate("document.activeElement.id") == "player-id"


def test_the_keyboard_reaches_the_content_first(session):
    page = session.open("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("path", ["/", "/no/such/page", "/graphql"])
def test_nothing_is_wider_than_a_phone(session, path):
    page = session.open(path, size=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    session.errors[:] = [wrong for wrong in session.errors if "404" not in wrong]


def test_without_scripts_it_can_be_read(browser, gateway):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(gateway.address)
        text = page.locator("body").inner_text()
        assert "Everything osu!track knows" in text
        assert "import httpx" in text
        assert page.get_by_role("row", name="Depth").get_by_role("cell").last.inner_text() == "8"
        assert page.get_by_role("button").count() == 0


@pytest.mark.parametrize("name", ["A query", "Examples", "From a program", "Limits", "Manners"])
def test_its_parts_are_regions_with_names(session, name):
    assert session.open("/").get_by_role("region", name=name).is_visible()


def test_it_is_small(session):
    page = session.open("/")
    page.get_by_text("answering").wait_for()
    sizes = page.evaluate("performance.getEntries().map((entry) => entry.transferSize ?? 0)")
    assert 5_000 < sum(sizes) < 40_000
