"""The number of values of a response: its limit and its points, however the operation is executed."""

import pytest

# 5,000 snapshots with 11 values each cost one point.
FIELDS = "at pp globalRank accuracy level playCount rankedScore totalScore count300 count100 count50"
SNAPSHOTS = f"snapshots {{ {FIELDS} }}"
LARGE = f"{{ user(id: 2) {{ stats {{ {SNAPSHOTS} }} }} }}"
FAILING = "bad: user(id: 2) { stats { hiscores(first: -1) { totalCount } } }"
WARM = "{ user(id: 2) { allStats { tracked hiscores { totalCount } } } }"
REMAINING = "{ rateLimit { remaining } }"
POINTS = 40


@pytest.fixture
def settings():
    return {"client_points": POINTS, "client_points_per_minute": 1}


@pytest.fixture
async def warm_gateway(gateway):
    await gateway.ask(WARM)
    gateway.clock.move(3600)
    await gateway.ask(WARM)
    gateway.clock.move(300)
    return gateway


def stats(fields):
    return f"{{ user(id: 2) {{ stats {{ {fields} }} }} }}"


async def remaining(gateway):
    return (await gateway.ask(REMAINING))["rateLimit"]["remaining"]


class TestPoints:
    @pytest.fixture
    def settings(self):
        return {"client_points": POINTS, "client_points_per_minute": 1, "response_cache_max_bytes": 0}

    async def test_large_response_costs_points_each_time(self, warm_gateway):
        for _ in range(3):
            before = await remaining(warm_gateway)
            response = await warm_gateway.send(LARGE)
            assert response["extensions"]["cost"] == {"requested": 1, "charged": 1, "values": 55_000}
            assert await remaining(warm_gateway) == before - 1

    async def test_first_50000_values_are_free(self, warm_gateway):
        response = await warm_gateway.send(LARGE.replace(" count50 ", " "))
        assert response["extensions"]["cost"] == {"requested": 1, "charged": 0}

    async def test_value_after_50000_costs_a_point(self, warm_gateway):
        response = await warm_gateway.send(LARGE.replace(" count50 ", " ").replace("{ user", "{ __typename user"))
        assert response["extensions"]["cost"] == {"requested": 1, "charged": 1, "values": 50_001}

    async def test_points_are_counted_once_beside_errors(self, warm_gateway):
        before = await remaining(warm_gateway)
        response = await warm_gateway.send(f"{LARGE[:-1]} {FAILING} }}")
        assert len(response["data"]["user"]["stats"]["snapshots"]) == 5000
        assert response["extensions"]["cost"] == {"requested": 4, "charged": 1, "values": 55_001}
        assert await remaining(warm_gateway) == before - 1

    async def test_list_without_points_is_not_written(self, warm_gateway):
        while await remaining(warm_gateway) > 2:
            await warm_gateway.send(LARGE)
        two = f"a: {SNAPSHOTS} b: {SNAPSHOTS.replace(' count50', '')}"
        error = await warm_gateway.error(stats(two))
        assert error["path"] == ["user", "stats", "b"]
        assert error["extensions"]["code"] == "RATE_LIMITED"
        assert error["extensions"]["retryAfterSeconds"] > 0
        assert await remaining(warm_gateway) == 1


async def test_cached_large_response_is_free(warm_gateway):
    first = await warm_gateway.send(LARGE)
    before = await remaining(warm_gateway)
    second = await warm_gateway.send(LARGE)
    assert await remaining(warm_gateway) == before
    assert second["data"] == first["data"]
    assert second["extensions"]["cost"] == {"requested": 1, "charged": 0}


class TestFewPoints:
    @pytest.fixture
    def settings(self):
        return {"client_points": 3, "max_cost": 3}

    async def test_list_above_the_balance_is_refused(self, gateway):
        three = " ".join(f"a{number}: {SNAPSHOTS}" for number in range(3))
        assert (await gateway.error(stats(three)))["extensions"]["code"] == "RATE_LIMITED"


MAX_VALUES = 1000
SMALL = {
    "a flat list": (stats("snapshots(window: { days: 350 }) { at }"), "user"),
    "a list in each object": (
        "{ users(ids: [2, 2]) { allStats { snapshots(window: { days: 200 }) { at } } } }",
        "users",
    ),
    "edges and nodes": (stats("hiscores(first: 400) { edges { cursor node { pp } } nodes { pp } }"), "user"),
    "aliases": (stats(" ".join(f"a{n}: snapshots(window: {{ days: 50 }}) {{ at }}" for n in range(20))), "user"),
    "differences": (
        stats("snapshots(window: { days: 100 }) { a: delta { pp level accuracy } b: delta { pp level playCount } }"),
        "user",
    ),
}


