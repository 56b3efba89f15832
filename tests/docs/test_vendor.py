"""The pages' third-party code: built by `hatch_build.py` from the lock file, not committed."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def tree(folder: Path) -> Path:
    """A copy of the build's inputs, without its outputs."""
    shutil.copy(ROOT / "hatch_build.py", folder)
    shutil.copytree(ROOT / "frontend", folder / "frontend", ignore=shutil.ignore_patterns("node_modules"))
    return folder


def build(folder, **environment):
    command = [sys.executable, "-c", "import hatch_build, pathlib; hatch_build.build(pathlib.Path())"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_missing_npm_is_explained(tmp_path):
    done = build(tree(tmp_path), PATH="/nowhere")
    assert done.returncode == 1
    assert "install Node.js, or `pip install -r requirements-node.txt`" in done.stderr


def test_existing_build_needs_no_npm(tmp_path):
    shutil.copytree(ROOT / "gateway/web/pages/vendor", tree(tmp_path) / "gateway/web/pages/vendor")
    assert build(tmp_path, PATH="/nowhere").returncode == 0


def test_changed_lock_is_rebuilt(tmp_path):
    shutil.copytree(ROOT / "gateway/web/pages/vendor", tree(tmp_path) / "gateway/web/pages/vendor")
    with (tmp_path / "frontend/package-lock.json").open("a") as lock:
        lock.write("\n")
    assert "npm" in build(tmp_path, PATH="/nowhere").stderr


def test_every_vendored_script_has_its_licence():
    folders = {path.parent for path in (ROOT / "gateway/web/pages/vendor").rglob("*.js")}
    assert len(folders) == 5
    assert [
        folder for folder in folders if "Permission is hereby granted" not in (folder / "LICENSE").read_text()
    ] == []


def test_fonts_have_their_licence():
    folders = {path.parent for path in (ROOT / "gateway/web/pages/vendor").rglob("*.ttf")}
    assert ["SIL OPEN FONT LICENSE" in (folder / "LICENSE").read_text() for folder in folders] == [True]


def test_bundled_packages_have_their_licences():
    text = (ROOT / "gateway/web/pages/vendor/graphiql/LICENSES-OF-OTHERS.txt").read_text()
    assert [
        name for name in ("@graphiql/react", "codemirror", "graphql", "markdown-it") if f"\n{name}\n" not in text
    ] == []


@pytest.mark.parametrize("lock", ["frontend/package-lock.json", "frontend/bundler/package-lock.json"])
def test_packages_are_locked_by_hash_without_an_address(lock):
    packages = json.loads((ROOT / lock).read_text())["packages"]
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []
    assert [name for name, package in packages.items() if "resolved" in package] == []
