"""External programs of some tests.

Tests without their program are skipped with a reason. In CI, which installs all programs, they fail.
"""

import os
import shutil

import pytest

MUST_NOT_SKIP = "TESTS_MUST_NOT_SKIP" in os.environ


def requires_binary(program: str, reason: str) -> pytest.MarkDecorator:
    """A mark that skips tests without this program."""
    missing = shutil.which(program) is None and not MUST_NOT_SKIP
    return pytest.mark.skipif(missing, reason=f"{program} is not installed: {reason}")


def find_binary(program: str, package: str) -> str:
    """The path of this program, for a fixture; `package` is its Debian package."""
    # Debian installs servers into folders that are on root's PATH only.
    path = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")
    if path is None:
        skip = pytest.fail if MUST_NOT_SKIP else pytest.skip
        skip(f"{program} is not installed: install Debian's package {package}")
    return path
