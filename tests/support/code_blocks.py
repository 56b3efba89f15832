"""The code blocks of `docs/`, which tests run."""

import re

from tests.support.processes import ROOT


def code_blocks(page: str, language: str) -> list[str]:
    """The blocks in this language on the page, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / "docs" / page).read_text(), re.MULTILINE | re.DOTALL)
