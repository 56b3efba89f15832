"""What browsers need and what they must not be used for: other sites' pages may read, and may not smuggle."""

import pytest

PLAIN = "application/json"
SITE = {"Origin": "https://site.example"}
GOOD = "{ user(id: 2) { id } }"


async def post(gateway, query, **headers):
    return await gateway.http.post("/graphql", json={"query": query}, headers=headers)


@pytest.mark.parametrize("path,status", [("/graphql", 200), ("/nothing", 404)])
async def test_every_status_may_be_read_by_other_sites(gateway, path, status):
    answer = await gateway.http.post(path, json={"query": GOOD}, headers={"Origin": "https://site.example"})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (status, "*")
    assert "RateLimit" in answer.headers["Access-Control-Expose-Headers"]


async def test_a_refused_body_may_be_read_by_other_sites(gateway):
    answer = await gateway.http.post(
        "/graphql", content=b" " * 70_000, headers={"Origin": "https://a.b", "Content-Type": PLAIN}
    )
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (413, "*")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("wanted", ["content-type", "authorization, content-type", "apollographql-client-name, x-any"])
async def test_a_browser_may_ask_first_whatever_its_library_sends_along(gateway, method, wanted):
    asks = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": wanted}
    answer = await gateway.http.options("/graphql", headers=SITE | asks)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Headers"] == wanted


async def test_a_refused_method_may_be_read_by_other_sites(gateway):
    answer = await gateway.http.delete("/graphql", headers=SITE)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (405, "*")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_simple_request_of_another_site_is_refused(gateway, site):
    answer = await gateway.http.get("/graphql", params={"query": GOOD}, headers={"Sec-Fetch-Site": site})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (403, "CROSS_SITE_REQUEST")


async def test_a_simple_request_of_an_older_browser_is_known_by_its_origin(gateway):
    answer = await gateway.http.get("/graphql", params={"query": GOOD}, headers=SITE)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "GraphQL-Require-Preflight": "1"},
        {"Sec-Fetch-Site": "cross-site", "Apollo-Require-Preflight": "true"},
        SITE | {"X-Apollo-Operation-Name": "Profile"},
    ],
)
async def test_other_gets_are_answered(gateway, headers):
    assert (await gateway.http.get("/graphql", params={"query": GOOD}, headers=headers)).status_code == 200


async def test_answers_are_not_guessed_at_or_stored(gateway):
    headers = (await post(gateway, GOOD)).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


async def test_a_browser_gets_a_page(gateway):
    answer = await gateway.http.get("/graphql", headers={"Accept": "text/html,*/*;q=0.8"})
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "graphiql" in answer.text.lower()
    assert answer.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("accept", ["application/json, text/html", "text/html;q=0, */*", "*/*"])
async def test_who_would_rather_have_json_gets_no_page(gateway, accept):
    answer = await gateway.http.get("/graphql", params={"query": GOOD}, headers={"Accept": accept})
    assert "text/html" not in answer.headers["Content-Type"]


class TestWithOrigins:
    @pytest.fixture
    def settings(self):
        return {"cors_origins": ("https://mine.example",)}

    @pytest.mark.parametrize("origin,allowed", [("https://mine.example", True), ("https://other.example", False)])
    async def test_only_the_pages_that_are_named_may_read(self, gateway, origin, allowed):
        answer = await post(gateway, GOOD, Origin=origin)
        assert (answer.headers.get("Access-Control-Allow-Origin") == origin) is allowed
