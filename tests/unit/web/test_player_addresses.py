"""The server's parser of player addresses. The browser tests run the same texts through that of the pages."""

import json
import time
from pathlib import Path

import pytest

from gateway.records import Mode
from gateway.web.pages.player_addresses import PlayerAddress, parse_address

CASES = json.loads((Path(__file__).parents[2] / "support/addresses.json").read_text("utf-8"))


@pytest.mark.parametrize("text,expected", CASES, ids=map(str, range(len(CASES))))
def test_address_has_player_and_mode(text, expected):
    if expected is not None:
        mode = Mode[expected.pop("mode").upper()] if "mode" in expected else None
        expected = PlayerAddress(**expected, mode=mode)
    assert parse_address(text) == expected


@pytest.mark.parametrize(
    "text", ["/" * 100_000, "%" * 100_000, "x/" * 50_000, "a" * 100_000, "1" * 100_000, "?" * 100_000]
)
def test_long_text_is_refused_quickly(text):
    start = time.thread_time()
    assert parse_address(text) is None
    assert time.thread_time() - start < 0.5
