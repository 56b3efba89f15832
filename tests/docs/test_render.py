"""The documentation as HTML and Markdown for the site: `docs/render.py`."""

import json
import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from graphql import parse

from docs.page_html import Section, html, sections
from docs.render import build
from tests.support.processes import ROOT

EXAMPLES = sorted(path.stem for path in ROOT.glob("examples/*.md") if path.name != "README.md")


@pytest.fixture
def tree(tmp_path):
    """A small repository."""
    texts = {
        "README.md": "# Name\n\n| page | content |\n|---|---|\n| [docs/a.md](docs/a.md) | all of it |\n| [LAW](LAW.md) | x |\n| [schema.graphql](schema.graphql) | every type |\n",
        "docs/a.md": "# Page A\n\nSee [B](../examples/b.md#two-words), [here](#here), [code](../gateway/x.py), [web](https://a.example/x.md).\n",
        "examples/README.md": "# Examples\n\n| page | content |\n|---|---|\n| [b.md](b.md) | one task |\n",
        "examples/b.md": "# Page B\n\n<!-- clock: 3600 -->\n\n## Two words!\n\n[A](../docs/a.md) [S](../schema.graphql)\n",
        "examples/operations.graphql": "{ status { version } }\n",
        "schema.graphql": 'type Query {\n  """A number."""\n  count: Int\n}\n',
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def output(tree):
    folder = tree / "gateway/web/pages/rendered"
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_pages_have_twins_at_their_urls(tree):
    build(tree)
    pages = {"docs", "docs/a", "docs/examples/b", "docs/schema"}
    files = {f"{page}.{suffix}" for page in pages for suffix in ("html", "md")}
    assert output(tree).keys() == files | {"docs/examples/operations.graphql", "docs/search.json", "llms.txt"}


def test_links_are_those_of_the_site(tree):
    build(tree)
    text = output(tree)["docs/a.html"]
    assert (
        '<a href="examples/b#two-words">B</a>, <a href="#here">here</a>, code, <a href="https://a.example/x.md">'
        in text
    )
    assert '<a href="../a">A</a> <a href="../../schema.graphql">S</a>' in output(tree)["docs/examples/b.html"]


def test_twin_links_to_twins(tree):
    build(tree)
    assert "[B](examples/b.md#two-words), [here](#here), code," in output(tree)["docs/a.md"]
    assert "[A](../a.md) [S](../../schema.graphql)" in output(tree)["docs/examples/b.md"]


def test_images_are_those_of_the_site(tree):
    (tree / "docs/images").mkdir()
    for name in ("used.png", "unused.png"):
        (tree / f"docs/images/{name}").write_bytes(b"\x89PNG")
    (tree / "examples/b.md").write_text("# Page B\n\n![Card](../docs/images/used.png) ![Lost](../lost.png)\n")
    build(tree)
    rendered = tree / "gateway/web/pages/rendered/docs"
    assert '<p><img src="../images/used.png" alt="Card" /> Lost</p>' in (rendered / "examples/b.html").read_text()
    assert "![Card](../images/used.png) Lost" in (rendered / "examples/b.md").read_text()
    assert [path.name for path in rendered.glob("images/*")] == ["used.png"]


def test_comments_for_tests_are_left_out(tree):
    build(tree)
    assert "clock" not in output(tree)["docs/examples/b.md"] + output(tree)["docs/examples/b.html"]


def test_headings_have_anchors():
    text = html("# A\n\n## Two *words*!\n", "docs/a.md")
    assert '<h2 id="two-words">Two <em>words</em>!<a class="anchor" href="#two-words"' in text


TERMS = "# A\n\n## B\n\n| name | default | meaning |\n|---|---|---|\n| `X_Y` | `1` | Text. |\n| `x y` | | `z` |\n| `b` | | |\n"


def test_rows_of_terms_have_anchors():
    text = html(TERMS, "docs/a.md")
    assert '<tr id="X_Y">\n<td><a href="#X_Y"><code>X_Y</code></a></td>' in text
    assert re.findall(r' id="([^"]*)"', text) == ["article", "a", "b", "X_Y"]


def test_cells_have_labels_for_narrow_screens():
    assert '<td data-label="default"><code>1</code></td>\n<td data-label="meaning">Text.</td>' in html(
        TERMS, "docs/a.md"
    )


def test_two_columns_need_no_labels():
    assert "<td>1</td>\n<td>2</td>" in html("# A\n\n| a | b |\n|---|---|\n| 1 | 2 |\n", "docs/a.md")


def test_page_with_headings_has_contents():
    headings = "## B\n\n### C `d`\n\n## E & F\n"
    text = html(f"# A\n\n{headings}", "docs/a.md")
    assert re.findall(r'<li class="of-(h.)"><a href="#([^"]*)">([^<]*)</a>', text) == [
        ("h2", "b", "B"),
        ("h3", "c-d", "C d"),
        ("h2", "e--f", "E &amp; F"),
    ]
    assert "contents" not in html("# A\n\n## B\n", "docs/a.md")


def test_search_has_sections_and_terms():
    text = "# A\n\nOne.\n\n## B `c`\n\nTwo.\n\n```sh\ncode\n```\n\n| name | meaning |\n|---|---|\n| `T` | Three. |\n"
    assert list(sections(text)) == [
        Section("A", "", "One."),
        Section("T", "T", "Three."),
        Section("B c", "b-c", "Two. code name meaning"),
    ]


def test_heading_of_a_type_qualifies_terms():
    text = "# A\n\n### `T`\n\n| field | type |\n|---|---|\n| `x` | `U` |\n| `x(y:)` | `V` |\n\n## B\n\n| name |\n|---|\n| `z` |\n"
    assert [section.anchor for section in sections(text)] == ["", "T.x", "T.x(y:)", "t", "z", "b"]
    assert '<tr id="T.x(y:)">\n<td><a href="#T.x(y:)"><code>x(y:)</code></a></td>' in html(text, "docs/a.md")


def test_search_leads_to_existing_anchors(tree):
    build(tree)
    rows = [row for row in json.loads(output(tree)["docs/search.json"]) if row[0] != "schema"]
    assert [row[:4] for row in rows] == [
        ["a", "Page A", "Page A", ""],
        ["examples/b", "Page B", "Page B", ""],
        ["examples/b", "Page B", "Two words!", "two-words"],
    ]


@pytest.mark.parametrize(
    "language,colour", [("graphql", "<span class="), ("js", "<span class="), ("text", ""), ("x", "")]
)
def test_code_has_colours_of_its_language(language, colour):
    text = html(f"# A\n\n```{language}\nquery A {{ b(c: 1) }} <\n```\n", "docs/a.md")
    assert ("<span class=" in text) == bool(colour)
    assert "&lt;\n</code></pre></div>" in re.sub("</?span[^>]*>", "", text)


def test_pages_follow_the_order_of_the_index(tree):
    index = "# Examples\n\n| page | content |\n|---|---|\n| [b.md](b.md) | x |\n| [a.md](a.md) | x |\n"
    (tree / "examples/README.md").write_text(index)
    (tree / "examples/a.md").write_text("# First by name\n")
    build(tree)
    assert re.findall(r'href="examples/(\w+)"', output(tree)["docs/a.html"])[:2] == ["b", "a"]


def test_index_lists_pages_by_their_titles(tree):
    build(tree)
    assert "| [Page A](docs/a.md) | all of it |" in output(tree)["docs.md"]
    assert "| [Schema](docs/schema.md) | every type |" in output(tree)["docs.md"]
    assert "LAW" not in output(tree)["docs.md"]
    assert "- [Page B](docs/examples/b.md): one task" in output(tree)["llms.txt"]


def test_current_page_is_marked(tree):
    build(tree)
    assert '<a href="b" aria-current="page">Page B</a>' in output(tree)["docs/examples/b.html"]
    assert '<a href="../../docs">Overview</a>' in output(tree)["docs/examples/b.html"]


def test_former_pages_are_deleted(tree):
    build(tree)
    (tree / "examples/b.md").unlink()
    (tree / "examples/README.md").write_text("# Examples\n")
    (tree / "docs/a.md").write_text("# Page A\n")
    build(tree)
    assert "docs/examples/b.html" not in output(tree)


def test_html_in_markdown_is_text():
    assert "<script>" not in html("# A\n\n<script>alert(1)</script>\n\n```html\n<script>\n```\n", "docs/a.md")


def test_scrollable_parts_have_a_focus():
    text = html("# A\n\n```text\na\n```\n\n| a |\n|---|\n| b |\n", "docs/a.md")
    assert '<pre tabindex="0">' in text
    assert '<div class="card scroll-x" tabindex="0"><table>' in text


def test_alignment_has_no_inline_style():
    text = html("# A\n\n| a | b |\n|---:|:--|\n| 1 | 2 |\n", "docs/a.md")
    assert '<td class="number">1</td>\n<td>2</td>' in text


def test_empty_cell_is_no_heading():
    assert "<td></td>\n<th>b</th>" in html("# A\n\n| | b |\n|---|---|\n| 1 | 2 |\n", "docs/a.md")


def graphiql_links(text):
    """The parameters of the links to GraphiQL."""
    return [
        parse_qs(urlsplit(unescape(link)).query) for link in re.findall(r'<a href="(\.\./\.\./graphql[^"]*)"', text)
    ]


def test_example_opens_in_graphiql_with_variables():
    page = (
        '# A\n\n```graphql\nquery A($b: Int) { c }\n```\n\n```json\n{ "b": 1 }\n```\n\n```json\n{ "data": {} }\n```\n'
    )
    links = graphiql_links(html(page, "docs/examples/a.md"))
    assert links == [{"query": ["query A($b: Int) { c }"], "variables": ['{ "b": 1 }']}] * 2


def test_operation_in_other_code_opens_in_graphiql():
    page = '# A\n\n```python\nx = gql("""\n  query A($b: In = {c: 1}) {\n    d { e }\n  }\n""")\n{1: 2}\n```\n'
    links = graphiql_links(html(page, "docs/examples/a.md"))
    assert links[0] == {"query": ["query A($b: In = {c: 1}) {\n  d { e }\n}"]}


@pytest.mark.parametrize(
    "code",
    ['x.variable_values = {"b": 1, "c": {"d": ["e"]}}', 'export const variables = { b: 1, c: { d: ["e"] } };'],
)
def test_variables_in_other_code_open_in_graphiql(code):
    links = graphiql_links(html(f'# A\n\n```js\n{code}\n"query A($b: Int) {{ d }}"\n```\n', "docs/examples/a.md"))
    assert links[0] == {"query": ["query A($b: Int) { d }"], "variables": ['{"b": 1, "c": {"d": ["e"]}}']}


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_opens_in_graphiql(name):
    links = graphiql_links(html((ROOT / f"examples/{name}.md").read_text(), f"docs/examples/{name}.md"))
    assert links
    assert all(parse(link["query"][0]) for link in links)
