"""Assertions of browser tests wait: a page may still be loading when the test reads it."""

import ast
from pathlib import Path

import pytest

BROWSER = Path(__file__).parents[1] / "browser"
# These return the present state; `expect(...)` has an assertion that waits for each of them.
IMMEDIATE = frozenset(
    {
        *("count", "title", "get_attribute", "input_value"),
        *("inner_text", "inner_html", "text_content", "all_inner_texts", "all_text_contents"),
        *("is_visible", "is_hidden", "is_enabled", "is_disabled", "is_checked", "is_editable"),
    }
)


def immediate_calls(source):
    asserts = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Assert))
    calls = (node for statement in asserts for node in ast.walk(statement.test) if isinstance(node, ast.Call))
    return [ast.unparse(call) for call in calls if is_immediate(call)]


def is_immediate(call):
    # str.count and str.title are not meant: the first has an argument, the second is not used.
    name = getattr(call.func, "attr", None)
    return name in IMMEDIATE and not (name == "count" and call.args)


@pytest.mark.parametrize("path", sorted(BROWSER.glob("*.py")), ids=lambda path: path.stem)
def test_assertions_of_pages_wait(path):
    assert immediate_calls(path.read_text()) == []


def test_immediate_reads_are_found():
    assert immediate_calls("assert page.locator('li').count() == 2") == ["page.locator('li').count()"]
    assert immediate_calls("assert 'a' in row(page).inner_text()") == ["row(page).inner_text()"]
    assert immediate_calls("assert text.count('a') == 2") == []
