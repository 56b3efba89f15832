"""The response cache: repeated requests, validity, revalidation, compression and separate variants."""

import gzip
import re

import brotli
import pytest
import zstandard

from gateway.sandbox import Fault
from tests.support.cache_control import max_age

QUERY = '{ user(id: "2") { stats { latest { pp } } } }'
SERIES = '{ user(id: "2") { stats { snapshots { at pp globalRank playCount accuracy } } } }'
UPDATE = 'mutation { updateUser(id: "2") { __typename } }'
DECODED = {
    "zstd": lambda body: zstandard.ZstdDecompressor().decompress(body, max_output_size=10**8),
    "br": brotli.decompress,
    "gzip": gzip.decompress,
}


async def get(gateway, query, **headers):
    return await gateway.http.get("/graphql", params={"query": query}, headers=headers)


async def warm(gateway, query=QUERY, **headers):
    """The response that is cached: the second one, as the first is charged for an upstream request."""
    await get(gateway, query, **headers)
    return await get(gateway, query, **headers)


def cached_count(gateway):
    return len(gateway.responses.cache)


async def is_hit(gateway, query=QUERY):
    """Whether the response to the query is cached."""
    hits = gateway.responses.hits
    await get(gateway, query)
    return gateway.responses.hits > hits


async def test_repeated_request_gets_cached_response(gateway):
    original = await warm(gateway)
    gateway.clock.move(7)
    cached = await get(gateway, QUERY)
    assert (cached.content, gateway.responses.hits) == (original.content, 1)
    # The rest of its lifetime, without an age that some caches would ignore.
    assert (max_age(original), max_age(cached), cached.headers.get("Age")) == (600, 593, None)
    assert original.json()["extensions"]["cost"]["charged"] == 0
    assert cached_count(gateway) == 1


async def test_least_fresh_data_limits_max_age(gateway):
    await gateway.ask('{ user(id: "2") { stats { peak { pp } } } }')
    gateway.clock.move(100)
    both = '{ user(id: "2") { stats { peak { pp } hiscores { totalCount } } } }'
    assert max_age(await warm(gateway, both)) == 500


async def test_expired_response_is_replaced(gateway):
    await warm(gateway)
    gateway.clock.move(599)
    assert await is_hit(gateway)
    gateway.clock.move(1)
    assert not await is_hit(gateway)


async def test_matching_etag_gets_304_without_body(gateway):
    etag = (await warm(gateway)).headers["ETag"]
    cached = await get(gateway, QUERY, **{"If-None-Match": f'"other", {etag}'})
    assert (cached.status_code, cached.content, cached.headers["ETag"]) == (304, b"", etag)
    assert "Content-Type" not in cached.headers


async def test_other_etag_gets_the_whole_response(gateway):
    await warm(gateway)
    assert (await get(gateway, QUERY, **{"If-None-Match": 'W/"other"'})).status_code == 200


@pytest.mark.parametrize("coding", DECODED)
async def test_large_responses_are_cached_compressed(gateway, coding):
    plain = await warm(gateway, SERIES, **{"Accept-Encoding": "identity"})
    await warm(gateway, SERIES, **{"Accept-Encoding": coding})
    url = gateway.http.build_request("GET", "/graphql", params={"query": SERIES}).url
    request = gateway.http.build_request("GET", url, headers={"Accept-Encoding": coding})
    cached = await gateway.http.send(request, stream=True)
    body = b"".join([chunk async for chunk in cached.aiter_raw()])
    assert (cached.headers["Content-Encoding"], cached.headers["Content-Length"]) == (coding, str(len(body)))
    assert DECODED[coding](body) == plain.content
    assert len(body) < len(plain.content) / 2
    assert cached.headers["ETag"] == plain.headers["ETag"]
    assert cached.headers["Vary"] == "Accept, Accept-Encoding"


@pytest.mark.parametrize(
    "accepted,coding",
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, br", "br"),
        ("gzip;q=1, br;q=0.5", "gzip"),
        ("*", "zstd"),
        ("zstd;q=0, *", "br"),
        ("gzip;q=0.5, identity", None),
        ("deflate", None),
        ("", None),
    ],
)
async def test_response_has_the_preferred_coding(gateway, accepted, coding):
    assert (await gateway.post(SERIES, **{"Accept-Encoding": accepted})).headers.get("Content-Encoding") == coding


async def test_update_invalidates_the_cached_response(gateway):
    await warm(gateway)
    await gateway.ask(UPDATE)
    after = await get(gateway, QUERY)
    assert gateway.responses.hits == 0
    assert after.json()["extensions"]["cost"]["charged"] == 1


async def test_update_of_another_player_invalidates_nothing(gateway):
    await warm(gateway)
    await gateway.ask(UPDATE.replace('"2"', '"1001"'))
    assert await is_hit(gateway)


@pytest.mark.parametrize(
    "query",
    [
        "{ rateLimit { remaining } }",
        "{ status { upstream } }",
        '{ hiscoresByUsername(username: "nobody_here") { totalCount } }',
        "{ nobody }",
        UPDATE,
    ],
)
async def test_personal_and_momentary_responses_are_not_cached(gateway, query):
    for _ in range(3):
        response = await gateway.post(query)
    assert response.headers["Cache-Control"] == "no-store"
    assert cached_count(gateway) == 0


