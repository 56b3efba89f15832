"""The window in addresses of player pages. The pages read the same cases in `test_browser_titles.py`."""

import json
from pathlib import Path

import pytest
from starlette.datastructures import QueryParams

from gateway.web.pages.player_view import parse_view

CASES = json.loads((Path(__file__).parents[2] / "support/windows.json").read_text("utf-8"))


@pytest.mark.parametrize("query,title", CASES)
def test_window_of_an_address_has_title(query, title):
    window = parse_view(QueryParams(query), 2).window
    assert (window.title if window else "") == title
