"""Programs that are not Python's, which some tests need.

Where one is missing its tests are skipped and say why; in CI, which installs them all, they fail instead.
"""

import os
import shutil

import pytest

MUST_NOT_SKIP = "TESTS_MUST_NOT_SKIP" in os.environ


def needs(program: str, why: str) -> pytest.MarkDecorator:
    """The mark of tests that can't do without the program."""
    missing = shutil.which(program) is None and not MUST_NOT_SKIP
    return pytest.mark.skipif(missing, reason=f"{program} is not here: {why}")


def found(program: str, package: str) -> str:
    """Where it is, for a fixture; `package` is Debian's."""
    # Debian has servers where only root's PATH leads.
    path = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")
    if path is None:
        (pytest.fail if MUST_NOT_SKIP else pytest.skip)(f"{program} is not here: install Debian's package {package}")
    return path
