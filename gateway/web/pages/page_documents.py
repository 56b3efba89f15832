"""The GraphQL documents that the pages send, from the files of the pages.

They are trusted by every gateway: `GATEWAY_ONLY_TRUSTED_DOCUMENTS` must not disable its own pages.
"""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

FOLDER = Path(__file__).parent
# An operation in a script.
OPERATION = re.compile(r"\bgql`([^`]*)`")
# A variable of the script in an operation, after `re.escape`, and the texts that each can have.
PLACEHOLDER = re.compile(r"\\\$\\\{(\w+)\\\}")
FORMS = {
    "fields": r"[A-Za-z0-9 ]*",
    "variables": r"\$id\d: ID!(?:, \$id\d: ID!)*",
    "users": r"(?:player\d: user\(id: \$id\d\) \{ \.\.\.compared \}\s*)+",
    "names": r"(?:player\d: user\(id: \$id\d\) \{ username \}\s*)+",
}
# The query that the home page runs.
LANDING_QUERY = re.compile(r'<code id="try-query">([^<]*)</code>')


class PageDocuments:
    """The set of these documents."""

    def __init__(self, folder: Path = FOLDER) -> None:
        texts = [*_of_scripts(folder / "static"), *_of_examples(folder / "static/examples")]
        texts += [unescape(text) for text in LANDING_QUERY.findall((folder / "landing.html").read_text("utf-8"))]
        self._texts = frozenset(texts)
        self._forms = [
            re.compile(PLACEHOLDER.sub(lambda match: FORMS[match[1]], re.escape(text)))
            for text in self._texts
            if "${" in text
        ]

    def __contains__(self, text: object) -> bool:
        """Whether a page can send this text."""
        return isinstance(text, str) and (text in self._texts or any(form.fullmatch(text) for form in self._forms))


def _of_scripts(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*.js")):
        for literal in OPERATION.findall(path.read_text("utf-8")):
            yield without_indentation(literal)


def _of_examples(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("*.graphql")):
        yield path.read_text("utf-8").rstrip()


def without_indentation(literal: str) -> str:
    """The text as `gql` in `shared/graphql.js` returns it."""
    lines = literal.removeprefix("\n").rstrip().split("\n")
    indentation = lines[0][: len(lines[0]) - len(lines[0].lstrip(" "))]
    return "\n".join(line.removeprefix(indentation) for line in lines)
