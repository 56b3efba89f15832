"""The HTML of a page of the documentation, and its sections for the search."""

import json
import posixpath
import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise, takewhile
from textwrap import dedent
from typing import NamedTuple
from urllib.parse import quote, urlencode

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

OPERATION = re.compile(r"\b(?:query|mutation) \w+ ?[({]")
# The variables of operations in other languages: an object of JavaScript or a dictionary of Python, in one line.
VARIABLES = re.compile(r"\bvariable(?:s|_values) = (\{.*\})")
KEY = re.compile(r"\b(\w+): ")
# A link to a page on the site.
PAGE_LINK = re.compile(r"^(?!\w+:)([^#]*)\.md\b")
# The first cell of a row with an anchor: a setting, an error code, a metric, a field of the schema or its argument.
TERM = re.compile(r"`(\w+(?:\(\w+:\))?)`")
# A heading that qualifies the terms below it: `UserStats` and `latest` have the anchor `UserStats.latest`.
TYPE = re.compile(r"`(@?\w+)`")
TABLE = '<div class="card scroll-x" tabindex="0"><table>\n'
# Pages with fewer headings have no list of contents.
MIN_CONTENTS = 3


class Section(NamedTuple):
    """A part of a page that the search finds: its title, its anchor (empty at the start), and its text."""

    title: str
    anchor: str
    text: str


def html(text: str, page: str) -> str:
    """The content of a page as HTML."""
    renderer, tokens = _parsed(text)
    graphiql = "../" * page.count("/") + "graphql"
    links = {number: _graphiql_link(graphiql, *operation) for number, operation in _operations(tokens).items()}
    contents = _contents(tokens)
    _link_headings(tokens)
    _adapt_tables(tokens)
    for number, token in enumerate(tokens):
        _adapt(token, links.get(number, ""))
    content = str(renderer.renderer.render(tokens, renderer.options, {}))
    first = next(iter(links.values()), "")
    link = f'<p class="text-small">{first}</p>\n' if "examples/" in page and first else ""
    content = content.replace("</h1>", f"</h1>\n{link}{contents}", 1)
    twin = f'<a href="{posixpath.basename(page)}" type="text/markdown">This page as Markdown</a>'
    return f'<article class="document" id="article">\n{content}<p class="text-small">{twin}</p>\n</article>\n'


def sections(text: str) -> Iterator[Section]:
    """The parts of a page: of each heading, and of each row with an anchor."""
    tokens = _parsed(text)[1]
    title, anchor, texts, row = "", "", list[str](), ""
    for before, token in pairwise(tokens):
        match token.type:
            case "inline" if before.type == "heading_open":
                if title:
                    yield Section(title, anchor, " ".join(texts))
                anchor = str(before.attrs["id"]) if before.tag != "h1" else ""
                title, texts = _text(token), []
            case "tr_open":
                row, cells = str(token.attrs.get("id", "")), list[str]()
            case "tr_close" if row:
                yield Section(row, row, " ".join(cells[1:]))
                row = ""
            case "inline":
                (cells if row else texts).append(_text(token))
            case "fence" | "code_block":
                texts.append(" ".join(token.content.split()))
    yield Section(title, anchor, " ".join(texts))


def _parsed(text: str) -> tuple[MarkdownIt, list[Token]]:
    """The tokens of a page; headings and rows that begin with a term have their anchors."""
    renderer = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = renderer.parse(text)
    anchors = set()
    for token, following in pairwise(tokens):
        if token.type == "heading_open":
            token.attrs["id"] = re.sub(r"[^\w -]", "", following.content.lower()).replace(" ", "-")
            anchors.add(token.attrs["id"])
    qualifier = ""
    for row, cell, content in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if row.type == "heading_open":
            heading = TYPE.fullmatch(cell.content)
            qualifier = f"{heading[1]}." if heading else ""
        term = TERM.fullmatch(content.content)
        if row.type == "tr_open" and cell.type == "td_open" and term and (anchor := qualifier + term[1]) not in anchors:
            anchors.add(anchor)
            row.attrs["id"] = anchor
    return renderer, tokens


