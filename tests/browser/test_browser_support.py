"""Browsers of the last three years have all features that the pages use, according to the linters in `support/`.

The linters know the versions of browsers; old browsers are not run. Libraries in `vendor/` are not checked.
"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.binaries import requires_binary
from tests.support.npm_projects import run
from tests.support.processes import ROOT

FOLDER = Path(__file__).parent / "support"
NEW_SCRIPT = """
const pairs = new Map().entries().map(([name]) => name);
const signal = AbortSignal.any([]);
const both = new Set().union(new Set(pairs));
requestIdleCallback(() => Object.groupBy([signal, both], String));
"""
NEW_STYLE = "p { color: light-dark(red, blue); position-anchor: --link; animation-timeline: scroll(); }"

pytestmark = requires_binary("npm", "the linters are packages for Node.js")


@pytest.fixture(scope="module")
def findings(tmp_path_factory):
    """The findings about the scripts and styles of all pages in `static`, and about new features in `new`."""
    folder = shutil.copytree(FOLDER, tmp_path_factory.mktemp("support") / "package")
    run(folder, "npm", "ci", "--no-audit", "--no-fund", "--silent")
    shutil.copytree(ROOT / "gateway/web/pages/static", folder / "static")
    (folder / "new").mkdir()
    (folder / "new/script.js").write_text(NEW_SCRIPT)
    (folder / "new/style.css").write_text(NEW_STYLE)
    scripts = lint(folder, "eslint", "--format", "json", "static", "new")
    styles = lint(folder, "stylelint", "--formatter", "json", "{static,new}/**/*.css")
    return [
        (Path(report.get("filePath") or report["source"]).relative_to(folder).as_posix(), finding)
        for report in scripts + styles
        for finding in report.get("messages", []) + report.get("warnings", [])
    ]


def lint(folder, program, *arguments):
    """The reports of a linter, with or without findings."""
    command = (f"node_modules/.bin/{program}", *arguments)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    return json.loads(done.stdout or done.stderr)


def test_supported_browsers_have_all_used_features(findings):
    assert [finding for finding in findings if finding[0].startswith("static/")] == []


@pytest.mark.parametrize(
    "rule,feature",
    [
        ("compat/compat", "requestIdleCallback"),
        ("baseline-js/use-baseline", "AbortSignal.any"),
        ("es-x/no-set-prototype-union", "union"),
        ("es-x/no-object-groupby", "groupBy"),
        ("no-restricted-syntax", "iterators"),
    ],
)
def test_new_feature_in_script_is_found(findings, rule, feature):
    assert [
        finding
        for path, finding in findings
        if path == "new/script.js" and finding["ruleId"] == rule and feature in finding["message"]
    ]


@pytest.mark.parametrize("feature", ["light-dark", "position-anchor", "animation-timeline"])
def test_new_feature_in_style_is_found(findings, feature):
    assert [finding for path, finding in findings if path == "new/style.css" and feature in finding["text"]]
