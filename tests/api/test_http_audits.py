"""GraphQL over HTTP, as those who wrote the specification check it: the audits of `graphql-http`, optional ones too."""

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
    """What each audit says, by its name."""
    folder = shutil.copytree(FOLDER, tmp_path_factory.mktemp("audits") / "package")
    run(folder, "npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent")
    with gateway_process() as gateway:
        results = json.loads(run(folder, "node", "audits.mjs", f"{gateway.url}/graphql"))
    return {result["name"]: result for result in results}


def run(folder, *command):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_audit_of_graphql_over_http_is_passed(audits):
    assert len(audits) > 50
    assert [audit for audit in audits.values() if audit["status"] != "ok"] == []
