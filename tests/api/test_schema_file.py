"""`/schema.graphql`: the schema for tools, without introspection."""

import pytest
from graphql import build_schema

from tests.support.processes import ROOT


async def test_schema_file_has_the_directives(gateway):
    response = await gateway.http.get("/schema.graphql")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.text == (ROOT / "schema.graphql").read_text()
    assert "@upstreamCost(" in response.text
    assert "Query" in build_schema(response.text).type_map


@pytest.mark.parametrize("form", ["{0}", '"other", {0}', "{1}", "*"])
async def test_unchanged_schema_is_304(gateway, form):
    etag = (await gateway.http.get("/schema.graphql")).headers["ETag"]
    given = form.format(etag, etag.removeprefix("W/"))
    response = await gateway.http.get("/schema.graphql", headers={"If-None-Match": given})
    assert (response.status_code, response.content, response.headers["ETag"]) == (304, b"", etag)


@pytest.mark.parametrize("given", ['"other"', 'W/"x"', ""])
async def test_changed_schema_is_sent(gateway, given):
    assert (await gateway.http.get("/schema.graphql", headers={"If-None-Match": given})).status_code == 200


async def test_head_has_the_headers_only(gateway):
    full, head = await gateway.http.get("/schema.graphql"), await gateway.http.head("/schema.graphql")
    assert (head.status_code, head.headers["ETag"]) == (200, full.headers["ETag"])
    assert "ETag" in head.headers["Access-Control-Expose-Headers"]


async def test_pages_of_other_origins_can_read_the_schema(gateway):
    headers = {"Origin": "https://site.example", "Sec-Fetch-Site": "cross-site"}
    response = await gateway.http.get("/schema.graphql", headers=headers)
    assert (response.status_code, response.headers["Access-Control-Allow-Origin"]) == (200, "*")


async def test_schema_is_compressed(gateway):
    response = await gateway.http.get("/schema.graphql", headers={"Accept-Encoding": "gzip"})
    assert (response.headers["Content-Encoding"], "Accept-Encoding" in response.headers["Vary"]) == ("gzip", True)


async def test_schema_is_read_only(gateway):
    response = await gateway.http.post("/schema.graphql")
    assert (response.status_code, "GET" in response.headers["Allow"]) == (405, True)


class TestWithOrigins:
    @pytest.fixture
    def settings(self):
        return {"cors_origins": ("https://allowed.example",)}

    @pytest.mark.parametrize("origin", ["https://allowed.example", "https://other.example"])
    async def test_only_listed_origins_can_read_it(self, gateway, origin):
        response = await gateway.http.get("/schema.graphql", headers={"Origin": origin})
        allowed = response.headers.get("Access-Control-Allow-Origin") == origin
        assert allowed == (origin == "https://allowed.example")
        assert response.headers["Vary"] == "Accept-Encoding, Origin"
