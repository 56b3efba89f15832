"""Virtual environments with packages that conflict with the gateway's own."""

import sys
import venv
from pathlib import Path

from tests.support.npm_projects import run


def create_environment(folder: Path, *requirements: str) -> str:
    """The Python interpreter of a new environment with these packages."""
    venv.create(folder, symlinks=True)
    python = str(folder / "bin/python")
    # The tests' own pip installs into it, since a copy of pip takes seconds.
    run(folder, sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-compile", *requirements)
    return python
