"""examples/images.md: the addresses in its snippets are images, and its parameters are those of the code."""

import re
from html import unescape
from pathlib import Path

import pytest

from gateway.images.parameters import DEFAULTS
from gateway.images.series import SERIES
from gateway.images.themes import THEMES
from gateway.web.files.image_requests import VERSION
from gateway.web.files.player_images import KINDS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "examples/images.md").read_text()
SNIPPETS = re.findall(r"```(markdown|bbcode|html)\n(.*?)```", PAGE, re.DOTALL)
ADDRESSES = [
    unescape(address)
    for _, text in SNIPPETS
    for address in re.findall(r"https://gateway\.example\.org(/[^\s\"\])\[]+)", text)
]


def test_page_has_a_snippet_for_each_markup():
    assert [kind for kind, _ in SNIPPETS] == ["markdown", "bbcode", "html"]
    assert len([address for address in ADDRESSES if re.search(r"\.(png|svg)", address)]) == 3


@pytest.mark.parametrize("address", ADDRESSES)
async def test_addresses_of_snippets_are_served(gateway, address):
    response = await gateway.http.get(address)
    kind = "image/" if re.search(r"\.(png|svg)", address) else "text/html"
    assert (response.status_code, response.headers["Content-Type"].startswith(kind)) == (200, True)


def test_every_parameter_is_documented():
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE, re.MULTILINE))
    of_kinds = {name for kind in KINDS for name in kind.parameters}
    assert rows.keys() == {*DEFAULTS, *of_kinds, VERSION}
    assert all(f"`{default}` (default)" in rows[name] for name, default in DEFAULTS.items())
    assert [name for name in SERIES if f"`{name}`" not in rows["series"]] == []
    assert [name for name in THEMES if f"`{name}`" not in rows["theme"]] == []
