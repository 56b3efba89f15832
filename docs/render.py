"""Renders `docs/*.md`, `examples/*.md` and the schema for the site, at build time: `python -m docs.render`.

Of each page, the folder `gateway/web/pages/rendered` has the HTML of its content and its Markdown twin, at the path of
its URL. Links between pages are those of the site; links to files that the site does not have become text.
"""

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path

from docs.page_html import html, sections
from docs.schema_page import schema_page

ROOT = Path(__file__).parents[1]
OUTPUT = "gateway/web/pages/rendered"
INDEX = "docs.md"
SCHEMA = "docs/schema.md"
SOURCES = ("docs/*.md", "examples/*.md")
COMMENT = re.compile(r"^<!-- .*? -->\n+", re.MULTILINE)
LINK = re.compile(r"(!?)\[([^\]]+)\]\((?!\w+:)([^)\s#]*)(#[^)\s]*)?\)")
ENTRY = re.compile(r"^\| \[([^\]]*)\]\((\S+\.md)\) \| (.*) \|$", re.MULTILINE)


def build(root: Path) -> None:
    """Write the files that have changed, and delete those of former pages."""
    output, files = root / OUTPUT, dict(_files(root))
    for name, content in files.items():
        path = output / name
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    for path in output.rglob("*"):
        if path.is_file() and path.relative_to(output).as_posix() not in files:
            path.unlink()


def _files(root: Path) -> Iterator[tuple[str, bytes]]:
    """The path in the output folder and the content of each file."""
    texts = dict(_texts(root))
    for name, text in texts.items():
        yield name, text.encode()
    shown = "".join(texts.values())
    for name in _images(root):
        if name.removeprefix("docs/") in shown:
            yield name, (root / name).read_bytes()


def _texts(root: Path) -> Iterator[tuple[str, str]]:
    pages = _pages(root)
    documents = {page: _twin(root, source, page) for source, page in pages.items()}
    documents[SCHEMA] = schema_page((root / "schema.graphql").read_text("utf-8"))
    documents[INDEX] = _index(root, documents)
    for page, text in documents.items():
        yield page, text
        yield f"{page.removesuffix('.md')}.html", _navigation(documents, page) + html(text, page)
    yield "docs/examples/operations.graphql", (root / "examples/operations.graphql").read_text("utf-8")
    yield "docs/search.json", _search(documents)
    yield "llms.txt", _llms(documents[INDEX])


def _images(root: Path) -> list[str]:
    """The images of all pages, which have the same path in the repository and on the site."""
    return [path.relative_to(root).as_posix() for path in sorted(root.glob("docs/images/*"))]


def _pages(root: Path) -> dict[str, str]:
    """The path on the site of each source, except for the index."""
    names = [path.relative_to(root).as_posix() for pattern in SOURCES for path in sorted(root.glob(pattern))]
    return {name: name if name.startswith("docs/") else f"docs/{name}" for name in names if "README" not in name}


def _twin(root: Path, source: str, page: str) -> str:
    """The Markdown of a source with the links of its page on the site."""
    known = (
        {image: image for image in _images(root)}
        | _pages(root)
        | {
            "examples/README.md": INDEX,
            "examples/operations.graphql": "docs/examples/operations.graphql",
            "schema.graphql": "schema.graphql",
        }
    )

    def relinked(link: re.Match[str]) -> str:
        mark, text, path, anchor = link[1], link[2], link[3], link[4] or ""
        if not path:
            return link[0]
        target = known.get(posixpath.normpath(posixpath.join(posixpath.dirname(source), path)))
        return (
            f"{mark}[{text}]({posixpath.relpath(target, posixpath.dirname(page) or '.')}{anchor})" if target else text
        )

    return LINK.sub(relinked, COMMENT.sub("", (root / source).read_text("utf-8")))


def _index(root: Path, documents: Mapping[str, str]) -> str:
    """The list of all pages by their titles, from the README and the index of the examples."""
    readme = _twin(root, "README.md", INDEX).replace("(schema.graphql)", f"({SCHEMA})")
    pages = [entry[0] for entry in ENTRY.finditer(readme) if entry[2].startswith("docs/")]
    examples = _twin(root, "examples/README.md", INDEX).replace("# Examples", "## Examples", 1)
    index = "\n".join(["# Documentation", "", "| page | content |", "|---|---|", *pages, "", examples])
    return ENTRY.sub(lambda entry: f"| [{_title(documents[entry[2]])}]({entry[2]}) | {entry[3]} |", index)


def _title(text: str) -> str:
    """The heading of a page."""
    return text.splitlines()[0].removeprefix("# ")


def _llms(index: str) -> str:
    """The list for language models (llmstxt.org), with links to the Markdown twins."""
    summary = (
        "# osutrack-gateway\n\n> A GraphQL server for the data that osu!track records about osu! players: stats over"
        " time, hiscores, peaks and best plays.\n\n"
        "- GraphQL: POST `graphql`; the schema with all descriptions: [schema.graphql](schema.graphql)\n"
        "- Model Context Protocol: POST `mcp`, see [AI assistants](docs/examples/assistants.md)\n\n## Documentation\n\n"
    )
    return summary + "\n".join(f"- [{title}]({path}): {text}" for title, path, text in ENTRY.findall(index)) + "\n"


def _navigation(documents: Mapping[str, str], page: str) -> str:
    """The links to all pages, of which one is current: beside the page, and folded above it on phones."""
    groups: dict[str, list[str]] = {"Documentation": [INDEX], "Examples": []}
    for path in _in_order(documents):
        groups["Examples" if "/examples/" in path else "Documentation"].append(path)
    lists = []
    for name, paths in groups.items():
        items = "".join(_navigation_item(path, _title(documents[path]), page) for path in paths)
        lists.append(f"<p>{name}</p>\n<ul>\n{items}</ul>\n")
    links = f'<nav class="pages" aria-label="Documentation">\n{"".join(lists)}</nav>\n'
    return f'<details class="pages-menu">\n<summary>All pages</summary>\n{links}</details>\n{links}'


def _in_order(documents: Mapping[str, str]) -> list[str]:
    """The pages in the order of the index."""
    listed = [path for _, path, _ in ENTRY.findall(documents[INDEX])]
    return [path for path in dict.fromkeys([*listed, *documents]) if path in documents and path != INDEX]


def _navigation_item(path: str, title: str, page: str) -> str:
    address = posixpath.relpath(path, posixpath.dirname(page) or ".").removesuffix(".md")
    current = ' aria-current="page"' if path == page else ""
    return f'<li><a href="{address}"{current}>{"Overview" if path == INDEX else escape(title)}</a></li>\n'


def _search(documents: Mapping[str, str]) -> str:
    """The index of the search: of each section its page's address and title, its own title, anchor and text."""
    rows = [
        [path.removesuffix(".md").removeprefix("docs/"), _title(documents[path]), *section]
        for path in _in_order(documents)
        for section in sections(documents[path])
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    build(ROOT)
