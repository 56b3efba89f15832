"""Each page of `examples/` is played at the tests' noon, and its answers must be those that stand there, to the letter.

`make examples` writes them anew.
"""

import os
import re

import pytest

from tests.support.example_pages import STEP, played, shown
from tests.support.processes import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "examples").glob("*.md"))]
REWRITE = "REWRITE_EXAMPLES" in os.environ
LINK = re.compile(r"\]\((?!https?://)([^)#]+)(?:#[^)]*)?\)")

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


@pages
async def test_a_page_has_the_answers_that_the_gateway_gives(page, gateway):
    text = page.read_text()
    right = await played(text, gateway)
    if REWRITE:
        page.write_text(right)
    else:
        assert text == right, "if the answers are meant to change, run `make examples`"


@pages
def test_a_page_has_no_errors_it_does_not_speak_of(page):
    answers = [step["text"] for step in STEP.finditer(page.read_text()) if step["kind"] == "json"]
    assert page.name == "errors.md" or not any('"errors":' in answer for answer in answers)


@pages
def test_the_links_of_a_page_lead_to_files(page):
    links = LINK.findall(page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_index_has_every_page():
    index = (ROOT / "examples/README.md").read_text()
    assert {page.name for page in PAGES} - {"README.md"} == set(re.findall(r"\]\((\S+\.md)\)", index))


async def test_a_page_that_is_wrong_is_found(gateway):
    page = '```graphql\n{ status { upstream } }\n```\n\n```json\n{\n  "data": { "status": { "upstream": "DOWN" } }\n}\n```\n'
    assert '"upstream": "UP"' in await played(page, gateway)


@pytest.mark.parametrize(
    "value,text",
    [
        ({"a": [1, {"b": None}], "c": {}}, '{ "a": [1, { "b": null }], "c": {} }'),
        ([], "[]"),
        ("€", '"€"'),
        (["x" * 60, "y" * 60], f'[\n  "{"x" * 60}",\n  "{"y" * 60}"\n]'),
    ],
)
def test_json_is_shown_in_one_line_where_it_fits(value, text):
    assert shown(value) == text
