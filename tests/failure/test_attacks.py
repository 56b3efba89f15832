"""Hostile requests: refused quickly, without internals of the gateway, without effect on other clients."""

import json
import time

import pytest

JSON_TYPE = {"Content-Type": "application/json"}
STRICT = {"Accept": "application/graphql-response+json"}
NORMAL = "{ user(id: 2) { id } status { upstream } }"
INTERNALS = (
    "Traceback",
    "site-packages",
    "gateway/",
    "http://sandbox",
    "httpx",
    "msgspec",
    "strawberry",
    "set_int_max",
)


def doubling(depth):
    spreads = " ".join(f"fragment f{i} on Query {{ ...f{i + 1} ...f{i + 1} }}" for i in range(depth))
    return f"{{ ...f0 }} {spreads} fragment f{depth} on Query {{ status {{ version }} }}"


def cycle(length):
    return "{ ...f0 }" + "".join(f" fragment f{i} on Query {{ ...f{(i + 1) % length} }}" for i in range(length))


WHOLE_SCHEMA = "__schema { types { name fields { name args { name type { name } } type { name ofType { name } } } } }"
DOCUMENTS = {
    "1,500 overlapping selections": "{ " + "status { version } " * 1500 + "}",
    "980 of the same leaf": "{ status { " + "version " * 980 + "} }",
    "100,000 tokens": "{ " + "a " * 100_000 + "}",
    "10,000 deep": "{ user(id: 1) " + "{ stats { user " * 5000 + "{ id }" + " } }" * 5000 + " }",
    "10,000 deep lists": "{ users(ids: " + "[" * 10_000 + "]" * 10_000 + ") { id } }",
    "10,000 deep objects": "{ user(id: " + "{a: " * 10_000 + "1" + "}" * 10_000 + ") { id } }",
    "the schema under 100 aliases": "{ " + " ".join(f"a{i}: {WHOLE_SCHEMA}" for i in range(100)) + " }",
    "the schema under 20 aliases": "{ " + " ".join(f"a{i}: __schema {{ types {{ name }} }}" for i in range(20)) + " }",
    "100 aliases": "{ " + " ".join(f"a{i}: user(id: 1) {{ id }}" for i in range(100)) + " }",
    "100 directives": "{ status " + "@skip(if: false) " * 100 + "{ version } }",
    "doubling fragments": doubling(21).replace("version", "version a: version b: version"),
    "a fragment cycle": cycle(40),
    "a number of 5,000 digits": "{ bestPlays(first: " + "9" * 5000 + ") { nodes { pp } } }",
    "2^63 as an ID": "{ user(id: 9223372036854775808) { id } }",
    "an ID of 50 KB": '{ user(id: "' + "9" * 50_000 + '") { id } }',
    "a null byte": '{ user(id: "1\\u0000") { id } }',
    "a lone surrogate": '{ user(id: "\\ud800") { id } }',
    "ten of the largest list": "{ "
    + " ".join(
        f"a{i}: bestPlays(first: 500, mode: {m}) {{ nodes {{ user {{ stats {{ latest {{ pp }} }} }} }} }}"
        for i, m in enumerate(["OSU", "TAIKO"] * 5)
    )
    + " }",
    "a subscription": "subscription { status { version } }",
    "nothing": "   ",
    "an unknown field": "{ osu }",
}


async def post_body(gateway, body, headers=STRICT):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await gateway.http.post("/graphql", content=content, headers={**JSON_TYPE, **headers})


def assert_refused(response):
    assert 400 <= response.status_code < 500
    assert "data" not in response.json() or response.json()["data"] is None
    for error in response.json()["errors"]:
        assert error["extensions"]["code"] != "INTERNAL_SERVER_ERROR"
        assert [word for word in INTERNALS if word in json.dumps(error)] == []
    assert len(response.content) < 50_000


