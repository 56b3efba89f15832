"""The documentation, rendered at build time by `docs/render.py`: `/docs`, the Markdown twins, and `/llms.txt`."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "rendered"
HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>")
TAG = re.compile(r"<[^>]*>")


class Document(NamedTuple):
    """A page: its path on the site, such as `docs/errors`, its title, and its content as HTML."""

    path: str
    title: str
    content: str


def documents() -> Iterator[Document]:
    """All pages; none if the package was not built."""
    for path in sorted(FOLDER.rglob("*.html")):
        content = path.read_text("utf-8")
        heading = HEADING.search(content)
        title = TAG.sub("", heading[1]) if heading else path.stem
        yield Document(path.relative_to(FOLDER).with_suffix("").as_posix(), title, content)


def texts() -> Iterator[tuple[str, bytes]]:
    """The paths on the site and the bodies of all other files."""
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file() and path.suffix != ".html":
            yield path.relative_to(FOLDER).as_posix(), path.read_bytes()
