"""Responses in shared caches: lifetimes and tags, nothing about one client, and none for requests with credentials."""

import json
from hashlib import sha256

import pytest

from gateway.sandbox import Fault
from gateway.web.files.cached_files import FILES
from tests.support.cache_control import directives, max_age

QUERY = '{ user(id: "2") { username stats { latest { pp } } } }'
SERIES = '{ user(id: "2") { stats { snapshots { at pp globalRank playCount accuracy } } } }'
HASH = {"extensions": json.dumps({"persistedQuery": {"version": 1, "sha256Hash": sha256(QUERY.encode()).hexdigest()}})}
PER_CLIENT = ("X-Request-ID", "RateLimit", "RateLimit-Policy")
SHARED = {"max-age", "s-maxage", "stale-while-revalidate", "stale-if-error", "public"}


@pytest.fixture
def settings():
    return {"client_points": 60}


async def get(gateway, query=QUERY, *, method="GET", **headers):
    return await gateway.http.request(method, "/graphql", params={"query": query}, headers=headers)


def per_client(response):
    """The headers of the response that depend on the client or the request."""
    return [name for name in PER_CLIENT if name in response.headers]


@pytest.mark.parametrize("query", [QUERY, SERIES], ids=["small", "large"])
async def test_cacheable_get_has_lifetimes_and_tags(gateway, query):
    await get(gateway, query)
    for _ in range(2):
        response = await get(gateway, query)
        assert directives(response).keys() == SHARED
        assert "user-2-osu" in response.headers["Cache-Tag"].split(",")
        assert response.headers["Surrogate-Key"].split(" ") == response.headers["Cache-Tag"].split(",")
        assert per_client(response) == []
        assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_name_in_a_response_is_a_tag(gateway):
    await get(gateway)
    assert (await get(gateway)).headers["Cache-Tag"] == "user-2-osu,username-2"


async def test_charged_response_is_of_one_client(gateway):
    response = await get(gateway)
    assert response.json()["extensions"]["cost"]["charged"] > 0
    assert response.headers["Cache-Control"] == "no-store"
    assert per_client(response) == list(PER_CLIENT)
    assert "Cache-Tag" not in response.headers


@pytest.mark.parametrize("authorization", ["Bearer token", "Basic Og==", ""])
@pytest.mark.parametrize("query", [QUERY, SERIES], ids=["small", "large"])
async def test_authorized_response_is_never_stored(gateway, query, authorization):
    await get(gateway, query)
    await get(gateway, query)
    for _ in range(3):
        response = await get(gateway, query, Authorization=authorization)
        assert response.headers["Cache-Control"] == "no-store"
        assert {"ETag", "Cache-Tag", "Surrogate-Key"}.isdisjoint(response.headers)
        assert per_client(response) == list(PER_CLIENT)
    assert max_age(await get(gateway, query)) == 600


async def test_credentials_do_not_disable_cached_posts(gateway):
    for _ in range(3):
        response = await gateway.post(QUERY, Authorization="Bearer token")
    assert (response.headers["Cache-Control"], gateway.responses.hits) == ("no-store", 1)


async def test_unmodified_response_has_the_same_headers(gateway):
    await get(gateway)
    first = await get(gateway)
    gateway.clock.move(9)
    full, unmodified = await get(gateway), await get(gateway, **{"If-None-Match": first.headers["ETag"]})
    assert unmodified.status_code == 304
    bodily = {"content-type", "content-length", "content-encoding"}
    assert dict(unmodified.headers) == {name: value for name, value in full.headers.items() if name not in bodily}
    assert max_age(unmodified) == 591


async def test_persisted_document_by_get_is_cacheable(gateway):
    await gateway.http.get("/graphql", params=HASH | {"query": QUERY})
    await gateway.http.get("/graphql", params=HASH)
    response = await gateway.http.get("/graphql", params=HASH)
    assert (max_age(response), response.headers["Cache-Tag"]) == (600, "user-2-osu,username-2")
    assert per_client(response) == []


@pytest.mark.parametrize("query", ["{ rateLimit { remaining } }", "{ nobody }", "{ status { upstream } }"])
async def test_momentary_response_has_no_tags(gateway, query):
    for _ in range(2):
        response = await get(gateway, query)
    assert response.headers["Cache-Control"] == "no-store"
    assert {"Cache-Tag", "Surrogate-Key"}.isdisjoint(response.headers)


async def test_stale_data_are_not_stored(gateway):
    await get(gateway)
    gateway.sandbox.faults = (Fault(kind="status", status=500),)
    gateway.clock.move(3600)
    response = await get(gateway)
    assert response.json()["extensions"]["warnings"]
    assert response.headers["Cache-Control"] == "no-store"


async def test_response_about_many_players_has_one_tag(gateway):
    ids = range(2_000_000_000, 2_000_000_055)
    single = " ".join(f'p{number}: user(id: "{number}") {{ username }}' for number in ids[:30])
    response = await get(gateway, f"{{ users(ids: {json.dumps([*map(str, ids[30:])])}) {{ username }} {single} }}")
    assert (response.headers["Cache-Tag"], response.headers["Surrogate-Key"]) == ("many", "many")


@pytest.mark.parametrize("accept", ["*/*", "image/*"])
@pytest.mark.parametrize(
    "path",
    [
        *(f"/players/2/{name}" for name in sorted(FILES)),
        "/players/2/card.svg?mode=x",
        "/players/70000001/card.png",
        "/robots.txt",
    ],
)
async def test_authorized_file_is_never_stored(gateway, path, accept):
    for headers in ({}, {"Authorization": "Bearer token"}):
        response = await gateway.http.get(path, headers={"Accept": accept} | headers)
    assert response.headers["Cache-Control"] == "no-store"
    assert {"ETag", "Cache-Tag", "Surrogate-Key"}.isdisjoint(response.headers)
    assert "X-Request-ID" in response.headers


@pytest.mark.parametrize(
    "path", ["/healthz", "/readyz", "/metrics", "/", "/schema.graphql", "/static/site.css", "/nothing"]
)
async def test_public_responses_have_no_request_id(gateway, path):
    response = await gateway.http.get(path)
    assert ("X-Request-ID" in response.headers) == ("public" not in response.headers.get("Cache-Control", ""))


async def test_security_contact_has_no_request_id(gateway):
    response = await gateway.http.get("/robots.txt")
    assert ("public" in response.headers["Cache-Control"], "X-Request-ID" in response.headers) == (True, False)


class TestWithOrigins:
    @pytest.fixture
    def settings(self):
        return {"cors_origins": ("https://site.example",)}

    async def test_cacheable_response_varies_by_origin(self, gateway):
        await get(gateway)
        for headers in ({}, {"Origin": "https://site.example"}):
            response = await get(gateway, **headers)
            assert max_age(response) == 600
            assert {"Accept", "Origin"} <= set(response.headers["Vary"].split(", "))