async def assert_still_serving(gateway):
    assert (await gateway.ask(NORMAL))["user"] == {"id": "2"}


@pytest.fixture
def settings():
    return {"max_body_bytes": 1_000_000}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
async def test_hostile_document_is_refused(gateway, document):
    response = await post_body(gateway, {"query": document})
    if response.status_code == 200:  # refused by a resolver
        assert response.json()["data"] is None
        assert response.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    else:
        assert_refused(response)
    await assert_still_serving(gateway)


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
async def test_hostile_document_is_refused_quickly(gateway, document):
    await gateway.ask(NORMAL)
    durations_s = []
    for attempt in range(3):
        start = time.process_time()
        await post_body(gateway, {"query": f"{document} # {attempt}"})
        durations_s.append(time.process_time() - start)
    assert min(durations_s) < 0.05


BODIES = {
    "null": b"null",
    "a number": b"7",
    "a string": b'"{ status { version } }"',
    "a batch": b'[{"query": "{ status { version } }"}]',
    "not JSON": b"{",
    "nothing": b"",
    "invalid UTF-8": b'{"query": "\xff"}',
    "a lone surrogate": b'{"query": "{ user(id: \\"\\ud800\\") { id } }"}',
    "NaN": b'{"query": "query($a: Int!) { bestPlays(first: $a) { nodes { pp } } }", "variables": {"a": NaN}}',
    "1e400": b'{"query": "query($a: Int!) { bestPlays(first: $a) { nodes { pp } } }", "variables": {"a": 1e400}}',
    "5,000 digits": b'{"query": "query($a: Int!) { bestPlays(first: $a) { nodes { pp } } }", "variables": {"a": '
    + b"9" * 5000
    + b"}}",
    "deep JSON": b'{"query": "{ status { version } }", "variables": {"a": ' + b"[" * 50_000 + b"]" * 50_000 + b"}}",
    "a query that is an object": b'{"query": {"a": 1}}',
    "no query": b"{}",
    "variables that are a list": b'{"query": "{ status { version } }", "variables": [1]}',
    "an operation name that is a number": b'{"query": "{ status { version } }", "operationName": 5}',
    "a long operation name": b'{"query": "query A { status { version } }", "operationName": "' + b"x" * 500_000 + b'"}',
    "several operations without a name": b'{"query": "query A { status { version } } query B { status { version } }"}',
    "10 MB": b'{"query": "' + b" " * 10_000_000 + b'"}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_hostile_body_is_refused(gateway, body):
    assert_refused(await post_body(gateway, body))
    await assert_still_serving(gateway)


@pytest.mark.parametrize(
    "media_type",
    [
        "text/plain",
        "text/plain, application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ],
)
async def test_body_of_another_media_type_is_refused(gateway, media_type):
    response = await post_body(gateway, {"query": NORMAL}, {"Content-Type": media_type})
    assert response.status_code == 415
    assert_refused(response)


async def test_endless_body_is_read_up_to_the_limit(gateway):
    sent = 0

    async def endless():
        nonlocal sent
        while True:
            sent += 1
            yield b" " * 65_536

    response = await gateway.http.post("/graphql", content=endless(), headers=JSON_TYPE)
    assert response.status_code == 413
    assert sent < 20


async def test_many_ids_and_modes_are_refused_quickly(gateway):
    query = "query($a: [ID!]!, $m: [GameMode!]!) { users(ids: $a) { allStats(modes: $m) { latest { pp } } } }"
    variables = {"a": [str(i) for i in range(4000)], "m": [f"M{i}" for i in range(4000)]}
    start = time.process_time()
    assert_refused(await post_body(gateway, {"query": query, "variables": variables}))
    assert time.process_time() - start < 0.2


async def test_mutation_by_get_is_refused(gateway):
    response = await gateway.http.get("/graphql", params={"query": "mutation { updateUser(id: 2) { __typename } }"})
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")
    assert gateway.sandbox.count() == 0
