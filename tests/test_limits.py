"""What an operation may be and may cost: each limit names itself, and what is shared costs once."""

import pytest
from graphql import get_introspection_query

STATS = "stats { latest { pp } }"
BROKEN = {
    "tokens": ("{ " + "a " * 1100 + "}", 1001, 1000),
    "depth": ("{ user(id: 1) { stats { user { stats { user { stats { user { stats { mode } } } } } } } } }", 9, 8),
    "aliases": ("{ " + " ".join(f"a{i}: status {{ version }}" for i in range(31)) + " }", 31, 30),
    "directives": ("{ " + "status { version @skip(if: false) } " * 21 + "}", 21, 20),
    "introspections": (
        "{ __schema { description } a: __schema { description } ...F } fragment F on Query { b: __schema { description } c: __schema { description } }",
        4,
        3,
    ),
    "cost": ("{ bestPlays(first: 29) { nodes { user { " + STATS + " } } } }", 31, 30),
}


@pytest.mark.parametrize("limit", BROKEN)
async def test_a_limit_names_itself_the_value_and_how_it_was_counted(gateway, limit):
    document, value, most = BROKEN[limit]
    error = await gateway.error(document)
    extensions = error["extensions"]
    assert (extensions["code"], extensions["limit"]) == ("LIMIT_EXCEEDED", limit)
    assert (extensions["value"], extensions["max"]) == (value, most)
    assert f"{limit} of this operation is {value}" in error["message"]
    assert "(counted: " in error["message"]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {
            "input_value_deprecation": True,
            "specified_by_url": True,
            "schema_description": True,
        },
        {"directive_is_repeatable": True, "descriptions": False},
    ],
    ids=["Relay", "GraphiQL", "graphql-codegen"],
)
async def test_the_introspection_of_tools_passes(gateway, options):
    data = await gateway.ask(get_introspection_query(**options))
    assert len(data["__schema"]["types"]) > 30


async def cost(gateway, query, **variables):
    response = await gateway.send(query, **variables)
    return response["extensions"]["cost"]["requested"]


@pytest.mark.parametrize(
    "query,points",
    [
        ("{ user(id: 1) { id profileUrl } rateLimit { cost } status { upstream } }", 0),
        ("{ user(id: 1) { stats { latest { pp } earliest { pp } gain { delta { pp } } tracked } } }", 1),
        ("{ a: user(id: 1) { stats { latest { pp } peak { globalRank } } } b: user(id: 1) { stats { tracked } } }", 2),
        ("{ user(id: 1) { stats { peak { globalRank pp } } } }", 2),
        ("{ user(id: 1) { stats { hiscores { totalCount } a: hiscores(first: 3) { totalCount } } } }", 3),
        ("{ user(id: 1) { allStats { tracked } } }", 4),
        ("{ user(id: 1) { allStats(modes: [OSU, OSU]) { tracked } stats { tracked } } }", 1),
        ("{ users(ids: [1, 2, 2]) { stats { tracked } } user(id: 2) { stats { tracked } } }", 2),
        ("{ user(id: 1) { stats { user { stats(mode: MANIA) { tracked } } tracked } } }", 2),
        ("{ bestPlays(first: 5) { nodes { user { stats { tracked } } } } }", 7),
        (
            "{ bestPlays { nodes { pp } } a: bestPlays { nodes { score } } b: bestPlays(mode: TAIKO) { nodes { pp } } }",
            4,
        ),
        ("{ user(id: 1) { ...F ...F } } fragment F on User { stats { tracked latest { pp } } }", 1),
    ],
)
async def test_what_is_shared_costs_once(gateway, query, points):
    assert await cost(gateway, query) == points


async def test_an_update_costs_five_and_its_stats_belong_to_its_mode(gateway):
    query = "mutation { updateUser(id: 2, mode: MANIA) { ... on UpdateUserSuccess { stats { mode tracked } user { stats(mode: MANIA) { tracked } } } } }"
    assert await cost(gateway, query) == 6


async def test_variables_and_their_defaults_are_counted(gateway):
    query = "query($ids: [ID!]! = [1, 2, 3], $mode: GameMode! = OSU) { users(ids: $ids) { stats(mode: $mode) { tracked } } }"
    assert await cost(gateway, query) == 3
    assert await cost(gateway, query, ids=["4"]) == 1


async def test_more_rows_than_an_answer_may_have_are_refused(gateway):
    five = " ".join(f"a{i}: snapshots {{ at }}" for i in range(5))
    response = await gateway.send(f"{{ user(id: 2) {{ stats {{ {five} }} }} }}")
    assert [error["extensions"]["code"] for error in response["errors"]] == ["RESULT_TOO_LARGE"]


class TestWithPoints:
    @pytest.fixture
    def settings(self):
        return {"client_points": 10, "client_points_per_minute": 10, "trusted_proxies": ("127.0.0.1", "10.0.0.0/8")}

    async def post(self, gateway, query, forwarded=""):
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}
        return await gateway.http.post("/graphql", json={"query": query}, headers=headers)

    async def test_what_was_remembered_is_given_back(self, gateway):
        query = "{ user(id: 1001) { stats { hiscores { totalCount } } } rateLimit { remaining cost limit } }"
        first, second = await gateway.send(query), await gateway.send(query)
        assert first["extensions"]["cost"] == {"requested": 3, "charged": 3}
        assert second["extensions"]["cost"] == {"requested": 3, "charged": 0}
        assert second["data"]["rateLimit"] == {"remaining": 4, "cost": 3, "limit": 10}

    async def test_who_has_no_points_is_told_when_there_are_again(self, gateway):
        expensive = "{ users(ids: [1, 2, 3, 4, 5, 6, 7, 8, 9]) { stats { tracked } } }"
        answer = await self.post(gateway, expensive)
        assert answer.headers["RateLimit-Policy"] == '"points";q=10;w=60'
        assert answer.headers["RateLimit"] == '"points";r=1;t=54'
        refused = await self.post(gateway, expensive)
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "48")
        assert refused.json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
        gateway.clock.move(48)
        assert (await self.post(gateway, expensive)).status_code == 200

    async def test_who_has_no_points_may_ask_what_costs_nothing(self, gateway):
        await self.post(gateway, "{ users(ids: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) { stats { tracked } } }")
        assert (await self.post(gateway, "{ status { upstream } }")).status_code == 200

    @pytest.mark.parametrize(
        "one,other,shared",
        [
            ("1.2.3.4", "1.2.3.5", False),
            ("9.9.9.9, 1.2.3.4", "8.8.8.8, 1.2.3.4", True),
            ("1.2.3.4, 10.1.1.1", "1.2.3.4", True),
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
            ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
            ("::ffff:1.2.3.4", "1.2.3.4", True),
        ],
    )
    async def test_points_belong_to_the_address_that_trusted_proxies_saw(self, gateway, one, other, shared):
        expensive = "{ users(ids: [1, 2, 3, 4, 5, 6]) { stats { tracked } } }"
        await self.post(gateway, expensive, one)
        answer = await self.post(gateway, expensive.replace("1,", "7,"), other)
        assert answer.status_code == (429 if shared else 200)
