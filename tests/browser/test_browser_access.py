"""Accessibility: axe finds no violation of WCAG on any page. GraphiQL has a test of its own."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from gateway.web.pages import FOLDER as PAGES_FOLDER
from tests.browser.chromium import DESK, PHONE
from tests.browser.pages import PAGES
from tests.support.binaries import requires_binary

PACKAGE = Path(__file__).parent / "axe/package.json"
RUN = "axe.run(document).then((results) => results.violations.map(({id, nodes}) => [id, nodes[0].html]))"
# GraphiQL has no options for these: buttons inside of its tabs, and the scroll areas of its editors.
OF_GRAPHIQL = {"nested-interactive", "scrollable-region-focusable"}

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
    accepted = OF_GRAPHIQL if site_page.template == "graphiql.html" else set()
    assert [finding for finding in findings(page) if finding[0] not in accepted] == []
    session.errors[:] = [error for error in session.errors if "404" not in error]


def test_every_page_is_listed():
    assert {page.template for page in PAGES} == {path.name for path in PAGES_FOLDER.glob("*.html")}


def findings(page):
    """The findings in the light and in the dark theme."""
    return [finding for scheme in ("light", "dark") for finding in findings_in(page, scheme)]


def findings_in(page, scheme):
    page.emulate_media(color_scheme=scheme)
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


def test_filters_of_best_plays_have_no_violation(session, axe):
    page = session.open("/best?mods=HD&without=FL", size=PHONE)
    page.get_by_text("Filter by mods and grade").click()
    page.wait_for_selector("#plays-section[aria-busy=false]")
    page.evaluate(axe)
    assert findings(page) == []


def test_list_of_players_has_no_violation(session, axe):
    session.open("/players/2").get_by_role("button", name="Pin", exact=True, pressed=False).click()
    page = session.open("/", size=PHONE)
    page.get_by_role("button", name=re.compile("Remove")).wait_for()
    page.evaluate(axe)
    assert findings(page) == []


def test_error_box_has_no_violation(session, gateway, axe):
    gateway.fault(kind="status", status=503)
    page = session.open("/players/1042")
    page.wait_for_selector(".error-box")
    page.evaluate(axe)
    assert page.evaluate(RUN) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_graphiql_has_known_violations_only(session, axe, scheme):
    page = session.open("/graphql", color_scheme=scheme)
    page.get_by_label("Execute query").click()
    page.locator(".result-window .CodeMirror-code").get_by_text("data").first.wait_for()
    page.evaluate(axe)
    found = page.evaluate("axe.run('#graphiql').then(({violations}) => violations.map(({id}) => id))")
    # GraphiQL's tabs contain their buttons, and CodeMirror's scroll areas have no tab stop: no option changes either.
    assert set(found) <= {"nested-interactive", "scrollable-region-focusable"}
