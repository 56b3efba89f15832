"""The statuses of both editions of GraphQL over HTTP (`GATEWAY_HTTP_STATUSES`), for both media types."""

import json

import pytest

STRICT, PLAIN = "application/graphql-response+json", "application/json"
VARIABLE = "query($id: ID!) { user(id: $id) { id } }"
TWO = "query A { __typename } query B { __typename }"
PARTIAL = '{ status { upstream } hiscoresByUsername(username: "nobody_here") { totalCount } }'
UNKNOWN_HASH = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}
# The body, and the statuses: of 2025 for both media types, and of 2026.
REQUESTS = {
    "success": ({"query": "{ __typename }"}, 200, 200, 200),
    "partial data": ({"query": PARTIAL}, 200, 200, 294),
    "invalid JSON": (b"NONSENSE", 400, 400, 400),
    "incomplete JSON": (b'{"query":', 400, 400, 400),
    "no query": ({"qeury": "{ __typename }"}, 400, 400, 422),
    "list of variables": ({"query": VARIABLE, "variables": [7]}, 400, 400, 422),
    "query of another type": ({"query": 7}, 400, 400, 422),
    "batch": ([{"query": "{ __typename }"}], 400, 400, 422),
    "syntax error": ({"query": "{"}, 400, 200, 400),
    "invalid document": ({"query": "{ nobody }"}, 400, 200, 422),
    "unknown operation": ({"query": TWO, "operationName": "C"}, 400, 200, 422),
    "ambiguous operation": ({"query": TWO}, 400, 200, 422),
    "missing variable": ({"query": VARIABLE}, 400, 200, 422),
    "wrong variable": ({"query": VARIABLE, "variables": {"id": {}}}, 400, 200, 422),
    "null variable": ({"query": VARIABLE, "variables": {"id": None}}, 400, 200, 422),
    "limit": ({"query": "{ " + " ".join(f"a{n}: __typename" for n in range(2000)) + " }"}, 400, 200, 422),
    "unknown hash": ({"extensions": UNKNOWN_HASH}, 200, 200, 404),
    "additional property": ({"query": "{ __typename }", "other": 1}, 200, 200, 200),
    "null parameters": ({"query": "{ __typename }", "variables": None, "operationName": None}, 200, 200, 200),
}


async def post(gateway, body, accept):
    content = body if isinstance(body, bytes) else json.dumps(body)
    headers = {"Content-Type": PLAIN, "Accept": accept}
    return await gateway.http.post("/graphql", content=content, headers=headers)


@pytest.mark.parametrize("name", REQUESTS)
async def test_default_has_the_statuses_of_2025(gateway, name):
    body, strict_status, plain_status, _ = REQUESTS[name]
    for accept, status in ((STRICT, strict_status), (PLAIN, plain_status)):
        response = await post(gateway, body, accept)
        assert (response.status_code, response.headers["Content-Type"]) == (status, f"{accept}; charset=utf-8")


class TestWith2026:
    @pytest.fixture
    def settings(self):
        return {"http_statuses": "2026"}

    @pytest.mark.parametrize("accept", [STRICT, PLAIN])
    @pytest.mark.parametrize("name", REQUESTS)
    async def test_status_is_that_of_2026(self, gateway, name, accept):
        body, *_, status = REQUESTS[name]
        for _ in range(3):
            response = await post(gateway, body, accept)
            kind = accept if status < 300 else STRICT
            assert (response.status_code, response.headers["Content-Type"]) == (status, f"{kind}; charset=utf-8")
            assert ("data" in response.json()) == (status < 300)

    async def test_status_by_get_is_that_of_2026(self, gateway):
        for query, status in ((PARTIAL, 294), ("{", 400), ("{ nobody }", 422), ("", 422), ("{ __typename }", 200)):
            response = await gateway.http.get("/graphql", params={"query": query}, headers={"Accept": STRICT})
            assert response.status_code == status
        params = {"query": "{ __typename }", "variables": "{"}
        assert (await gateway.http.get("/graphql", params=params)).status_code == 422

    async def test_partial_data_is_not_stored(self, gateway):
        for _ in range(2):
            response = await gateway.http.get("/graphql", params={"query": PARTIAL}, headers={"Accept": STRICT})
            assert (response.status_code, response.headers["Cache-Control"]) == (294, "no-store")

    async def test_unsupported_accept_header_has_json(self, gateway):
        response = await post(gateway, {"query": "{ __typename }"}, "image/png")
        assert (response.status_code, response.headers["Content-Type"]) == (406, f"{PLAIN}; charset=utf-8")

    @pytest.mark.parametrize(
        "method,headers,content,status",
        [
            ("DELETE", {}, b"", 405),
            ("POST", {"Content-Type": "text/plain"}, b"{}", 415),
            ("POST", {}, b"{}", 415),
            ("POST", {"Content-Type": PLAIN}, b" " * 70_000, 413),
            ("GET", {"Sec-Fetch-Site": "cross-site"}, b"", 403),
        ],
    )
    async def test_statuses_of_http_stay(self, gateway, method, headers, content, status):
        response = await gateway.http.request(method, "/graphql", headers=headers, content=content)
        assert response.status_code == status


class TestWithUpdateTokens:
    @pytest.fixture
    def settings(self):
        return {"http_statuses": "2026", "update_tokens": ("a-secret-of-tests",)}

    async def test_rejected_mutation_is_partial_data(self, gateway):
        query = 'mutation { updateUser(id: "2") { __typename } }'
        response = await post(gateway, {"query": query}, STRICT)
        assert (response.status_code, response.json()["data"]) == (294, None)


class TestWithTrustedDocuments:
    @pytest.fixture
    def settings(self, tmp_path):
        (tmp_path / "a.graphql").write_text("{ __typename }")
        return {"http_statuses": "2026", "trusted_documents": tmp_path, "only_trusted_documents": True}

    @pytest.mark.parametrize("body", [{"query": "{ status { version } }"}, {"extensions": UNKNOWN_HASH}])
    async def test_document_that_is_not_trusted_is_403(self, gateway, body):
        assert (await post(gateway, body, STRICT)).status_code == 403
