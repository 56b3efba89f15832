"""The language of the code: standard nouns instead of relative clauses, and short names for tests."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.processes import ROOT

PRONOUNS = {"what", "who", "whom", "whose", "whoever", "whatever"}
MAX_PRONOUNS_PER_1000 = 3
MAX_TEST_NAME_WORDS = 8

# Folders that are not reworded yet.
UNFINISHED = ("tests/api", "tests/docs", "tests/failure", "tests/process", "tests/redis")

FILES = {path.relative_to(ROOT).as_posix(): path.read_text() for path in sorted(ROOT.glob("[gt]*/**/*.py"))}
CHECKED = {path: text for path, text in FILES.items() if not path.startswith(UNFINISHED)}
PARTS = sorted({Path(path).parts[1] for path in CHECKED if path.startswith("gateway/")})


def prose(source: str) -> Iterator[str]:
    """The docstrings and comments of a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    yield from (token.string for token in tokens if token.type == tokenize.COMMENT)


def names(source: str) -> Iterator[str]:
    """The names of the functions and classes of a module."""
    kinds = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    yield from (node.name for node in ast.walk(ast.parse(source)) if isinstance(node, kinds))


def words(text: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", text)]


@pytest.mark.parametrize("part", PARTS)
def test_prose_has_few_relative_pronouns(part):
    text = " ".join(" ".join(prose(FILES[path])) for path in CHECKED if path.startswith(f"gateway/{part}"))
    pronouns = [word for word in words(text) if word in PRONOUNS]
    assert len(pronouns) <= len(words(text)) * MAX_PRONOUNS_PER_1000 / 1000


@pytest.mark.parametrize("path", CHECKED)
def test_names_have_no_relative_pronouns(path):
    assert [name for name in names(FILES[path]) if not PRONOUNS.isdisjoint(words(name))] == []


@pytest.mark.parametrize("path", [path for path in CHECKED if Path(path).name.startswith("test_")])
def test_test_names_have_at_most_eight_words(path):
    tests = [name.removeprefix("test_") for name in names(FILES[path]) if name.startswith("test_")]
    assert [name for name in tests if len(words(name)) > MAX_TEST_NAME_WORDS] == []
