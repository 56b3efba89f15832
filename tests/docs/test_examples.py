"""The responses on the README and the pages of `examples/` equal the gateway's. `make examples` updates them.

Links and wording are checked on every other page as well.
"""

import os
import re

import pytest

from tests.support.example_pages import STEP, formatted_json, with_responses
from tests.support.gateway import NAMES
from tests.support.processes import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "examples").glob("*.md"))]
REWRITE = "REWRITE_EXAMPLES" in os.environ
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/*.md")), *PAGES[1:]]
LINK = re.compile(r"""(?:\]\(|src=")(?!https?://)([^)#"]*)#?([^)"]*)[)"]""")
RELATIVES = re.compile(r"\b(what|who|whom|whose|whoever|whatever)\b", re.IGNORECASE)
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def name(page):
    return page.relative_to(ROOT).as_posix()


def anchors(page):
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in HEADING.findall(page.read_text())}


@pytest.fixture
def settings():
    """Like `serve --sandbox`, with a names service."""
    return dict(NAMES)


pages = pytest.mark.parametrize("page", PAGES, ids=name)
documents = pytest.mark.parametrize("page", DOCUMENTS, ids=name)


@pages
async def test_page_has_the_responses_of_the_gateway(page, gateway):
    text = page.read_text()
    right = await with_responses(text, gateway)
    if REWRITE:
        page.write_text(right)
    else:
        assert text == right, "if the new responses are right, run `make examples`"


@pages
def test_only_the_page_on_errors_has_errors(page):
    answers = [step["text"] for step in STEP.finditer(page.read_text()) if step["kind"] == "json"]
    assert page.name == "errors.md" or not any('"errors":' in answer for answer in answers)


@documents
def test_links_lead_to_files_and_headings(page):
    links = [(page.parent / path if path else page, anchor) for path, anchor in LINK.findall(page.read_text())]
    assert [path for path, _ in links if not path.exists()] == []
    assert [anchor for path, anchor in links if anchor and anchor not in anchors(path)] == []


@documents
def test_prose_names_things_by_nouns(page):
    text = page.read_text()
    assert 1000 * len(RELATIVES.findall(text)) <= 4 * len(text.split())


def test_index_lists_every_page():
    index = (ROOT / "examples/README.md").read_text()
    assert {page.name for page in PAGES} - {"README.md"} == set(re.findall(r"\]\((\S+\.md)\)", index))


async def test_wrong_response_is_replaced(gateway):
    page = '```graphql\n{ status { upstream } }\n```\n\n```json\n{\n  "data": { "status": { "upstream": "DOWN" } }\n}\n```\n'
    assert '"upstream": "UP"' in await with_responses(page, gateway)


@pytest.mark.parametrize(
    "value,text",
    [
        ({"a": [1, {"b": None}], "c": {}}, '{ "a": [1, { "b": null }], "c": {} }'),
        ([], "[]"),
        ("€", '"€"'),
        (["x" * 60, "y" * 60], f'[\n  "{"x" * 60}",\n  "{"y" * 60}"\n]'),
    ],
)
def test_json_is_on_one_line_if_it_fits(value, text):
    assert formatted_json(value) == text
