"""The clients on the pages of `examples/`: their code, run as programs against a gateway."""

import re
import subprocess
import sys

import pytest

from tests.support.binaries import requires_binary
from tests.support.example_pages import blocks
from tests.support.http_servers import serve_gateway
from tests.support.npm_projects import DOCUMENTED_ADDRESS, create_project, replace_in_file, run
from tests.support.processes import ROOT

MISTAKES = [
    ("latest?.globalRank", "latest?.globalRnk"),
    ("stats.latest?.pp", "stats.latest.pp"),
    ("window: { days: 365 }", "window: {}"),
    ("window: { days: 365 }", "window: { days: 365, between: {} }"),
]
needs_npm = requires_binary("npm", "it is written in TypeScript")


@pytest.fixture(scope="module")
def address():
    with serve_gateway() as gateway:
        yield gateway.url


@pytest.fixture(scope="module")
def typescript(address, tmp_path_factory):
    """The page, and a folder with its files, its packages and its types."""
    page = (ROOT / "examples/typescript.md").read_text()
    folder = tmp_path_factory.mktemp("typescript")
    create_project(page, folder)
    replace_in_file(folder / "src/request.ts", DOCUMENTED_ADDRESS, address)
    run(folder, "npm", "run", "types")
    return page, folder


def test_python_client_prints_the_documented_output(address, tmp_path):
    page = (ROOT / "examples/python.md").read_text()
    (code,), (printed,) = blocks(page, "python"), blocks(page, "text")
    (tmp_path / "ranks.py").write_text(code.replace(DOCUMENTED_ADDRESS, address))
    assert run(tmp_path, sys.executable, "-W", "error", "ranks.py").stdout == printed


@needs_npm
def test_typescript_client_prints_the_documented_output(typescript):
    page, folder = typescript
    run(folder, "npm", "run", "build")
    assert run(folder, "npm", "run", "--silent", "start").stdout == blocks(page, "text")[0]


@needs_npm
def test_types_detect_mistakes(typescript):
    _, folder = typescript
    right = (folder / "src/ranks.ts").read_text()
    for number, (text, wrong) in enumerate(MISTAKES):
        (folder / f"src/mistake{number}.ts").write_text(right.replace(text, wrong))
    done = subprocess.run(["npx", "tsc", "--noEmit"], cwd=folder, capture_output=True, text=True, check=False)
    assert sorted(set(re.findall(r"^src/(\w+)\.ts.*error TS", done.stdout, re.MULTILINE))) == [
        "mistake0",
        "mistake1",
        "mistake2",
        "mistake3",
    ]