class TestLimit:
    @pytest.fixture(params=["compiled", "interpreted"])
    def settings(self, request):
        return {
            "max_values": MAX_VALUES,
            "compiled_operations": request.param == "compiled",
            "response_cache_max_bytes": 0,
            "max_cost": 0,
        }

    @pytest.mark.parametrize("beside", ["", FAILING], ids=["alone", "beside an error"])
    @pytest.mark.parametrize("name", SMALL)
    async def test_lists_above_the_limit_are_refused(self, gateway, name, beside):
        query, root = SMALL[name]
        query = f"{query[:-1]} {beside} }}"
        for _ in range(3):
            response = await gateway.send(query)
            codes = {error["extensions"]["code"] for error in response["errors"]}
            assert codes == {"RESULT_TOO_LARGE", *(["BAD_USER_INPUT"] if beside else [])}
            assert count(response["data"].get(root)) <= MAX_VALUES

    async def test_limit_itself_is_not_exceeded(self, gateway):
        page = stats("hiscores(first: %d) { nodes { pp score } }")
        for _ in range(3):
            data = await gateway.ask(page % (MAX_VALUES // 2))
            assert count(data) == MAX_VALUES
            error = await gateway.error(page % (MAX_VALUES // 2 + 1))
            assert error["extensions"]["code"] == "RESULT_TOO_LARGE"

    async def test_list_in_an_updates_result_is_counted(self, gateway):
        query = "mutation { updateUser(id: 2) { ... on UpdateUserSuccess { stats { snapshots { at } } } } }"
        assert (await gateway.error(query))["extensions"]["code"] == "RESULT_TOO_LARGE"

    @pytest.mark.parametrize("ids", ["[2, 3, 4, 5, 6, 7]", "$ids"])
    async def test_lists_of_given_length_are_refused_before_execution(self, gateway, ids):
        fields = " ".join(f"a{number}: id" for number in range(30))
        query = f"query ($ids: [ID!]) {{ users(ids: {ids}) {{ allStats {{ tracked user {{ allStats {{ {fields} }} }} }} }} }}"
        query = (
            query.replace("$ids: [ID!]", "$ids: [ID!]!") if "$" in ids else query.replace("query ($ids: [ID!]) ", "")
        )
        variables = {"ids": ["2", "3", "4", "5", "6", "7"]} if "$" in ids else {}
        response = await gateway.send(query, **variables)
        assert "data" not in response
        assert response["errors"][0]["extensions"]["code"] == "RESULT_TOO_LARGE"
        assert "at least 2,904 values" in response["errors"][0]["message"]
        assert gateway.sandbox.count() == 0

    async def test_merged_and_skipped_fields_count_once(self, gateway):
        fields = " ".join(f"a{number}: id" for number in range(26))
        skipped = f"users(ids: [2, 3]) {{ allStats @skip(if: $yes) {{ user {{ allStats {{ {fields} }} }} }} }}"
        query = (
            f"query ($yes: Boolean!) {{ {skipped} users(ids: [2, 3]) {{ id ...F id }} }} fragment F on User {{ id }}"
        )
        assert await gateway.ask(query, yes=True) == {"users": [{"id": "2"}, {"id": "3"}]}


def count(value):
    """The number of leaf values of a response."""
    if isinstance(value, dict):
        return sum(map(count, value.values()))
    if isinstance(value, list):
        return sum(map(count, value))
    return int(value is not None)


async def test_long_operation_is_compiled_at_first_use(gateway):
    fields = " ".join(f"a{number}: latest {{ pp }}" for number in range(20))
    players = "2 " * 20
    data = await gateway.ask(f"{{ users(ids: [{players}]) {{ allStats {{ user {{ stats {{ {fields} }} }} }} }} }}")
    assert count(data) == 20 * 4 * 20
    assert gateway.parts.engine.tally == {"compiled": 1}


async def test_long_operation_with_an_error_is_repeated_once(gateway):
    fields = " ".join(f"a{number}: latest {{ pp }}" for number in range(9))
    players = "2 " * 20
    query = f"{{ users(ids: [{players}]) {{ allStats {{ user {{ stats {{ {fields} }} }} }} }} {FAILING} }}"
    response = await gateway.send(query)
    assert [error["extensions"]["code"] for error in response["errors"]] == ["BAD_USER_INPUT"]
    assert count(response["data"]) == 20 * 4 * 9
    assert gateway.parts.engine.tally == {"interpreted": 1}
    assert gateway.sandbox.count("/stats_history") == 1
