"""Every page as axe-core sees it, which knows the rules of WCAG 2.2 that a program can check, in light and in dark."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from gateway.sandbox.cast import AMEO, FRESH, HEAVY
from tests.browser.chromium import PHONE

FOLDER = Path(__file__).parents[1] / "accessibility"
MUST_NOT_SKIP = "TESTS_MUST_NOT_SKIP" in os.environ
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

pytestmark = pytest.mark.skipif(
    shutil.which("npm") is None and not MUST_NOT_SKIP, reason="axe-core is a package for Node.js, which is not here"
)


@pytest.fixture(scope="module")
def axe(tmp_path_factory):
    """The program, as text."""
    folder = shutil.copytree(FOLDER, tmp_path_factory.mktemp("axe") / "package")
    command = ("npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return (folder / "node_modules/axe-core/axe.min.js").read_text()


def violations(page, axe):
    """What is wrong, and where."""
    page.evaluate(axe)
    found = page.evaluate("(rules) => axe.run(document, { runOnly: rules })", RULES)
    assert len(found["passes"]) > 10
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found["violations"] for node in rule["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path,shown",
    [
        ("/", "#status .good"),
        (f"/players/{AMEO}?compare={HEAVY}", "#compared table"),
        (f"/players/{FRESH[70]}", "#begin"),
    ],
    ids=["landing", "player", "untracked"],
)
def test_a_page_breaks_no_rule(visit, axe, path, shown, scheme):
    page = visit(path, color_scheme=scheme)
    page.wait_for_selector(shown)
    assert violations(page, axe) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_player_after_an_update_breaks_no_rule_on_a_phone(visit, axe, scheme):
    page = visit(f"/players/{1040 if scheme == 'light' else 1041}", size=PHONE, color_scheme=scheme)
    page.wait_for_selector("#hiscores[aria-busy=false]")
    page.get_by_text("The same as a table").click()
    page.click("#update")
    page.wait_for_selector("#updated .outcome")
    assert violations(page, axe) == []


def test_an_error_breaks_no_rule(visit, gateway, axe):
    gateway.fault(kind="status", status=503)
    page = visit("/players/1042")
    page.wait_for_selector(".trouble")
    assert violations(page, axe) == []
