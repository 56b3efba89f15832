"""The tables of `docs/` that repeat facts of the code equal the code. `make examples` updates them."""

import os
import re

import pytest

from gateway.sandbox import players
from tests.support.doc_tables import TABLES, row, sandbox_players, updated
from tests.support.processes import ROOT


@pytest.mark.parametrize("page, header", TABLES)
def test_table_equals_the_code(page, header):
    path = ROOT / "docs" / page
    text = path.read_text()
    right = updated(text, header, [row(cells) for cells in TABLES[page, header]()])
    if "REWRITE_EXAMPLES" in os.environ:
        path.write_text(right)
    else:
        assert text == right, "if the code is right, run `make examples`"


def test_listed_players_are_those_of_the_sandbox():
    names = {str(player.id): player.username for player in players.tracked_players()}
    listed = {cells[0].strip("`"): cells[1].strip("`") for cells in sandbox_players()}
    single = {ids: name for ids, name in listed.items() if ids.isdigit() and ids in names}
    assert single == {user: names[user] for user in single}
    documented = [int(number) for ids in listed for number in re.findall(r"\d+", ids)]
    constants = [value for name, value in vars(players).items() if name.isupper() and not name.startswith("_")]
    for value in constants:
        if isinstance(value, int):
            assert value in documented
        elif isinstance(value, range | tuple):
            assert {value[0], value[-1]} <= set(documented)


def test_wrong_row_is_replaced():
    page = "Before.\n\n| a |\n|---|\n| wrong |\n\nAfter.\n"
    assert updated(page, "| a |", ["| 1 |", "| 2 |"]) == "Before.\n\n| a |\n|---|\n| 1 |\n| 2 |\n\nAfter.\n"