def _text(token: Token) -> str:
    return "".join(child.content or " " for child in token.children or ())


def _contents(tokens: Sequence[Token]) -> str:
    """The list of headings below the title; empty for short pages."""
    headings = [
        (token.tag, token.attrs["id"], _text(following))
        for token, following in pairwise(tokens)
        if token.type == "heading_open" and token.tag in {"h2", "h3"}
    ]
    if len(headings) < MIN_CONTENTS:
        return ""
    items = "".join(
        f'<li class="of-{tag}"><a href="#{anchor}">{escape(text)}</a></li>\n' for tag, anchor, text in headings
    )
    return f'<details class="contents" open>\n<summary>On this page</summary>\n<ul>\n{items}</ul>\n</details>\n'


def _link_headings(tokens: Sequence[Token]) -> None:
    """Add a link to itself to each heading below the title."""
    for token, content, end in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if token.type == "heading_open" and token.tag != "h1":
            name = escape(f"Link to {_text(content)}")
            anchor = f'<a class="anchor" href="#{token.attrs["id"]}" aria-label="{name}"></a>'
            end.type, end.content = "html_block", f"{anchor}</{token.tag}>\n"


def _adapt(token: Token, link: str) -> None:
    """Give links the URLs of their pages, and code a focus, as it can be scrolled."""
    match token.type:
        case "inline":
            for child in token.children or ():
                if child.type == "link_open":
                    child.attrs["href"] = PAGE_LINK.sub(r"\1", str(child.attrs["href"]))
        case "fence" | "code_block":
            code = f'<div class="code"><pre tabindex="0"><code>{_highlighted(token)}</code></pre></div>\n'
            token.type, token.content = "html_block", code + (f'<p class="text-small">{link}</p>\n' if link else "")


def _highlighted(token: Token) -> str:
    """The code as HTML, with classes for its colours if its language is known."""
    try:
        lexer = get_lexer_by_name(token.info or "text", ensurenl=False, stripnl=False)
    except ClassNotFound:
        return escape(token.content)
    return str(highlight(token.content, lexer, HtmlFormatter(nowrap=True)))


def _adapt_tables(tokens: Sequence[Token]) -> None:
    """Label cells by their columns for narrow screens, link terms, and give tables a focus: they can be scrolled."""
    labels, column, row = list[str](), 0, None
    for token, content, end in zip(tokens, tokens[1:], tokens[2:], strict=False):
        match token.type:
            case "table_open":
                token.type, token.content, labels = (
                    "html_block",
                    '<div class="card scroll-x" tabindex="0"><table>\n',
                    [],
                )
            case "table_close":
                token.type, token.content = "html_block", "</table></div>\n"
            case "tr_open":
                column, row = 0, token
            case "th_open":
                labels.append(_text(content))
                _adapt_cell(token, content, end)
            case "td_open":
                # In a table of two columns, the second one describes the first.
                if labels[column] and column and len(labels) > 2:
                    token.attrs["data-label"] = labels[column]
                if row and "id" in row.attrs and column == 0:
                    _link(content, f"#{row.attrs['id']}")
                _adapt_cell(token, content, end)
                column += 1


def _adapt_cell(token: Token, content: Token, end: Token) -> None:
    """Replace the inline style, which the site's policy blocks, and an empty heading, which screen readers announce."""
    if token.attrs.pop("style", "") == "text-align:right":
        token.attrs["class"] = "number"
    if not content.content:
        token.tag = end.tag = "td"


def _link(content: Token, address: str) -> None:
    """Make the content of a cell a link."""
    opening, closing = Token("link_open", "a", 1, attrs={"href": address}), Token("link_close", "a", -1)
    content.children = [opening, *(content.children or ()), closing]


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
