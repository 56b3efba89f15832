"""Requests from browsers: CORS, cross-site request forgery, security headers and GraphiQL."""

import pytest

PLAIN = "application/json"
SITE = {"Origin": "https://site.example"}
QUERY = "{ user(id: 2) { id } }"


@pytest.mark.parametrize("path,status", [("/graphql", 200), ("/nothing", 404)])
async def test_cors_headers_are_on_every_status(gateway, path, status):
    response = await gateway.http.post(path, json={"query": QUERY}, headers=SITE)
    assert (response.status_code, response.headers["Access-Control-Allow-Origin"]) == (status, "*")
    assert "RateLimit" in response.headers["Access-Control-Expose-Headers"]


async def test_cors_headers_are_on_refused_bodies(gateway):
    response = await gateway.http.post(
        "/graphql", content=b" " * 70_000, headers={"Origin": "https://a.b", "Content-Type": PLAIN}
    )
    assert (response.status_code, response.headers["Access-Control-Allow-Origin"]) == (413, "*")


@pytest.mark.parametrize("method", ["GET", "POST", "QUERY"])
@pytest.mark.parametrize("headers", ["content-type", "authorization, content-type", "apollographql-client-name, x-any"])
async def test_preflight_allows_any_request_header(gateway, method, headers):
    preflight = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    response = await gateway.http.options("/graphql", headers=SITE | preflight)
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Headers"] == headers


async def test_cors_headers_are_on_refused_methods(gateway):
    response = await gateway.http.delete("/graphql", headers=SITE)
    assert (response.status_code, response.headers["Access-Control-Allow-Origin"]) == (405, "*")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_simple_cross_site_get_is_refused(gateway, site):
    response = await gateway.http.get("/graphql", params={"query": QUERY}, headers={"Sec-Fetch-Site": site})
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (403, "CROSS_SITE_REQUEST")


async def test_preflight_for_a_private_network_is_answered(gateway):
    preflight = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Private-Network": "true"}
    response = await gateway.http.options("/graphql", headers=SITE | preflight)
    assert (response.status_code, response.headers["Access-Control-Allow-Private-Network"]) == (200, "true")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "GraphQL-Require-Preflight": "1"},
        {"Sec-Fetch-Site": "cross-site", "Apollo-Require-Preflight": "true"},
        {"Sec-Fetch-Site": "cross-site", "X-Apollo-Operation-Name": "Profile"},
        SITE | {"X-Apollo-Operation-Name": "Profile"},
    ],
)
async def test_same_site_and_preflighted_gets_are_accepted(gateway, headers):
    assert (await gateway.http.get("/graphql", params={"query": QUERY}, headers=headers)).status_code == 200


async def test_responses_are_neither_sniffed_nor_stored(gateway):
    headers = (await gateway.post(QUERY)).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


async def test_page_view_gets_graphiql(gateway):
    response = await gateway.http.get("/graphql", headers={"Accept": "text/html,*/*;q=0.8"})
    assert response.headers["Content-Type"].startswith("text/html")
    assert "graphiql" in response.text.lower()
    assert response.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("accept", ["application/json, text/html", "text/html;q=0, */*", "*/*"])
async def test_client_preferring_json_gets_no_page(gateway, accept):
    response = await gateway.http.get("/graphql", params={"query": QUERY}, headers={"Accept": accept})
    assert "text/html" not in response.headers["Content-Type"]


class TestWithOrigins:
    @pytest.fixture
    def settings(self):
        return {"cors_origins": ("https://allowed.example",)}

    async def test_older_browsers_are_recognised_by_origin(self, gateway):
        response = await gateway.http.get("/graphql", params={"query": QUERY}, headers=SITE)
        assert response.status_code == 403
        assert "Access-Control-Allow-Origin" not in response.headers

    @pytest.mark.parametrize("site", ["cross-site", "same-site", "Cross-Site", "unknown"])
    @pytest.mark.parametrize("origin", [None, "https://other.example", "null", "https://allowed.example.evil"])
    async def test_cross_site_get_of_other_origins_is_refused(self, gateway, site, origin):
        headers = {"Sec-Fetch-Site": site} | ({"Origin": origin} if origin else {})
        for _ in range(2):
            response = await gateway.http.get("/graphql", params={"query": QUERY}, headers=headers)
            assert (response.status_code, response.headers["Cache-Control"]) == (403, "no-store")

    async def test_preflighted_get_of_other_origins_is_accepted(self, gateway):
        headers = SITE | {"X-Apollo-Operation-Name": "Profile"}
        assert (await gateway.http.get("/graphql", params={"query": QUERY}, headers=headers)).status_code == 200

    @pytest.mark.parametrize("origin,allowed", [("https://allowed.example", True), ("https://other.example", False)])
    async def test_only_configured_origins_can_read_responses(self, gateway, origin, allowed):
        response = await gateway.post(QUERY, Origin=origin)
        assert (response.headers.get("Access-Control-Allow-Origin") == origin) is allowed
