"""The audits of `graphql-http`, the reference implementation of GraphQL over HTTP, including the optional ones."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.binaries import requires_binary
from tests.support.processes import gateway_process

FOLDER = Path(__file__).parent / "audits"

pytestmark = requires_binary("npm", "the audits are a package for Node.js")


@pytest.fixture(scope="module")
def audits(tmp_path_factory):
    """The result of each audit, by name."""
    folder = shutil.copytree(FOLDER, tmp_path_factory.mktemp("audits") / "package")
    run(folder, "npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent")
    with gateway_process() as gateway:
        results = json.loads(run(folder, "node", "audits.mjs", f"{gateway.url}/graphql"))
    return {result["name"]: result for result in results}


def run(folder, *command):
    completed = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert completed.returncode == 0, completed.stderr
    return completed.stdout


def test_all_audits_pass(audits):
    assert len(audits) > 50
    assert [audit for audit in audits.values() if audit["status"] != "ok"] == []
