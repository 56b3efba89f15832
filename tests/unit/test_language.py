"""The language of the code: standard nouns instead of relative clauses, and short names for tests."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator

import pytest

from tests.support.processes import ROOT

PRONOUNS = {"what", "who", "whom", "whose", "whoever", "whatever"}
MAX_PRONOUNS_PER_1000 = 3
MAX_TEST_NAME_WORDS = 8
FILES = {path.relative_to(ROOT).as_posix(): path.read_text() for path in sorted(ROOT.glob("[gt]*/**/*.py"))}
PACKAGES = sorted({path.split("/")[1] for path in FILES if path.startswith("gateway/")})


def prose(source: str) -> Iterator[str]:
    """The docstrings and comments of a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""
    yield from tokens(source, tokenize.COMMENT)


def tokens(source: str, kind: int) -> Iterator[str]:
    return (token.string for token in tokenize.generate_tokens(io.StringIO(source).readline) if token.type == kind)


def words(text: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", text)]


@pytest.mark.parametrize("package", PACKAGES)
def test_prose_has_few_relative_pronouns(package):
    text = " ".join(" ".join(prose(source)) for path, source in FILES.items() if path.startswith(f"gateway/{package}"))
    pronouns = [word for word in words(text) if word in PRONOUNS]
    assert len(pronouns) <= len(words(text)) * MAX_PRONOUNS_PER_1000 / 1000


@pytest.mark.parametrize("path", FILES)
def test_identifiers_have_no_relative_pronouns(path):
    assert [name for name in tokens(FILES[path], tokenize.NAME) if not PRONOUNS.isdisjoint(words(name))] == []


@pytest.mark.parametrize("path", FILES)
def test_test_names_have_at_most_eight_words(path):
    names = [name for name in tokens(FILES[path], tokenize.NAME) if name.startswith("test_")]
    assert [name for name in names if len(words(name)) - 1 > MAX_TEST_NAME_WORDS] == []
