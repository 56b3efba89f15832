"""Accessibility: axe finds no violation of WCAG on any page. GraphiQL has a test of its own."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.browser.chromium import DESK, PHONE
from tests.support.binaries import requires_binary

PACKAGE = Path(__file__).parent / "axe/package.json"
RUN = (
    "axe.run({exclude: ['#graphiql']}).then((results) => results.violations.map(({id, nodes}) => [id, nodes[0].html]))"
)

pytestmark = requires_binary("npm", "axe is an npm package")


@pytest.fixture(scope="module")
def axe(tmp_path_factory):
    folder = tmp_path_factory.mktemp("axe")
    shutil.copy(PACKAGE, folder)
    command = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(command, cwd=folder, check=True, timeout=120)
    return (folder / "node_modules/axe-core/axe.min.js").read_text()


@pytest.mark.parametrize(
    "path,text",
    [
        ("/", "responding"),
        ("/graphql", "Home"),
        ("/docs", "Examples"),
        ("/docs/errors", "Errors and warnings"),
        ("/docs/performance", "Performance"),
        ("/docs/examples/compare", "Open in GraphiQL"),
        ("/no/such/page", "Check the URL"),
        ("/players/131464?compare=2", "Stop comparing"),
        ("/players/70000071", "Start tracking"),
        ("/players/131464/2025", "hiscores recorded"),
        ("/players/131464/2010", "No snapshots of 2010"),
        ("/players/2/2006", "Invalid year"),
        ("/players/peppy!", "No such address"),
        ("/players/no_such_player", "no_such_player"),
    ],
)
@pytest.mark.parametrize(
    "view", [{"color_scheme": "light", "size": DESK}, {"color_scheme": "dark", "size": PHONE}], ids=["light", "dark"]
)
def test_page_has_no_violation(session, axe, path, text, view):
    page = session.open(path, **view)
    page.get_by_text(text).first.wait_for()
    page.evaluate(axe)
    assert page.evaluate(RUN) == []
    session.errors[:] = [error for error in session.errors if "404" not in error]


@pytest.mark.parametrize("scheme,user", [("light", 1040), ("dark", 1041)])
def test_updated_player_page_has_no_violation(session, axe, scheme, user):
    page = session.open(f"/players/{user}", size=PHONE, color_scheme=scheme)
    page.wait_for_selector("#hiscores[aria-busy=false]")
    page.get_by_text("Show as table").click()
    page.click("#update")
    page.wait_for_selector("#update-result .result")
    page.evaluate(axe)
    assert page.evaluate(RUN) == []


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
