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
from tests.support.refusing_gateway import refusing_gateway

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


@pytest.mark.parametrize("name", ["python", "servers"])
@pytest.mark.parametrize("refusals", [0, 2])
def test_python_client_prints_the_documented_output(address, tmp_path, name, refusals):
    page = (ROOT / f"examples/{name}.md").read_text()
    (code,), (printed,) = blocks(page, "python"), blocks(page, "text")
    with refusing_gateway(address, refusals) as (proxy, statuses):
        (tmp_path / "client.py").write_text(code.replace(DOCUMENTED_ADDRESS, proxy))
        assert run(tmp_path, sys.executable, "-W", "error", "client.py").stdout == printed
    assert statuses.count(429) == refusals


def test_cache_of_the_server_sends_one_request(address, tmp_path):
    (code,) = blocks((ROOT / "examples/servers.md").read_text(), "python")
    with refusing_gateway(address, 0) as (proxy, statuses):
        (tmp_path / "client.py").write_text(code.replace(DOCUMENTED_ADDRESS, proxy))
        run(tmp_path, sys.executable, "client.py")
    assert statuses == [200]


@needs_npm
@pytest.mark.parametrize("refusals", [0, 2])
def test_typescript_client_prints_the_documented_output(typescript, address, refusals):
    page, folder = typescript
    source = folder / "src/request.ts"
    with refusing_gateway(address, refusals) as (proxy, statuses):
        text = source.read_text()
        replace_in_file(source, address, proxy)
        run(folder, "npm", "run", "build")
        source.write_text(text)
        assert run(folder, "npm", "run", "--silent", "start").stdout == blocks(page, "text")[0]
    assert statuses == [429] * refusals + [200]


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
