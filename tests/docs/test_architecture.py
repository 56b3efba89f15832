"""Files, functions and classes named in `docs/architecture.md` exist."""

import ast
import re
from functools import lru_cache

import pytest

from tests.support.processes import ROOT

PAGE = (ROOT / "docs/architecture.md").read_text()
FILES = sorted(set(re.findall(r"`(gateway/[\w/]*)(?:`|\.py`)", " ".join(PAGE.split()))))
REFERENCES = sorted(set(re.findall(r"`([\w.]+)` \(`(gateway/[\w/]+\.py)`\)", " ".join(PAGE.split()))))
WALKS = re.findall(r"^## Walk-through: (.*?)\n(.*?)(?=^## )", PAGE, re.MULTILINE | re.DOTALL)


@lru_cache
def definitions(file):
    """Functions and classes of a module, with methods as `Class.name`."""
    return set(named(ast.parse((ROOT / file).read_text()), ""))


def named(node, prefix):
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + child.name
        if isinstance(child, ast.ClassDef):
            yield from named(child, f"{child.name}.")


@pytest.mark.parametrize("name, file", REFERENCES)
def test_named_definition_exists(name, file):
    assert name in definitions(file)


@pytest.mark.parametrize("path", FILES)
def test_named_path_exists(path):
    assert (ROOT / path).is_dir() or (ROOT / f"{path}.py").is_file()


@pytest.mark.parametrize("text", [text for _, text in WALKS], ids=[title for title, _ in WALKS])
def test_every_step_names_a_definition(text):
    steps = re.findall(r"^\d+\. (.*(?:\n   .*)?)", text, re.MULTILINE)
    assert len(steps) > 5
    assert [step for step in steps if not re.match(r"`[\w.]+`\s+\(`gateway/[\w/]+\.py`\): ", step)] == []


def test_page_has_four_walk_throughs():
    assert len(WALKS) == 4


def test_cold_query_has_at_most_twelve_functions():
    """From the resolver to the socket."""
    steps = [name for name, _ in re.findall(r"^\d+\. `([\w.]+)` \(`([\w/.]+)`\)", WALKS[0][1], re.MULTILINE)]
    assert steps[-1] == "send_cancellable"
    assert len(steps) - steps.index("UserStats.latest") <= 12
