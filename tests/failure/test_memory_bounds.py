"""Every bounded structure, filled with its largest entries, takes the memory that it counts or that is documented."""

import json
import re
import subprocess
import sys

import pytest

from tests.support.memory_fillers import FILLERS
from tests.support.processes import ROOT

MB = 2**20
# Counted sizes are approximate: allocators round up, and keep freed memory between entries in use.
TOLERANCE = 1.2
[TABLE] = re.findall(
    r"^\| structure \| bound \| metric \|\n.*?\n\n", (ROOT / "docs/operations.md").read_text(), re.MULTILINE | re.DOTALL
)
BOUNDS = {name: int(megabytes) for name, megabytes in re.findall(r"^\| (.*?) \| (\d+) MB \|", TABLE, re.MULTILINE)}
# The rows of the table without a metric.
DOCUMENTED = {
    "clients": "points and turns of clients",
    "names": "names of players",
    "generations": "invalidated tags",
    "updates": "recent updates",
    "small_caches": "headers, IDs and players",
}


def fill(name):
    """The growth of a process, and the bytes counted by the structure."""
    command = [sys.executable, "-m", "tests.support.memory_fillers", name]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=60).stdout
    return json.loads(printed)


@pytest.mark.parametrize("name", sorted(FILLERS.keys() - DOCUMENTED.keys()))
def test_counted_bytes_of_a_full_structure_are_real(name):
    filled = fill(name)
    assert 0.7 * filled["counted_bytes"] < filled["growth_bytes"] < TOLERANCE * filled["counted_bytes"]


@pytest.mark.parametrize("name", DOCUMENTED)
def test_documented_bound_holds_for_a_full_structure(name):
    assert 0.4 * MB * BOUNDS[DOCUMENTED[name]] < fill(name)["growth_bytes"] < MB * BOUNDS[DOCUMENTED[name]]
