"""The documentation, rendered at build time by `docs/render.py`: `/docs`, the Markdown twins, and `/llms.txt`."""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "rendered"
HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>")
PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")


class Document(NamedTuple):
    """A page: its path on the site, such as `docs/errors`, its title, its first paragraph, and its content as HTML."""

    path: str
    title: str
    description: str
    content: str


@cache
def documents() -> tuple[Document, ...]:
    """All pages; none if the package was not built."""
    return tuple(_document(path) for path in sorted(FOLDER.rglob("*.html")))


def _document(path: Path) -> Document:
    content = path.read_text("utf-8")
    title = _text(HEADING, content) or path.stem
    # The navigation has paragraphs too.
    description = _text(PARAGRAPH, content.partition("</h1>")[2])
    return Document(path.relative_to(FOLDER).with_suffix("").as_posix(), title, description, content)


def _text(pattern: re.Pattern[str], html: str) -> str:
    """The text of the first match, on one line and escaped as in HTML; empty without a match."""
    found = pattern.search(html)
    return " ".join(TAG.sub("", found[1]).split()) if found else ""


@cache
def texts() -> tuple[tuple[str, bytes], ...]:
    """The paths on the site and the bodies of all other files."""
    files = (path for path in sorted(FOLDER.rglob("*")) if path.is_file() and path.suffix != ".html")
    return tuple((path.relative_to(FOLDER).as_posix(), path.read_bytes()) for path in files)