async def test_stale_responses_are_not_cached(gateway):
    await get(gateway, QUERY)
    gateway.sandbox.faults = (Fault(kind="status", status=500),)
    gateway.clock.move(3600)
    for _ in range(2):
        response = await get(gateway, QUERY)
        assert response.json()["extensions"]["warnings"]
        assert response.headers["Cache-Control"] == "no-store"
    assert cached_count(gateway) == 0


async def test_posts_are_cached_but_not_by_clients(gateway):
    await gateway.post(QUERY)
    original, cached = await gateway.post(QUERY), await gateway.post(QUERY)
    assert (original.content, cached_count(gateway)) == (cached.content, 1)
    assert cached.headers["Cache-Control"] == "no-store"
    assert "ETag" not in cached.headers


async def test_cached_responses_have_their_own_request_ids(gateway):
    await gateway.post(QUERY)
    ids = [(await gateway.post(QUERY)).headers["X-Request-ID"] for _ in range(3)]
    assert all(re.fullmatch("[0-9a-f]{32}", each) for each in ids)
    assert len({*ids}) == 3
    assert (await gateway.post(QUERY, **{"X-Request-ID": "client-1"})).headers.get_list("X-Request-ID") == ["client-1"]


async def test_cached_responses_have_cors_headers(gateway):
    headers = {"Origin": "https://site.example"}
    responses = [await gateway.post(QUERY, **headers) for _ in range(3)]
    assert {response.headers["Access-Control-Allow-Origin"] for response in responses} == {"*"}
    assert cached_count(gateway) == 1


@pytest.mark.parametrize("origin", ["", "https://site.example"])
async def test_all_origins_share_one_response(gateway, origin):
    bodies = [await gateway.post(QUERY, Origin=f"https://{number}.example") for number in range(9)]
    bodies += [await gateway.post(QUERY), await gateway.post(QUERY, Origin=origin)]
    assert {response.headers["Access-Control-Allow-Origin"] for response in bodies} == {"*"}
    assert cached_count(gateway) == 1


async def test_simple_cross_site_get_misses_the_cache(gateway):
    await warm(gateway)
    assert (await get(gateway, QUERY, **{"Sec-Fetch-Site": "cross-site"})).status_code == 403


@pytest.mark.parametrize("html", ["text/html", "Text/HTML"])
async def test_page_view_misses_the_cache(gateway, html):
    await warm(gateway)
    page = await get(gateway, QUERY, Accept=f"{html},*/*;q=0.8")
    assert page.headers["Content-Type"].startswith("text/html")


async def test_media_types_are_cached_separately(gateway):
    await warm(gateway)
    strict = "application/graphql-response+json"
    await warm(gateway, Accept=strict)
    assert (await get(gateway, QUERY, Accept=strict)).headers["Content-Type"].startswith(strict)
    assert (await get(gateway, QUERY)).headers["Content-Type"].startswith("application/json")


class TestWithOrigins:
    @pytest.fixture
    def settings(self):
        return {"cors_origins": ("https://a.example", "https://b.example")}

    @pytest.mark.parametrize("origin", ["https://a.example", "https://b.example"])
    async def test_allowed_origins_have_own_responses(self, gateway, origin):
        await gateway.post(QUERY)
        for site in ["https://a.example", "https://b.example", "https://c.example"]:
            await gateway.post(QUERY, Origin=site)
        assert (await gateway.post(QUERY, Origin=origin)).headers["Access-Control-Allow-Origin"] == origin

    async def test_other_origins_share_one_response(self, gateway):
        await gateway.post(QUERY)
        for origin in ["https://c.example", "other", "", "*", "HTTPS://A.EXAMPLE", "https://a.example, null"]:
            response = await gateway.post(QUERY, Origin=origin)
            assert "Access-Control-Allow-Origin" not in response.headers
        assert cached_count(gateway) == 1


class TestWithPoints:
    @pytest.fixture
    def settings(self):
        return {"client_points": 10, "client_points_per_minute": 10}

    async def test_cached_response_is_free_without_rate_headers(self, gateway):
        await gateway.post(QUERY)
        charged, cached = await gateway.post(QUERY), await gateway.post(QUERY)
        assert gateway.responses.hits == 1
        assert ("RateLimit" in charged.headers, "RateLimit" in cached.headers) == (True, False)


class TestWithoutMemory:
    @pytest.fixture
    def settings(self):
        return {"response_cache_max_bytes": 0}

    async def test_nothing_is_cached(self, gateway):
        await warm(gateway)
        assert not await is_hit(gateway)

    async def test_evicted_response_is_still_revalidated_by_etag(self, gateway):
        etag = (await warm(gateway)).headers["ETag"]
        assert (await get(gateway, QUERY, **{"If-None-Match": etag})).status_code == 304


class TestWithLittleMemory:
    @pytest.fixture
    def settings(self):
        return {"response_cache_max_bytes": 10_000}

    async def test_least_recently_used_response_is_evicted(self, gateway):
        for number in range(20):
            await warm(gateway, QUERY.replace("pp", f"pp a{number}: pp"))
        assert 0 < cached_count(gateway) < 10
        assert await is_hit(gateway, QUERY.replace("pp", "pp a19: pp"))
        assert not await is_hit(gateway, QUERY.replace("pp", "pp a0: pp"))
