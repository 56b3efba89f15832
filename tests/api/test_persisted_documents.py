"""Persisted documents: registered by clients, or trusted by the operator."""

import json
from hashlib import sha256

import pytest

from gateway.settings import BadSettings
from gateway.web.documents.trusted_documents import trusted_documents

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


async def test_many_registrations_evict_no_other_document(gateway):
    await gateway.send_from("10.0.0.1", QUERY, **hash_of(QUERY))
    for number in range(1000):
        query = f"{{ a{number}: user(id: 2) {{ id }} }}"
        await send(gateway, query=query, **hash_of(query))
    assert (await send(gateway, **hash_of(QUERY)))["data"] == DATA
    assert code(await send(gateway, **hash_of("{ a0: user(id: 2) { id } }"))) == "PERSISTED_QUERY_NOT_FOUND"


class TestPoints:
    @pytest.fixture
    def settings(self):
        return {"client_points": 2, "client_points_per_minute": 2}

    async def test_registration_costs_one_point(self, gateway):
        counted = "{ rateLimit { remaining } user(id: 2) { id } }"
        first, again, other = [
            await send(gateway, query=query, **hash_of(query))
            for query in (counted, counted, counted.replace("2", "3"))
        ]
        remaining = [response["data"]["rateLimit"]["remaining"] for response in (first, again, other)]
        assert remaining == [1, 1, 0]

    async def test_registration_without_points_is_refused(self, gateway):
        for query in (QUERY, OTHER):
            await send(gateway, query=query, **hash_of(query))
        third = "{ user(id: 4) { id } }"
        refused = await gateway.http.post("/graphql", json={"query": third, **hash_of(third)})
        assert (refused.status_code, code(refused.json())) == (429, "RATE_LIMITED")
        assert refused.json()["errors"][0]["message"].startswith("The registration of a document costs 1 point, but")
        assert code(await send(gateway, **hash_of(third))) == "PERSISTED_QUERY_NOT_FOUND"
        assert (await send(gateway, **hash_of(QUERY)))["data"] == DATA

    async def test_invalid_document_costs_its_registration(self, gateway):
        await send(gateway, query="{", **hash_of("{"))
        assert (await gateway.ask("{ rateLimit { remaining } }"))["rateLimit"]["remaining"] == 1

    async def test_wrong_hash_costs_nothing(self, gateway):
        await send(gateway, query=OTHER, **hash_of(QUERY))
        assert (await gateway.ask("{ rateLimit { remaining } }"))["rateLimit"]["remaining"] == 2


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


CODEGEN = {"3f1e": QUERY, "SHA-1 in hexadecimal": OTHER}
APOLLO = {
    "format": "apollo-persisted-query-manifest",
    "version": 1,
    "operations": [{"id": "Ab/1", "name": "Two", "type": "query", "body": QUERY}],
}


class TestManifests:
    @pytest.fixture
    def settings(self, tmp_path):
        (tmp_path / "persisted-documents.json").write_text(json.dumps(CODEGEN))
        (tmp_path / "apollo.json").write_text(json.dumps(APOLLO))
        (tmp_path / "windows.graphql").write_bytes(b"{ user(id: 2) {\r\n id } }")
        (tmp_path / "README.md").write_text("Documents of the front end.")
        return {"trusted_documents": tmp_path, "only_trusted_documents": True}

    @pytest.mark.parametrize("identifier", ["3f1e", "Ab/1"])
    async def test_document_is_found_by_manifest_id(self, gateway, identifier):
        assert (await send(gateway, documentId=identifier))["data"] == DATA

    async def test_file_is_found_by_hash_of_bytes(self, gateway):
        digest = sha256(b"{ user(id: 2) {\r\n id } }").hexdigest()
        assert (await send(gateway, documentId=digest))["data"] == DATA

    async def test_manifest_hash_works_as_persisted_query(self, gateway):
        extensions = {"persistedQuery": {"version": 1, "sha256Hash": "3f1e"}}
        assert (await send(gateway, extensions=extensions))["data"] == DATA

    async def test_texts_of_manifests_are_trusted(self, gateway):
        assert (await send(gateway, query=OTHER))["data"] == {"user": {"id": "3"}}


def test_setting_can_name_one_file(tmp_path):
    file = tmp_path / "queries.manifest"
    file.write_text(QUERY)
    assert trusted_documents(file) == {sha256(QUERY.encode()).hexdigest(): QUERY}
    manifest = tmp_path / "relay.json"
    manifest.write_text(json.dumps(CODEGEN))
    assert trusted_documents(manifest) == CODEGEN


@pytest.mark.parametrize(
    "name,content,reason",
    [
        ("README.md", b"text", "has no document"),
        ("empty.json", b"{}", "has no document"),
        ("list.json", b"[]", "is not a manifest of documents: Expected `object`"),
        ("numbers.json", b'{"a": 1}', "is not a manifest of documents"),
        ("apollo.json", b'{"operations": [{"id": "a"}]}', "missing required field `body`"),
        ("broken.json", b"{", "is not a manifest"),
        ("binary.json", b'{"a": "\xff"}', "is not a manifest"),
        ("deep.json", b'{"a":' * 10_000, "is not a manifest"),
        ("text.json", b'{"a": "text"}', "document a: Syntax Error: Unexpected Name 'text'"),
        ("empty.graphql", b"# nothing", "Syntax Error: Unexpected <EOF>"),
        ("binary.graphql", b"\xff", "is not UTF-8 text"),
    ],
)
def test_folder_without_documents_is_refused(tmp_path, name, content, reason):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadSettings, match=reason) as refusal:
        trusted_documents(tmp_path)
    assert str(refusal.value).startswith("GATEWAY_TRUSTED_DOCUMENTS: ")
