"""Nobody is kept out: axe, which knows the rules of WCAG that a program can check, finds nothing on any page of ours.

GraphiQL itself is others' work and left out.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.browser.chromium import DESK, PHONE
from tests.support.binaries import requires_binary

PACKAGE = Path(__file__).parent / "axe/package.json"
RUN = "axe.run({exclude: ['#graphiql']}).then((found) => found.violations.map(({id, nodes}) => [id, nodes[0].html]))"

pytestmark = requires_binary("npm", "the rules are a package for Node.js")


@pytest.fixture(scope="module")
def axe(tmp_path_factory):
    folder = tmp_path_factory.mktemp("axe")
    shutil.copy(PACKAGE, folder)
    command = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(command, cwd=folder, check=True, timeout=120)
    return (folder / "node_modules/axe-core/axe.min.js").read_text()


@pytest.mark.parametrize(
    "path,done",
    [
        ("/", "answering"),
        ("/graphql", "Start"),
        ("/no/such/page", "misspelt"),
        ("/players/131464?compare=2", "Stop comparing"),
        ("/players/70000071", "Start tracking"),
        ("/players/peppy", "no such player"),
    ],
)
@pytest.mark.parametrize(
    "view", [{"color_scheme": "light", "size": DESK}, {"color_scheme": "dark", "size": PHONE}], ids=["light", "dark"]
)
def test_no_rule_is_broken(session, axe, path, done, view):
    page = session.open(path, **view)
    page.get_by_text(done).first.wait_for()
    page.evaluate(axe)
    assert page.evaluate(RUN) == []
    session.errors[:] = [wrong for wrong in session.errors if "404" not in wrong]


@pytest.mark.parametrize("scheme,user", [("light", 1040), ("dark", 1041)])
def test_no_rule_is_broken_by_a_player_after_an_update(session, axe, scheme, user):
    page = session.open(f"/players/{user}", size=PHONE, color_scheme=scheme)
    page.wait_for_selector("#hiscores[aria-busy=false]")
    page.get_by_text("The same as a table").click()
    page.click("#update")
    page.wait_for_selector("#update-result .result")
    page.evaluate(axe)
    assert page.evaluate(RUN) == []


def test_no_rule_is_broken_by_an_error(session, gateway, axe):
    gateway.fault(kind="status", status=503)
    page = session.open("/players/1042")
    page.wait_for_selector(".error-box")
    page.evaluate(axe)
    assert page.evaluate(RUN) == []
