"""The documents of the pages are those that their scripts send."""

import json
import subprocess

import pytest

from gateway.web.pages import FOLDER
from gateway.web.pages.page_documents import OPERATION, PageDocuments, without_indentation
from tests.support.binaries import find_binary

DOCUMENTS = PageDocuments()
SCRIPTS = [path for path in sorted((FOLDER / "static").rglob("*.js")) if OPERATION.search(path.read_text())]
GQL = FOLDER / "static/shared/graphql.js"
# Prints the texts of all operations of a script, by the scripts' own function; placeholders get names of fields.
PROGRAM = """
import {{ gql }} from {module};
const fields = "pp globalRank", variables = "$id0: ID!, $id1: ID!";
const users = `player0: user(id: $id0) {{ ...compared }}\\n    player1: user(id: $id1) {{ ...compared }}`;
const names = `player0: user(id: $id0) {{ username }}\\n    player1: user(id: $id1) {{ username }}`;
console.log(JSON.stringify([{literals}]));
"""


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_operation_of_script_is_trusted(path, tmp_path):
    literals = ", ".join(f"gql`{literal}`" for literal in OPERATION.findall(path.read_text()))
    # A copy, as Node.js takes a file `.js` for CommonJS.
    (tmp_path / "graphql.mjs").write_text(GQL.read_text())
    (tmp_path / "main.mjs").write_text(PROGRAM.format(module='"./graphql.mjs"', literals=literals))
    run = subprocess.run([find_binary("node", "nodejs"), tmp_path / "main.mjs"], capture_output=True, check=True)
    texts = json.loads(run.stdout)
    assert texts
    assert all(text in DOCUMENTS for text in texts)


@pytest.mark.parametrize("fields", ["pp } } }", "a: pp", "...all", "pp(x)", "pp\n"])
def test_placeholder_accepts_names_of_fields_only(fields):
    script = (FOLDER / "static/player/queries.js").read_text()
    [text] = [text for text in map(without_indentation, OPERATION.findall(script)) if "${" in text]
    assert text.replace("${fields}", "pp accuracy") in DOCUMENTS
    assert text.replace("${fields}", fields) not in DOCUMENTS


@pytest.mark.parametrize("text", ["", "{ user(id: 2) { id } }", "query Status {\n  status { upstream }\n}"])
def test_other_document_is_not_trusted(text):
    assert text not in DOCUMENTS
