"""What the pages use of others: built by `hatch_build.py`, exactly as locked, nothing of it committed."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def tree(folder: Path) -> Path:
    """What the build needs of the tree, and nothing that it has made."""
    shutil.copy(ROOT / "hatch_build.py", folder)
    shutil.copytree(ROOT / "frontend", folder / "frontend")
    return folder


def build(folder, **environment):
    command = [sys.executable, "-c", "import hatch_build, pathlib; hatch_build.build(pathlib.Path())"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_without_npm_the_build_says_what_to_do(tmp_path):
    done = build(tree(tmp_path), PATH="/nowhere")
    assert done.returncode == 1
    assert "install Node.js, or `pip install -r requirements-node.txt`" in done.stderr


def test_what_is_built_already_needs_no_npm(tmp_path):
    shutil.copytree(ROOT / "gateway/web/pages/vendor", tree(tmp_path) / "gateway/web/pages/vendor")
    assert build(tmp_path, PATH="/nowhere").returncode == 0


def test_another_lock_is_built_anew(tmp_path):
    shutil.copytree(ROOT / "gateway/web/pages/vendor", tree(tmp_path) / "gateway/web/pages/vendor")
    with (tmp_path / "frontend/package-lock.json").open("a") as lock:
        lock.write("\n")
    assert "npm" in build(tmp_path, PATH="/nowhere").stderr


def test_every_script_of_others_has_its_licence_beside_it():
    folders = {path.parent for path in (ROOT / "gateway/web/pages/vendor").rglob("*.js")}
    assert len(folders) == 4
    assert [
        folder for folder in folders if "Permission is hereby granted" not in (folder / "LICENSE").read_text()
    ] == []


def test_what_is_bundled_has_its_licence_too():
    text = (ROOT / "gateway/web/pages/vendor/graphiql/LICENSES-OF-OTHERS.txt").read_text()
    assert [
        name for name in ("@graphiql/react", "codemirror", "graphql", "markdown-it") if f"\n{name}\n" not in text
    ] == []


def test_packages_are_locked_by_what_they_contain_and_not_by_where_they_lie():
    packages = json.loads((ROOT / "frontend/package-lock.json").read_text())["packages"]
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []
    assert [name for name, package in packages.items() if "resolved" in package] == []
