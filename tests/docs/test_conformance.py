"""The table of GraphQL over HTTP in docs/graphql-over-http.md names an existing test for each requirement."""

import ast
import re

from tests.support.doc_tables import REQUIREMENTS_HEADER, rows_below
from tests.support.processes import ROOT

LEVELS = {"–", "MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "RECOMMENDED"}
REQUIREMENTS = rows_below((ROOT / "docs/graphql-over-http.md").read_text(), REQUIREMENTS_HEADER)


def existing_tests():
    return {
        f"{path.name}::{node.name}"
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    }


def test_each_requirement_names_existing_tests():
    named = {name for *_, tests, _ in REQUIREMENTS for name in re.findall(r"`([^`]+)`", tests)}
    assert len(REQUIREMENTS) > 70
    assert named - existing_tests() == set()


def test_only_exceptions_have_no_test():
    assert [requirement for requirement, *_, tests, note in REQUIREMENTS if "`" not in tests and not note] == []


def test_each_requirement_has_a_level():
    levels = {level for _, *pair, _, _ in REQUIREMENTS for cell in pair for level in cell.split(", ")}
    assert levels <= LEVELS
    assert not [requirement for requirement, first, second, *_ in REQUIREMENTS if first == second == "–"]
