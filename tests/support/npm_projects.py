"""Projects for Node.js, made of the files on a page of `examples/`."""

import re
import shutil
import subprocess
from pathlib import Path

from tests.support.processes import ROOT

FILE = re.compile(r"^`([\w/.]+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INSTALL = ("npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent")
DOCUMENTED_ADDRESS = "http://127.0.0.1:8000"


def create_project(page: str, folder: Path) -> None:
    """Write the files on the page and the schema into a folder, and install the packages."""
    shutil.copy(ROOT / "schema.graphql", folder)
    for name, text in FILE.findall(page):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    run(folder, *INSTALL)


def replace_in_file(path: Path, old: str, new: str) -> None:
    """Replace a text that the file contains."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """The output of a command that succeeds."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done
