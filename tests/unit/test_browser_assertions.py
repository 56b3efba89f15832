"""Browser tests wait for the state that they check: a page may still be loading when the test reads it."""

import ast
import re
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


def waited_expressions(source):
    """The texts of `wait_for_function` that are not functions: each poll evaluates them anew."""
    tree = ast.parse(source)
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    waits = [call.args[0] for call in calls if getattr(call.func, "attr", None) == "wait_for_function"]
    return [ast.unparse(wait) for wait in waits if not re.match(r"\(\w*\) =>", beginning(wait, tree))]


def beginning(text, tree):
    """The first characters of a text, which may be formatted or the value of a name."""
    match text:
        case ast.Name(id=name):
            assigned = (node for node in ast.walk(tree) if isinstance(node, ast.Assign))
            return next(beginning(node.value, tree) for node in assigned if ast.unparse(node.targets[0]) == name)
        case ast.JoinedStr(values=[first, *_]) | ast.BinOp(left=first):
            return beginning(first, tree)
        case ast.Constant(value=str(value)):
            return value
    raise TypeError(ast.dump(text))


@pytest.mark.parametrize("path", sorted(BROWSER.glob("*.py")), ids=lambda path: path.stem)
def test_pages_evaluate_no_text_while_waiting(path):
    # The policy of the pages forbids it, from the second poll on.
    assert waited_expressions(path.read_text()) == []


def test_waits_for_expressions_are_found():
    source = "SHOWN = '%s > 0'\npage.wait_for_function(SHOWN % name)\npage.wait_for_function(f'() => {name} > 0')"
    assert waited_expressions(source) == ["SHOWN % name"]
