"""The bundles of the pages' scripts and styles: built by `hatch_build.py` from the present files, not committed."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.web.pages.bundles import FOLDER, with_bundles
from gateway.web.pages.page_documents import OPERATION

ROOT = Path(__file__).parents[2]
PAGES = sorted(FOLDER.glob("*.html"))
# A script or style that is served as it is.
UNBUNDLED = re.compile(r'"(?:\.\./)*static/(?!bundles/)[^"]*\.(?:js|css)"')
COMMENT = re.compile("^ *//.*$", re.MULTILINE)
NO_SCRIPT = re.compile("<noscript>.*?</noscript>", re.DOTALL)
SCRIPTS = {path.name: path.read_text() for path in (FOLDER / "bundles").glob("*.js")}
REMEDY = "The bundles are missing or older than the pages' files: run `python hatch_build.py`."


@pytest.fixture
def copy(tmp_path):
    """A copy of the inputs and outputs of the build; only tools are missing."""
    shutil.copytree(ROOT / "frontend", tmp_path / "frontend", ignore=shutil.ignore_patterns("node_modules"))
    shutil.copytree(FOLDER, tmp_path / "gateway/web/pages")
    shutil.copy(ROOT / "hatch_build.py", tmp_path)
    return tmp_path


def bundle(folder):
    command = [sys.executable, "-c", "import hatch_build, pathlib; hatch_build.bundle(pathlib.Path())"]
    return subprocess.run(command, cwd=folder, env={"PATH": "/nowhere"}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_uses_bundles_of_present_files(page):
    html = page.read_text()
    assert UNBUNDLED.search(html)
    assert UNBUNDLED.findall(NO_SCRIPT.sub("", with_bundles(html))) == [], REMEDY


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_bundles_of_page_exist(page):
    names = re.findall(r'static/bundles/([^"]*)"', with_bundles(page.read_text()))
    assert names
    assert [name for name in names if not (FOLDER / "bundles" / name).is_file()] == []


def test_lazy_bundles_exist():
    names = [
        name for text in SCRIPTS.values() for name in re.findall(r'(?:import\(|from ?|import ?)"\./([^"]*)"', text)
    ]
    assert names
    assert [name for name in names if name not in SCRIPTS] == []


@pytest.mark.parametrize("name", ["player.html", "static/site.css", "static/shared/format.js", "bundles/manifest.json"])
def test_changed_file_is_served_without_bundles(copy, name):
    pages = copy / "gateway/web/pages"
    html = (pages / "player.html").read_text()
    if name.startswith("bundles/"):
        (pages / name).unlink()
    else:
        with (pages / name).open("a") as file:
            file.write("\n")
    assert with_bundles(html, pages) == html


def test_present_bundles_need_no_tools(copy):
    assert bundle(copy).returncode == 0


@pytest.mark.parametrize("name", ["best.html", "static/year.css", "static/shared/format.js", "static/shared/new.js"])
def test_changed_file_is_bundled_again(copy, name):
    with (copy / "gateway/web/pages" / name).open("a") as file:
        file.write("\n")
    assert "npm" in bundle(copy).stderr


def test_bundles_have_operations_of_their_sources():
    sources = json.loads((FOLDER / "bundles/manifest.json").read_text())["sources"]
    modules = [COMMENT.sub("", (FOLDER / name).read_text()) for name in sources if name.endswith(".js")]
    literals = [literal for module in modules for literal in OPERATION.findall(module)]
    parts = [part for literal in literals for part in re.split(r"\$\{\w+\}", literal)]
    assert len(literals) > 10
    assert [part for part in parts if not any(part in text for text in SCRIPTS.values())] == []


def test_bundle_names_the_chart_library():
    assert any("https://github.com/leeoniya/uPlot" in text for text in SCRIPTS.values())
