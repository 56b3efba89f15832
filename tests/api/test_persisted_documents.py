"""Documents that are named instead of sent."""

from hashlib import sha256

import pytest

QUERY = "{ user(id: 2) { id } }"
OTHER = "{ user(id: 3) { id } }"
ANSWER = {"user": {"id": "2"}}


def named(query):
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": sha256(query.encode()).hexdigest()}}}


async def post(gateway, **body):
    return (await gateway.http.post("/graphql", json=body)).json()


def code(response):
    return response["errors"][0]["extensions"]["code"]


async def test_a_document_is_named_once_it_has_been_sent_along(gateway):
    unknown = await post(gateway, **named(QUERY))
    assert (code(unknown), unknown["errors"][0]["message"]) == ("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")
    assert (await post(gateway, query=QUERY, **named(QUERY)))["data"] == ANSWER
    assert (await post(gateway, **named(QUERY)))["data"] == ANSWER


async def test_a_named_document_goes_by_get(gateway):
    await post(gateway, query=QUERY, **named(QUERY))
    digest = sha256(QUERY.encode()).hexdigest()
    params = {"extensions": '{"persistedQuery": {"version": 1, "sha256Hash": "%s"}}' % digest}  # noqa: UP031
    assert (await gateway.http.get("/graphql", params=params)).json()["data"] == ANSWER


async def test_a_name_that_is_not_the_documents_is_refused(gateway):
    assert code(await post(gateway, query=OTHER, **named(QUERY))) == "BAD_REQUEST"


@pytest.mark.parametrize("named_by", [7, {}, {"version": 2, "sha256Hash": "a"}, {"version": 1}, []], ids=repr)
async def test_a_name_that_is_none_is_refused(gateway, named_by):
    assert code(await post(gateway, extensions={"persistedQuery": named_by})) == "BAD_REQUEST"


async def test_not_all_that_was_ever_sent_is_kept(gateway):
    for number in range(1001):
        query = f"{{ a{number}: user(id: 2) {{ id }} }}"
        await post(gateway, query=query, **named(query))
    assert code(await post(gateway, **named("{ a0: user(id: 2) { id } }"))) == "PERSISTED_QUERY_NOT_FOUND"


class TestTrusted:
    @pytest.fixture
    def settings(self, tmp_path):
        (tmp_path / "two.graphql").write_text(QUERY)
        return {"trusted_documents": tmp_path, "only_trusted_documents": True}

    @pytest.mark.parametrize("prefix", ["", "sha256:"])
    async def test_a_trusted_document_is_asked_for_by_its_id(self, gateway, prefix):
        digest = prefix + sha256(QUERY.encode()).hexdigest()
        assert (await post(gateway, documentId=digest))["data"] == ANSWER

    async def test_its_text_will_do_and_no_other_does(self, gateway):
        assert (await post(gateway, query=QUERY))["data"] == ANSWER
        assert code(await post(gateway, query=OTHER)) == "DOCUMENT_NOT_TRUSTED"

    async def test_clients_that_register_documents_are_told_to_send_them(self, gateway):
        assert code(await post(gateway, query=OTHER, **named(OTHER))) == "PERSISTED_QUERY_NOT_SUPPORTED"
