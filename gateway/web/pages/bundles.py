"""The bundles of the pages' scripts and styles, which `frontend/bundler` builds from the files in `static/`.

A page refers to the files themselves. Its addresses are replaced by those of the bundles, if these were built from the
present files: during development, the files are served as they are.
"""

import json
import re
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TypedDict

FOLDER = Path(__file__).parent
BUNDLES = "static/bundles"
# A bundle's name has the hash of its content.
CACHE_CONTROL = "public, max-age=31536000, immutable"
_SCRIPT = re.compile(r'"(static/[^"]*\.js)"')
_STYLES = re.compile(r'(?:<link rel="stylesheet" href="[^"]*">\s*)*<link rel="stylesheet" href="[^"]*">')
_STYLE = re.compile(r'href="([^"]*)"')


class Manifest(TypedDict):
    """The names of the bundles by the addresses in a page, and the hashes of all files that they were built from."""

    scripts: dict[str, str]
    styles: dict[str, str]
    sources: dict[str, str]


def with_bundles(html: str, folder: Path = FOLDER) -> str:
    """The page with the addresses of the bundles."""
    manifest = _manifest(folder)
    if manifest is None:
        return html

    def script(match: re.Match[str]) -> str:
        bundle = manifest["scripts"].get(match[1])
        return f'"{BUNDLES}/{bundle}"' if bundle else match[0]

    def styles(match: re.Match[str]) -> str:
        bundle = manifest["styles"].get(" ".join(_STYLE.findall(match[0])))
        return f'<link rel="stylesheet" href="{BUNDLES}/{bundle}">' if bundle else match[0]

    return _STYLES.sub(styles, _SCRIPT.sub(script, html))


@cache
def _manifest(folder: Path) -> Manifest | None:
    """The manifest; None if a file has changed since, or nothing was built."""
    try:
        manifest: Manifest = json.loads((folder / "bundles/manifest.json").read_bytes())
        hashes = {name: sha256((folder / name).read_bytes()).hexdigest() for name in manifest["sources"]}
    except FileNotFoundError:
        return None
    return manifest if hashes == manifest["sources"] else None
