"""The pages of a gateway that accepts only trusted documents."""

import pytest

from gateway.sandbox.players import AMEO, HEAVY
from tests.browser.chromium import running_gateway

PAGES = [
    "/",
    "/best",
    f"/players/{AMEO}?series=accuracy,plays",
    f"/players/{AMEO}?compare={HEAVY}",
    "/players/nobody",
    f"/players/{AMEO}/2025",
]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    folder = tmp_path_factory.mktemp("documents")
    (folder / "own.graphql").write_text("{ user(id: 2) { id } }")
    with running_gateway(trusted_documents=str(folder), only_trusted_documents="true") as gateway:
        yield gateway


@pytest.mark.parametrize("path", PAGES)
def test_page_sends_trusted_documents_only(session, path):
    responses = []
    session.context.on("response", lambda response: responses.append(response) if response.request.post_data else None)
    page = session.open(path)
    page.wait_for_load_state("networkidle")
    assert responses
    assert [response.text() for response in responses if "DOCUMENT_NOT_TRUSTED" in response.text()] == []


def test_graphiql_states_the_restriction(session):
    page = session.open("/graphql")
    page.get_by_label("Restriction").get_by_text("only documents of its operator").wait_for()
    page.get_by_label("Execute query").click()
    page.locator(".result-window .CodeMirror-code").get_by_text("data").first.wait_for()
    # GraphiQL reads the schema by a document of its own.
    session.errors.clear()
