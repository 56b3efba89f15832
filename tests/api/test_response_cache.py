"""Finished answers: sent again while they hold, to everyone who asks the same, in the form that each takes."""

import gzip
import re

import brotli
import pytest
import zstandard

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


async def post(gateway, query, **headers):
    return await gateway.http.post("/graphql", json={"query": query}, headers=headers)


async def warm(gateway, query=QUERY, **headers):
    """Asked until the answer comes from what is finished; the first cost a request, the second was made of memory."""
    await get(gateway, query, **headers)
    return await get(gateway, query, **headers)


def responses(gateway):
    return gateway.app.state.lookup.__self__


def kept(gateway):
    return len(responses(gateway).cache)


async def test_the_same_question_gets_the_same_answer_with_its_age(gateway):
    made = await warm(gateway)
    gateway.clock.move(7)
    again = await get(gateway, QUERY)
    assert (again.content, again.headers["Age"]) == (made.content, "7")
    assert made.json()["extensions"]["cost"]["charged"] == 0
    assert kept(gateway) == 1


async def test_an_answer_may_be_kept_as_long_as_the_least_fresh_thing_in_it(gateway):
    await gateway.ask('{ user(id: "2") { stats { peak { pp } } } }')
    gateway.clock.move(100)
    both = '{ user(id: "2") { stats { peak { pp } hiscores { totalCount } } } }'
    assert (await warm(gateway, both)).headers["Cache-Control"] == "public, max-age=500"


async def test_an_answer_is_made_anew_when_its_time_is_over(gateway):
    await warm(gateway)
    gateway.clock.move(599)
    assert (await get(gateway, QUERY)).headers["Age"] == "599"
    gateway.clock.move(1)
    assert "Age" not in (await get(gateway, QUERY)).headers


async def test_who_has_the_answer_is_not_sent_it_again(gateway):
    etag = (await warm(gateway)).headers["ETag"]
    again = await get(gateway, QUERY, **{"If-None-Match": f'"other", {etag}'})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    assert "Content-Type" not in again.headers


async def test_another_etag_gets_the_answer(gateway):
    await warm(gateway)
    assert (await get(gateway, QUERY, **{"If-None-Match": 'W/"other"'})).status_code == 200


@pytest.mark.parametrize("coding", DECODED)
async def test_large_answers_are_kept_compressed(gateway, coding):
    plain = await warm(gateway, SERIES, **{"Accept-Encoding": "identity"})
    await warm(gateway, SERIES, **{"Accept-Encoding": coding})
    url = gateway.http.build_request("GET", "/graphql", params={"query": SERIES}).url
    request = gateway.http.build_request("GET", url, headers={"Accept-Encoding": coding})
    again = await gateway.http.send(request, stream=True)
    body = b"".join([chunk async for chunk in again.aiter_raw()])
    assert (again.headers["Content-Encoding"], again.headers["Content-Length"]) == (coding, str(len(body)))
    assert DECODED[coding](body) == plain.content
    assert len(body) < len(plain.content) / 2
    assert again.headers["ETag"] == plain.headers["ETag"]
    assert again.headers["Vary"] == "Accept, Origin, Accept-Encoding"


