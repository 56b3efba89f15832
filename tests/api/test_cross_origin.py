"""GET requests of client libraries in pages of other origins: allowed origins get cacheable responses."""

import json
from hashlib import sha256

import pytest

from tests.support.cache_control import max_age

QUERY = '{ user(id: "2") { stats { latest { pp } } } }'
ORIGIN = "https://site.example"
BROWSER = {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
PERSISTED = {"persistedQuery": {"version": 1, "sha256Hash": sha256(QUERY.encode()).hexdigest()}}
# The headers and parameters that client libraries send by GET.
CLIENTS = {
    "urql": (
        {
            "Accept": "application/graphql-response+json, application/graphql+json, application/json,"
            " text/event-stream, multipart/mixed"
        },
        {"query": QUERY, "variables": "{}"},
    ),
    "Apollo Client 3": ({"Accept": "*/*"}, {"query": QUERY, "variables": "{}", "extensions": "{}"}),
    "Apollo Client 4": (
        {"Accept": "application/graphql-response+json,application/json;q=0.9"},
        {"query": QUERY, "variables": "{}", "extensions": "{}"},
    ),
    "older browser": ({"Sec-Fetch-Site": ""}, {"query": QUERY}),
    "same site": ({"Sec-Fetch-Site": "same-site"}, {"query": QUERY}),
    "opaque origin": ({"Origin": "null"}, {"query": QUERY}),
}


async def get(gateway, params, **headers):
    return await gateway.http.get("/graphql", params=params, headers=BROWSER | headers)


async def warm(gateway, params, **headers):
    """The response without a charge, which is the cached one."""
    await get(gateway, params, **headers)
    return await get(gateway, params, **headers)


def check_caching(gateway, response, cached):
    assert (response.status_code, cached.status_code) == (200, 200)
    assert max_age(response) == 600
    assert response.headers["ETag"] == cached.headers["ETag"]
    assert cached.content == response.content
    assert gateway.responses.hits > 0


@pytest.mark.parametrize("client", CLIENTS)
async def test_gets_of_client_libraries_are_cached(gateway, client):
    headers, params = CLIENTS[client]
    response = await warm(gateway, params, **headers)
    check_caching(gateway, response, await get(gateway, params, **headers))
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Origin" not in response.headers["Vary"]
    unchanged = await get(gateway, params, **headers, **{"If-None-Match": response.headers["ETag"]})
    assert (unchanged.status_code, unchanged.headers["Access-Control-Allow-Origin"]) == (304, "*")


async def test_hashed_query_by_get_is_registered_and_cached(gateway):
    hashed = {"extensions": json.dumps(PERSISTED)}
    unknown = await get(gateway, hashed)
    assert unknown.json()["errors"][0]["message"] == "PersistedQueryNotFound"
    assert (await get(gateway, hashed | {"query": QUERY})).status_code == 200
    response = await warm(gateway, hashed)
    check_caching(gateway, response, await get(gateway, hashed))


async def test_origin_and_no_origin_share_a_response(gateway):
    response = await warm(gateway, {"query": QUERY})
    plain = await gateway.http.get("/graphql", params={"query": QUERY})
    assert (plain.content, gateway.responses.hits) == (response.content, 1)
    assert plain.headers["Access-Control-Allow-Origin"] == "*"


async def test_mutation_by_get_stays_refused(gateway):
    assert (await get(gateway, {"query": 'mutation { updateUser(id: "2") { __typename } }'})).status_code == 405


class TestWithOrigins:
    @pytest.fixture
    def settings(self):
        return {"cors_origins": (ORIGIN, "https://second.example")}

    @pytest.mark.parametrize("origin", [ORIGIN, "https://second.example"])
    async def test_listed_origins_get_cacheable_responses(self, gateway, origin):
        params = {"query": QUERY}
        for other in (ORIGIN, "https://second.example"):
            await warm(gateway, params, Origin=other)
        response = await get(gateway, params, Origin=origin)
        check_caching(gateway, response, await get(gateway, params, Origin=origin))
        assert response.headers["Access-Control-Allow-Origin"] == origin
        assert "Retry-After" in response.headers["Access-Control-Expose-Headers"]
        assert "Origin" in response.headers["Vary"].split(", ")

    async def test_every_response_varies_by_origin(self, gateway):
        await warm(gateway, {"query": QUERY})
        for path in ("/graphql?query={user(id:2){id}}", "/graphql", "/nothing", "/healthz"):
            for headers in ({}, {"Origin": "https://other.example"}):
                response = await gateway.http.get(path, headers=headers)
                assert "Origin" in response.headers["Vary"].split(", ")
                assert "Access-Control-Allow-Origin" not in response.headers
