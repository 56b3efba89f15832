"""Accessibility: axe finds no violation of WCAG on any page."""

import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest

from gateway.web.pages import FOLDER as PAGES_FOLDER
from tests.browser.chromium import DESK, PHONE
from tests.browser.pages import PAGES
from tests.support.binaries import requires_binary

PACKAGE = Path(__file__).parent / "axe/package.json"
# The buttons of GraphiQL's panes and dialogs, each with an element that it shows.
GRAPHIQL_PANES = {
    "Show Documentation Explorer": ".graphiql-doc-explorer-content a",
    "Show History": ".graphiql-history-item-label",
    "Show Query builder": ".graphiql-explorer-root input",
    "Open short keys dialog": ".graphiql-dialog",
    "Open settings dialog": ".graphiql-dialog",
}
RUN = "axe.run(document).then((results) => results.violations.map(({id, nodes}) => [id, nodes[0].html]))"
# axe fails if an element disappears while it runs: GraphiQL's editors replace their lines late.
SETTLED = """new Promise((resolve) => {
  let timer;
  const wait = () => (clearTimeout(timer), (timer = setTimeout(() => (observer.disconnect(), resolve()), 500)));
  const observer = new MutationObserver(wait);
  observer.observe(document.body, { childList: true, subtree: true });
  wait();
})"""

pytestmark = requires_binary("npm", "axe is an npm package")


@pytest.fixture(scope="module")
def axe(tmp_path_factory):
    folder = tmp_path_factory.mktemp("axe")
    shutil.copy(PACKAGE, folder)
    command = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(command, cwd=folder, check=True, timeout=120)
    return (folder / "node_modules/axe-core/axe.min.js").read_text()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("site_page", PAGES, ids=[page.path for page in PAGES])
def test_page_has_no_violation(session, axe, site_page, size):
    page = session.open(site_page.path, size=size)
    page.get_by_text(site_page.text).first.wait_for()
    page.evaluate(axe)
    assert findings(page) == []
    session.errors[:] = [error for error in session.errors if "404" not in error]


def test_every_page_is_listed():
    assert {page.template for page in PAGES} == {path.name for path in PAGES_FOLDER.glob("*.html")}


def findings(page):
    """The findings in the light and in the dark theme."""
    return [finding for scheme in ("light", "dark") for finding in findings_in(page, scheme)]


def findings_in(page, scheme):
    page.emulate_media(color_scheme=scheme)
    page.evaluate(SETTLED)
    return page.evaluate(RUN)


@pytest.mark.parametrize("scheme,user", [("light", 1040), ("dark", 1041)])
def test_updated_player_page_has_no_violation(session, axe, scheme, user):
    page = session.open(f"/players/{user}", size=PHONE, color_scheme=scheme)
    page.wait_for_selector("#hiscores[aria-busy=false]")
    page.get_by_text("Show as table").click()
    page.click("#update")
    page.wait_for_selector("#update-result .result")
    page.evaluate(axe)
    assert page.evaluate(RUN) == []


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("path", ["best", "players/131464"])
def test_open_filters_have_no_violation(session, axe, path, size):
    page = session.open(f"/{path}?mods=HD&without=FL", size=size)
    page.locator("#plays tr").first.wait_for()
    page.get_by_text("Filter by mods").click()
    page.evaluate(axe)
    assert findings(page) == []


# The plays of each player can be shown once: then osu!track has updated the player.
@pytest.mark.parametrize("user,size", [(70000072, DESK), (70000073, PHONE)], ids=["desk", "phone"])
def test_plays_without_stats_have_no_violation(session, axe, user, size):
    page = session.open(f"/players/{user}", size=size)
    page.get_by_role("button", name="Show plays").click()
    page.wait_for_selector("#untracked #hiscores[aria-busy=false]")
    page.get_by_text("Filter by mods and grade").click()
    page.evaluate(axe)
    assert findings(page) == []


def test_list_of_players_has_no_violation(session, axe):
    session.open("/players/2").get_by_role("button", name="Pin", exact=True, pressed=False).click()
    session.open("/players/131464").get_by_role("button", name="Pin", exact=True, pressed=False).click()
    page = session.open("/", size=PHONE)
    page.get_by_role("checkbox", name="Compare Player 2").or_(
        page.get_by_role("checkbox", name="Compare peppy")
    ).check()
    page.evaluate(axe)
    assert findings(page) == []


def test_details_of_home_page_have_no_violation(session, axe):
    page = session.open("/", size=PHONE)
    for summary in page.locator("summary").all():
        summary.click()
    page.get_by_text("responding").wait_for()
    page.evaluate(axe)
    assert findings(page) == []


def test_error_box_has_no_violation(session, gateway, axe):
    gateway.fault(kind="status", status=503)
    page = session.open("/players/1042")
    page.wait_for_selector(".error-box")
    page.evaluate(axe)
    assert page.evaluate(RUN) == []


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_graphiql_has_no_violation(session, axe, size):
    page = session.open("/graphql", size=size)
    click(page, "Execute query", ".result-window .cm-property")
    page.evaluate(axe)
    assert findings(page) == []
    for label, content in GRAPHIQL_PANES.items():
        click(page, label, content)
        assert (label, findings(page)) == (label, [])
        page.keyboard.press("Escape")
    # Radix, of which GraphiQL's dialogs consist, recommends a description.
    session.errors[:] = [error for error in session.errors if "{DialogContent}" not in error]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_operation_menu_has_no_violation(session, axe, size):
    page = session.open(f"/graphql?query={quote('query A { __typename } query B { __typename }')}", size=size)
    click(page, "Execute query", "[role=menuitem]")
    page.evaluate(axe)
    assert findings(page) == []
    page.keyboard.press("Escape")
    page.locator(".graphiql-execute-button:focus").wait_for()


def click(page, label, content):
    """Click a button of GraphiQL, leave it, and wait for its effect."""
    page.get_by_label(label).click()
    page.mouse.move(0, 0)
    page.wait_for_selector(content)


@pytest.mark.parametrize("path", ["/players/2", "/players/2/2025"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_card_dialog_has_no_violation(session, axe, path, size):
    page = session.open(path, size=size)
    page.get_by_role("link", name="Card image").click()
    page.get_by_role("dialog").get_by_role("img").evaluate("(image) => image.decode()")
    page.evaluate(axe)
    assert findings(page) == []
