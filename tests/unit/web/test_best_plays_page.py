"""The filters of plays: their script knows the mods and grades of the gateway."""

import re
from pathlib import Path

from gateway.graph.inputs import Grade
from gateway.mods import MASKS

FILTERS = Path(__file__).parents[3] / "gateway/web/pages/static/shared/play-filters.js"


def test_script_knows_all_mods():
    [names] = re.findall(r'MODS = \(\s*"([^"]+)"', FILTERS.read_text())
    assert sorted(names.split()) == sorted(MASKS)


def test_script_knows_grades_of_passed_plays():
    [table] = re.findall(r"GRADES = \{(.*)\};", FILTERS.read_text())
    grades = re.findall(r'"(\w+)"', table)
    assert sorted(grades) == sorted(grade.name for grade in Grade if grade.name != "F")
