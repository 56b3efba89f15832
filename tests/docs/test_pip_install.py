"""The commands of docs/operations.md, "Without make", in a copy of the repository."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest

from tests.support.processes import ROOT

BUILD_TIMEOUT_S = 300
START_TIMEOUT_S = 60
SECTION = (ROOT / "docs/operations.md").read_text().partition("### Without make\n")[2].partition("\n### ")[0]
INSTALL, WHEEL, *_ = re.findall(r"(?:^    .+\n)+", SECTION, re.MULTILINE)
SERVE = ".venv/bin/osutrack-gateway serve"


def tracked_files():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return listed.stdout.splitlines()


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A copy of the tracked files, in which the documented commands have run, except the one that serves."""
    folder = tmp_path_factory.mktemp("repository")
    for name in tracked_files():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    commands = [line.strip() for line in INSTALL.splitlines() if line.strip() != SERVE]
    assert len(commands) == len(INSTALL.splitlines()) - 1
    script = "\n".join(["set -eux", *commands, *WHEEL.splitlines()])
    subprocess.run(["sh", "-c", script], cwd=folder, timeout=BUILD_TIMEOUT_S, check=True)
    return folder


def test_installed_gateway_serves_its_pages(repository, tmp_path):
    environment = {"PATH": os.environ["PATH"], "GATEWAY_PORT": "0", "PYTHONUNBUFFERED": "1"}
    command = [repository / SERVE.split(maxsplit=1)[0], "serve", "--sandbox"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            url = next(
                match[1] for line in process.stdout or () if (match := re.search(r"running on (http://\S+)", line))
            )
            page = httpx.get(f"{url}/players/2", timeout=START_TIMEOUT_S)
            assert page.status_code == 200
            for source in re.findall(r'(?:src|href)="(\S+?\.(?:js|css))"', page.text):
                assert httpx.get(httpx.URL(f"{url}/players/2").join(source)).status_code == 200
            answer = httpx.post(f"{url}/graphql", json={"query": "{ status { version } }"})
            assert "errors" not in answer.json()
        finally:
            process.terminate()


def test_wheel_contains_the_pages(repository):
    [wheel] = Path(repository, "dist").glob("osutrack_gateway-*.whl")
    listed = set(ZipFile(wheel).namelist())
    for name in tracked_files():
        if name.startswith("gateway/"):
            assert name in listed
    assert {
        "gateway/web/pages/bundles/manifest.json",
        "gateway/web/pages/vendor/graphiql/graphiql.js",
        "gateway/web/pages/rendered/docs/errors.html",
        "gateway/web/pages/rendered/docs/errors.md",
    } <= listed