@pytest.mark.parametrize(
    "accepted,chosen",
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
async def test_the_coding_is_the_one_that_the_client_prefers(gateway, accepted, chosen):
    assert (await post(gateway, SERIES, **{"Accept-Encoding": accepted})).headers.get("Content-Encoding") == chosen


async def test_an_update_is_seen_by_the_next_reader(gateway):
    await warm(gateway)
    await gateway.ask(UPDATE)
    after = await get(gateway, QUERY)
    assert "Age" not in after.headers
    assert after.json()["extensions"]["cost"]["charged"] == 1


async def test_the_update_of_another_player_changes_nothing(gateway):
    await warm(gateway)
    await gateway.ask(UPDATE.replace('"2"', '"1001"'))
    assert (await get(gateway, QUERY)).headers["Age"] == "0"


@pytest.mark.parametrize(
    "query",
    [
        "{ rateLimit { remaining } }",
        "{ status { upstream } }",
        '{ user(id: "7") { username } }',
        '{ hiscoresByUsername(username: "nobody_here") { totalCount } }',
        "{ nobody }",
        UPDATE,
    ],
)
async def test_what_belongs_to_the_caller_or_the_moment_is_not_kept(gateway, query):
    for _ in range(3):
        answer = await post(gateway, query)
    assert answer.headers["Cache-Control"] == "no-store"
    assert kept(gateway) == 0


async def test_stale_answers_are_not_kept(gateway):
    await get(gateway, QUERY)
    gateway.clock.move(3600)
    for _ in range(2):
        assert (await get(gateway, QUERY)).json()["extensions"]["warnings"]
    assert kept(gateway) == 0


async def test_posts_are_answered_from_memory_and_not_to_be_stored_by_others(gateway):
    await post(gateway, QUERY)
    made, again = await post(gateway, QUERY), await post(gateway, QUERY)
    assert (made.content, kept(gateway)) == (again.content, 1)
    assert again.headers["Cache-Control"] == "no-store"
    assert "ETag" not in again.headers


async def test_each_request_has_an_id_of_its_own(gateway):
    await warm(gateway)
    ids = [(await get(gateway, QUERY)).headers["X-Request-ID"] for _ in range(2)]
    assert all(re.fullmatch("[0-9a-f]{32}", each) for each in ids)
    assert ids[0] != ids[1]
    assert (await get(gateway, QUERY, **{"X-Request-ID": "mine"})).headers.get_list("X-Request-ID") == ["mine"]


async def test_other_sites_may_read_what_is_kept(gateway):
    headers = {"Origin": "https://site.example"}
    answers = [await post(gateway, QUERY, **headers) for _ in range(3)]
    assert {answer.headers["Access-Control-Allow-Origin"] for answer in answers} == {"*"}
    assert kept(gateway) == 1


async def test_another_site_can_not_fetch_what_is_kept_without_asking_first(gateway):
    await warm(gateway)
    assert (await get(gateway, QUERY, **{"Sec-Fetch-Site": "cross-site"})).status_code == 403


@pytest.mark.parametrize("html", ["text/html", "Text/HTML"])
async def test_a_browser_gets_the_page_and_not_the_answer(gateway, html):
    await warm(gateway)
    page = await get(gateway, QUERY, Accept=f"{html},*/*;q=0.8")
    assert page.headers["Content-Type"].startswith("text/html")


async def test_the_media_types_are_kept_apart(gateway):
    await warm(gateway)
    strict = "application/graphql-response+json"
    await warm(gateway, Accept=strict)
    assert (await get(gateway, QUERY, Accept=strict)).headers["Content-Type"].startswith(strict)
    assert (await get(gateway, QUERY)).headers["Content-Type"].startswith("application/json")


async def test_a_header_that_comes_twice_is_left_to_the_application(gateway):
    await warm(gateway)
    headers = [("Accept", "image/png"), ("Accept", "application/json")]
    answer = await gateway.http.get("/graphql", params={"query": QUERY}, headers=headers)
    assert "Age" not in answer.headers


class TestWithPoints:
    @pytest.fixture
    def settings(self):
        return {"client_points": 10, "client_points_per_minute": 10}

    async def test_what_is_kept_costs_nothing_and_tells_nobody_of_anothers_points(self, gateway):
        await warm(gateway)
        again = await get(gateway, QUERY)
        assert again.headers["Age"] == "0"
        assert "RateLimit" not in again.headers


class TestWithoutRoom:
    @pytest.fixture
    def settings(self):
        return {"response_cache_max_bytes": 0}

    async def test_nothing_is_kept(self, gateway):
        await warm(gateway)
        assert "Age" not in (await get(gateway, QUERY)).headers

    async def test_evicted_response_is_still_revalidated_by_etag(self, gateway):
        etag = (await warm(gateway)).headers["ETag"]
        assert (await get(gateway, QUERY, **{"If-None-Match": etag})).status_code == 304


class TestWithLittleRoom:
    @pytest.fixture
    def settings(self):
        return {"response_cache_max_bytes": 10_000}

    async def test_the_least_recently_used_goes_first(self, gateway):
        for number in range(20):
            await warm(gateway, QUERY.replace("pp", f"pp a{number}: pp"))
        assert 0 < kept(gateway) < 10
        assert "Age" in (await get(gateway, QUERY.replace("pp", "pp a19: pp"))).headers
        assert "Age" not in (await get(gateway, QUERY.replace("pp", "pp a0: pp"))).headers
