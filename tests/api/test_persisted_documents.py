"""Persisted documents: registered by clients, or trusted by the operator."""

from hashlib import sha256

import pytest

QUERY = "{ user(id: 2) { id } }"
OTHER = "{ user(id: 3) { id } }"
DATA = {"user": {"id": "2"}}


def hash_of(query):
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": sha256(query.encode()).hexdigest()}}}


async def send(gateway, **body):
    return (await gateway.http.post("/graphql", json=body)).json()


def code(response):
    return response["errors"][0]["extensions"]["code"]


async def test_registered_document_is_found_by_hash(gateway):
    unknown = await send(gateway, **hash_of(QUERY))
    assert (code(unknown), unknown["errors"][0]["message"]) == ("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")
    assert (await send(gateway, query=QUERY, **hash_of(QUERY)))["data"] == DATA
    assert (await send(gateway, **hash_of(QUERY)))["data"] == DATA


async def test_hash_can_be_sent_by_get(gateway):
    await send(gateway, query=QUERY, **hash_of(QUERY))
    digest = sha256(QUERY.encode()).hexdigest()
    params = {"extensions": '{"persistedQuery": {"version": 1, "sha256Hash": "%s"}}' % digest}  # noqa: UP031
    assert (await gateway.http.get("/graphql", params=params)).json()["data"] == DATA


async def test_hash_of_another_document_is_refused(gateway):
    assert code(await send(gateway, query=OTHER, **hash_of(QUERY))) == "BAD_REQUEST"


@pytest.mark.parametrize("persisted_query", [7, {}, {"version": 2, "sha256Hash": "a"}, {"version": 1}, []], ids=repr)
async def test_malformed_hash_is_refused(gateway, persisted_query):
    assert code(await send(gateway, extensions={"persistedQuery": persisted_query})) == "BAD_REQUEST"


async def test_least_recently_used_document_is_evicted(gateway):
    for number in range(1001):
        query = f"{{ a{number}: user(id: 2) {{ id }} }}"
        await send(gateway, query=query, **hash_of(query))
    assert code(await send(gateway, **hash_of("{ a0: user(id: 2) { id } }"))) == "PERSISTED_QUERY_NOT_FOUND"


class TestTrusted:
    @pytest.fixture
    def settings(self, tmp_path):
        (tmp_path / "two.graphql").write_text(QUERY)
        return {"trusted_documents": tmp_path, "only_trusted_documents": True}

    @pytest.mark.parametrize("prefix", ["", "sha256:"])
    async def test_trusted_document_is_found_by_id(self, gateway, prefix):
        digest = prefix + sha256(QUERY.encode()).hexdigest()
        assert (await send(gateway, documentId=digest))["data"] == DATA

    async def test_only_the_text_of_trusted_documents_executes(self, gateway):
        assert (await send(gateway, query=QUERY))["data"] == DATA
        assert code(await send(gateway, query=OTHER)) == "DOCUMENT_NOT_TRUSTED"

    async def test_registration_is_not_supported(self, gateway):
        assert code(await send(gateway, query=OTHER, **hash_of(OTHER))) == "PERSISTED_QUERY_NOT_SUPPORTED"
