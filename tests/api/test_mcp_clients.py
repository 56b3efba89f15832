"""The official Python client of the Model Context Protocol, in both major versions, against a gateway."""

import json
import subprocess
from functools import cache
from pathlib import Path

import pytest

from gateway.mcp.messages import INVALID_PARAMS
from tests.support.example_pages import blocks
from tests.support.http_servers import serve_gateway
from tests.support.npm_projects import DOCUMENTED_ADDRESS, run
from tests.support.pip_projects import create_environment
from tests.support.processes import ROOT

PROGRAMS = Path(__file__).parent / "assistants"
TOKEN = "token-of-this-test"
CALLS = [
    ("call", "player_profile", {"id": "2"}),
    ("failure", "player_profile", {"id": "peppy"}),
    ("unknown argument", "best_plays", {"limit": 3}),
    ("update", "update_player", {"id": "1001"}),
]
# The program, its further arguments, and the negotiated revision.
CLIENTS = [
    ("sdk_1", (), "2025-11-25"),
    ("sdk_2", ("auto",), "2026-07-28"),
    ("sdk_2", ("legacy",), "2025-11-25"),
]


@pytest.fixture(scope="module")
def address():
    with serve_gateway(update_tokens=TOKEN) as gateway:
        yield gateway.url


@pytest.fixture(scope="module")
def pythons(tmp_path_factory):
    """The interpreters of two environments, by the name of the program."""
    requirements = {"sdk_1": "mcp>=1.30,<2", "sdk_2": "mcp>=2.3,<3"}
    return {name: create_environment(tmp_path_factory.mktemp(name), text) for name, text in requirements.items()}


@pytest.fixture(scope="module")
def ask(address, pythons):
    """The view of a client, which is run once."""

    @cache
    def run_client(program, arguments, token):
        command = [pythons[program], PROGRAMS / f"{program}.py", f"{address}/mcp", token, *arguments]
        done = subprocess.run(command, input=json.dumps(CALLS), capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run_client


@pytest.mark.parametrize("program, arguments, revision", CLIENTS)
def test_client_lists_and_calls_tools(ask, program, arguments, revision):
    seen = ask(program, arguments, "another")
    assert seen["revision"] == revision
    assert {"find_player", "player_profile", "update_player"} <= set(seen["tools"])
    is_error, structured, text = seen["call"]
    assert (is_error, list(structured["users"][0])) == (False, ["username", "stats"])
    assert structured == text


@pytest.mark.parametrize("program, arguments, revision", CLIENTS)
def test_client_receives_errors(ask, program, arguments, revision):
    seen = ask(program, arguments, "another")
    codes = {name: [error["code"] for error in seen[name][1]["errors"]] for name, *_ in CALLS[1:]}
    expected = {"failure": "BAD_USER_INPUT", "unknown argument": "BAD_USER_INPUT", "update": "UNAUTHENTICATED"}
    assert codes == {name: [code] for name, code in expected.items()}
    assert all(seen[name][0] for name, *_ in CALLS[1:])
    assert seen["unknown tool"] == INVALID_PARAMS


@pytest.mark.parametrize("program, arguments", [("sdk_1", ()), ("sdk_2", ("auto",))])
def test_client_with_token_updates(ask, program, arguments):
    is_error, structured, _ = ask(program, arguments, TOKEN)["update"]
    assert is_error is False
    assert structured["updateUser"]["__typename"] in {"UpdateUserSuccess", "UpdateOnCooldown"}


def test_documented_client_prints_its_output(address, pythons, tmp_path):
    page = (ROOT / "examples/assistants.md").read_text()
    (code,), (printed,) = blocks(page, "python"), blocks(page, "text")
    (tmp_path / "assistant.py").write_text(code.replace(DOCUMENTED_ADDRESS, address))
    assert run(tmp_path, pythons["sdk_2"], "assistant.py").stdout == printed
