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
UPDATE = """
import { request } from "./request.js";
import { TypedDocumentString } from "./gql/graphql.js";
const { errors } = await request(new TypedDocumentString("mutation { updateUser(id: 2) { __typename } }"), {});
console.log(errors?.[0]?.message);
"""
LONG_WAIT_S = 61
needs_npm = requires_binary("npm", "it is written in TypeScript")


@pytest.fixture(scope="module")
def address():
    with serve_gateway() as gateway:
        yield gateway.url


def program(folder, code, address):
    (folder / "client.py").write_text(code.replace(DOCUMENTED_ADDRESS, address))
    return subprocess.run(
        [sys.executable, "-W", "error", "client.py"], cwd=folder, capture_output=True, text=True, check=False
    )


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


@pytest.mark.parametrize("name", ["python", "servers"])
def test_python_client_reports_a_long_wait(address, tmp_path, name):
    (code,) = blocks((ROOT / f"examples/{name}.md").read_text(), "python")
    with refusing_gateway(address, 1, LONG_WAIT_S) as (proxy, statuses):
        done = program(tmp_path, code, proxy)
    assert "Too few points." in done.stdout + done.stderr
    # The bot sends the second of its two calls.
    assert statuses == {"python": [429], "servers": [429, 200]}[name]


def test_bot_shows_failed_players_as_unavailable(tmp_path):
    (code,) = blocks((ROOT / "examples/servers.md").read_text(), "python")
    with serve_gateway(upstream_url="http://127.0.0.1:9") as gateway:
        done = program(tmp_path, code, gateway.url)
    assert done.stdout.splitlines()[0].startswith("2: unavailable, 131464: unavailable")


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
@pytest.mark.parametrize("script,refusals,wait_s", [("ranks", 1, LONG_WAIT_S), ("update", 3, 0.01)])
def test_typescript_client_reports_a_refusal(typescript, address, script, refusals, wait_s):
    _, folder = typescript
    source, text = folder / "src/request.ts", (folder / "src/request.ts").read_text()
    (folder / "src/update.ts").write_text(UPDATE)
    with refusing_gateway(address, refusals, wait_s) as (proxy, statuses):
        replace_in_file(source, address, proxy)
        run(folder, "npm", "run", "build")
        source.write_text(text)
        done = run(folder, "node", f"build/{script}.js")
    assert "Too few points." in done.stdout + done.stderr
    assert statuses == [429]


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
