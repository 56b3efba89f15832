"""The HTTP method QUERY (RFC 10008): a POST that only reads, and whose response caches may store."""

import json
from hashlib import sha256

import pytest

from tests.support.cache_control import max_age

STRICT, PLAIN = "application/graphql-response+json", "application/json"
QUERY = '{ user(id: "2") { stats { latest { pp } } } }'
SERIES = '{ user(id: "2") { stats { snapshots { at pp globalRank playCount accuracy } } } }'
MUTATION = 'mutation { updateUser(id: "2") { __typename } }'


async def ask(gateway, body, **headers):
    content = body if isinstance(body, bytes) else json.dumps(body)
    return await gateway.http.request("QUERY", "/graphql", content=content, headers={"Content-Type": PLAIN} | headers)


async def warm(gateway, body, **headers):
    """The response without a charge, which is the cached one."""
    await ask(gateway, body, **headers)
    return await ask(gateway, body, **headers)


async def test_body_has_the_parameters(gateway):
    body = {"query": "query A($id: ID!) { user(id: $id) { id } } query B { __typename }", "variables": {"id": "7"}}
    response = await ask(gateway, body | {"operationName": "A"}, Accept=STRICT)
    assert response.json()["data"] == {"user": {"id": "7"}}
    assert response.headers["Content-Type"] == f"{STRICT}; charset=utf-8"


async def test_persisted_document_is_named_by_hash(gateway):
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": sha256(QUERY.encode()).hexdigest()}}
    assert (await ask(gateway, {"query": QUERY, "extensions": extensions})).json()["data"]
    assert (await ask(gateway, {"extensions": extensions})).json()["data"]


async def test_mutation_by_query_is_405(gateway):
    for _ in range(2):
        response = await ask(gateway, {"query": MUTATION})
        assert (response.status_code, response.headers["Allow"]) == (405, "POST")
    # No update was sent.
    response = await gateway.post(MUTATION)
    assert response.json()["data"]["updateUser"]["__typename"] == "UpdateUserSuccess"


@pytest.mark.parametrize("query", [QUERY, SERIES], ids=["small", "large"])
async def test_response_is_cacheable(gateway, query):
    response = await warm(gateway, {"query": query})
    gateway.clock.move(3)
    cached = await ask(gateway, {"query": query})
    assert (max_age(response), max_age(cached)) == (600, 597)
    assert (cached.content, gateway.responses.hits) == (response.content, 1)
    unchanged = await ask(gateway, {"query": query}, **{"If-None-Match": response.headers["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")


async def test_query_and_post_do_not_share_a_response(gateway):
    await warm(gateway, {"query": QUERY})
    for _ in range(2):
        response = await gateway.http.post("/graphql", json={"query": QUERY})
        assert response.headers["Cache-Control"] == "no-store"
        assert "ETag" not in response.headers


async def test_uncacheable_response_is_not_stored(gateway):
    response = await warm(gateway, {"query": "{ rateLimit { remaining } }"})
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("content_type", ["", "text/plain", f"{PLAIN}; charset=utf-16"])
async def test_missing_or_other_content_type_is_415(gateway, content_type):
    response = await ask(gateway, {"query": QUERY}, **{"Content-Type": content_type})
    assert (response.status_code, response.headers["Accept-Query"]) == (415, f'"{PLAIN}"')


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}"])
async def test_invalid_body_is_400(gateway, body):
    assert (await ask(gateway, body)).status_code == 400


async def test_parameters_in_the_url_are_ignored(gateway):
    url = "/graphql?query={status{version}}"
    response = await gateway.http.request("QUERY", url, content=b"{}", headers={"Content-Type": PLAIN})
    assert response.status_code == 400


async def test_other_methods_advertise_query(gateway):
    response = await gateway.http.options("/graphql")
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, POST, QUERY")
    assert response.headers["Accept-Query"] == f'"{PLAIN}"'


async def test_preflight_allows_query(gateway):
    preflight = {"Origin": "https://site.example", "Access-Control-Request-Method": "QUERY"}
    response = await gateway.http.options("/graphql", headers=preflight)
    assert response.status_code == 200
    assert "QUERY" in response.headers["Access-Control-Allow-Methods"].split(", ")
