"""The tables of `docs/` that repeat facts of the code equal the code. `make examples` updates them."""

import os

import pytest

from tests.support.doc_tables import TABLES, row, updated
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


def test_wrong_row_is_replaced():
    page = "Before.\n\n| a |\n|---|\n| wrong |\n\nAfter.\n"
    assert updated(page, "| a |", ["| 1 |", "| 2 |"]) == "Before.\n\n| a |\n|---|\n| 1 |\n| 2 |\n\nAfter.\n"
