"""Renders `docs/*.md` and `examples/*.md` for the site, at build time: `python -m docs.render`.

Of each page, the folder `gateway/web/pages/rendered` has the HTML of its content and its Markdown twin, at the path of
its URL. Links between pages are those of the site; links to files that the site does not have become text.
"""

import json
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import takewhile
from pathlib import Path
from textwrap import dedent
from urllib.parse import quote, urlencode

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[1]
OUTPUT = "gateway/web/pages/rendered"
INDEX = "docs.md"
SOURCES = ("docs/*.md", "examples/*.md")
COMMENT = re.compile(r"^<!-- .*? -->\n+", re.MULTILINE)
LINK = re.compile(r"(!?)\[([^\]]+)\]\((?!\w+:)([^)\s#]*)(#[^)\s]*)?\)")
OPERATION = re.compile(r"\b(?:query|mutation) \w+ ?[({]")
# The variables of operations in other languages: an object of JavaScript or a dictionary of Python, in one line.
VARIABLES = re.compile(r"\bvariable(?:s|_values) = (\{.*\})")
KEY = re.compile(r"\b(\w+): ")
# A link to a page on the site.
PAGE_LINK = re.compile(r"^(?!\w+:)([^#]*)\.md\b")
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
    documents[INDEX] = _index(root, documents)
    for page, text in documents.items():
        yield page, text
        yield f"{page.removesuffix('.md')}.html", html(text, page) + _navigation(documents, page)
    yield "docs/examples/operations.graphql", (root / "examples/operations.graphql").read_text("utf-8")
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
    pages = [entry[0] for entry in ENTRY.finditer(_twin(root, "README.md", INDEX)) if entry[2].startswith("docs/")]
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
    """The links to all pages, of which one is current."""
    groups = {"Documentation": [INDEX], "Examples": []}
    for path in sorted(documents, key=lambda path: _title(documents[path]).removeprefix("A ").lower()):
        if path != INDEX:
            groups["Examples" if "/examples/" in path else "Documentation"].append(path)
    lists = []
    for name, paths in groups.items():
        items = "".join(_navigation_item(path, _title(documents[path]), page) for path in paths)
        lists.append(f"<p>{name}</p>\n<ul>\n{items}</ul>\n")
    return f'<nav class="pages" aria-label="Documentation">\n{"".join(lists)}</nav>\n'


def _navigation_item(path: str, title: str, page: str) -> str:
    address = posixpath.relpath(path, posixpath.dirname(page) or ".").removesuffix(".md")
    current = ' aria-current="page"' if path == page else ""
    return f'<li><a href="{address}"{current}>{"Overview" if path == INDEX else escape(title)}</a></li>\n'


def html(text: str, page: str) -> str:
    """The content of a page as HTML."""
    renderer = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = renderer.parse(text)
    graphiql = "../" * page.count("/") + "graphql"
    operations = _operations(tokens)
    links = {number: _graphiql_link(graphiql, *operation) for number, operation in operations.items()}
    for number, token in enumerate(tokens):
        _adapt(token, tokens[number + 1 : number + 3], links.get(number, ""))
    content = str(renderer.renderer.render(tokens, renderer.options, {}))
    first = next(iter(links.values()), "")
    twin = f'<a href="{posixpath.basename(page)}" type="text/markdown">Markdown</a>'
    extra = f" {first}" if "examples/" in page else ""
    content = content.replace("</h1>", f'</h1>\n<p class="row text-small">{twin}{extra}</p>', 1)
    return f'<article class="document">\n{content}</article>\n'


def _adapt(token: Token, following: Sequence[Token], link: str) -> None:
    """Give a heading its anchor, a link the URL of the page, and code and tables a focus, as they can be scrolled."""
    match token.type:
        case "heading_open":
            token.attrs["id"] = re.sub(r"[^\w -]", "", following[0].content.lower()).replace(" ", "-")
        case "inline":
            for child in token.children or ():
                if child.type == "link_open":
                    child.attrs["href"] = PAGE_LINK.sub(r"\1", str(child.attrs["href"]))
        case "th_open" | "td_open":
            _adapt_cell(token, following)
        case "fence" | "code_block":
            code = f'<pre tabindex="0"><code>{escape(token.content)}</code></pre>\n'
            token.type, token.content = "html_block", code + (f'<p class="text-small">{link}</p>\n' if link else "")
        case "table_open":
            token.type, token.content = "html_block", '<div class="card scroll-x" tabindex="0"><table>\n'
        case "table_close":
            token.type, token.content = "html_block", "</table></div>\n"


def _adapt_cell(token: Token, following: Sequence[Token]) -> None:
    """Replace the inline style, which the site's policy blocks, and an empty heading, which screen readers announce."""
    if token.attrs.pop("style", "") == "text-align:right":
        token.attrs["class"] = "number"
    if not following[0].content:
        token.tag = following[1].tag = "td"


def _graphiql_link(graphiql: str, query: str, variables: str) -> str:
    parameters = urlencode({"query": query} | ({"variables": variables} if variables else {}), quote_via=quote)
    return f'<a href="{graphiql}?{escape(parameters)}">Open in GraphiQL</a>'


def _operations(tokens: Sequence[Token]) -> dict[int, tuple[str, str]]:
    """The operations and variables of a page, by the number of the token. Those of other languages are the fallback."""
    fences = [
        (number, token.info, token.content.strip()) for number, token in enumerate(tokens) if token.type == "fence"
    ]
    found = {}
    for index, (number, language, code) in enumerate(fences):
        if language == "graphql":
            # The last JSON is the response; one before it has the variables.
            following = [text for _, kind, text in takewhile(lambda fence: fence[1] == "json", fences[index + 1 :])]
            found[number] = code, following[0] if len(following) > 1 else ""
    variables = _embedded_variables("\n".join(code for _, _, code in fences))
    embedded = {number: (query, variables) for number, _, code in fences if (query := _embedded_operation(code))}
    return found or embedded


def _embedded_operation(code: str) -> str:
    """The first operation in code of another language; empty without one, or if it contains an expression."""
    start = OPERATION.search(code)
    depth = 0
    for end in range(start.start() if start else len(code), len(code)):
        depth += (code[end] in "({[") - (code[end] in ")}]")
        if start and code[end] == "}" and depth == 0:
            column = start.start() - code.rfind("\n", 0, start.start()) - 1
            operation = dedent(" " * column + code[start.start() : end + 1])
            return "" if "${" in operation else operation
    return ""


def _embedded_variables(code: str) -> str:
    """The first variables in code of other languages as JSON; empty without any."""
    found = VARIABLES.search(code)
    return json.dumps(json.loads(KEY.sub(r'"\1": ', found[1]))) if found else ""


if __name__ == "__main__":
    build(ROOT)
