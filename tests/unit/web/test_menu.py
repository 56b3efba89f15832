"""The links of a page's menu."""

import re
from pathlib import Path

import pytest

from gateway.web.pages import menu

PAGES = sorted(path.name for path in Path(menu.__file__).parent.glob("*.html"))
MARKED = re.compile('<a href="([^"]*)" aria-current')


@pytest.mark.parametrize("page", PAGES)
def test_menu_links_to_pages_for_players(page):
    assert re.findall('href="([^"]*)"', menu.page_links(page))[:3] == ["./", "best", "docs"]


def test_menu_marks_only_the_present_page():
    marked = {page: MARKED.findall(menu.page_links(page)) for page in PAGES}
    assert {page: links for page, links in marked.items() if links} == {
        "best.html": ["best"],
        "documentation.html": ["docs"],
        "graphiql.html": ["graphql"],
        "landing.html": ["./"],
    }
