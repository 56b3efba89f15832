"""Limits and costs of an operation."""

import pytest
from graphql import get_introspection_query

STATS = "stats { latest { pp } }"
EXCEEDED = {
    "tokens": ("{ " + "a " * 1100 + "}", 1001, 1000),
    "depth": ("{ user(id: 1) { stats { user { stats { user { stats { user { stats { mode } } } } } } } } }", 9, 8),
    "aliases": ("{ " + " ".join(f"a{i}: status {{ version }}" for i in range(31)) + " }", 31, 30),
    "directives": ("{ " + "status { version @skip(if: false) } " * 21 + "}", 21, 20),
    "alias length": (f"{{ status {{ {'a' * 101}: version }} }}", 101, 100),
    "introspections": (
        '{ __schema { description } ...F ...F } fragment F on Query { b: __schema { description } c: __type(name: "User") { name } d: __type(name: "User") { name } }',
        7,
        6,
    ),
    "cost": ("{ bestPlays(first: 29) { nodes { user { " + STATS + " } } } }", 31, 30),
}


@pytest.mark.parametrize("limit", EXCEEDED)
async def test_exceeded_limit_is_named_with_value_and_counting(gateway, limit):
    document, value, limit_value = EXCEEDED[limit]
    error = await gateway.error(document)
    extensions = error["extensions"]
    assert (extensions["code"], extensions["limit"]) == ("LIMIT_EXCEEDED", limit)
    assert (extensions["value"], extensions["max"]) == (value, limit_value)
    assert f"`{limit}` is {value}" in error["message"]
    assert "(counted: " in error["message"]


@pytest.mark.parametrize(
    "query, variables",
    [
        ("query ($ids: [ID!]!) { users(ids: $ids) { id } }", {"ids": ["2"] * 201}),
        (
            "query ($filter: ScoreFilter) { bestPlays(filter: $filter) { nodes { pp } } }",
            {"filter": {"modsAny": ["HD"] * 201}},
        ),
        (
            "query ($pp: [Float!]!) { user(id: 2) { stats { firstPlays(ppAtLeast: $pp) { ppAtLeast } } } }",
            {"pp": [1.5] * 201},
        ),
        ("{ status { version } }", {"unused": [[[{"list": [None] * 201}]]]}),
    ],
)
async def test_long_list_in_variables_is_refused(gateway, query, variables):
    extensions = (await gateway.error(query, **variables))["extensions"]
    assert (extensions["code"], extensions["limit"]) == ("LIMIT_EXCEEDED", "list length")
    assert (extensions["value"], extensions["max"]) == (201, 200)
    assert gateway.sandbox.count() == 0


async def test_longest_alias_is_accepted(gateway):
    assert await gateway.ask(f"{{ status {{ {'a' * 100}: __typename }} }}") == {"status": {"a" * 100: "ServiceStatus"}}


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
        {
            "input_value_deprecation": True,
            "specified_by_url": True,
            "schema_description": True,
            "directive_is_repeatable": True,
            "one_of": True,
        },
    ],
    ids=["Relay", "GraphiQL", "graphql-codegen", "everything"],
)
async def test_introspection_queries_of_tools_are_accepted(gateway, options):
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
        ("{ a: user(id: 1) { stats { latest { pp } peak { globalRank } } } b: user(id: 1) { stats { tracked } } }", 1),
        ("{ user(id: 1) { stats { peak { globalRank pp } } } }", 1),
        ("{ user(id: 1) { stats { peak { globalRank } } } }", 1),
        ("{ user(id: 1) { stats { peak { globalRank } user { stats(mode: TAIKO) { tracked } } } } }", 2),
        ("{ a: user(id: 1) { stats { peak { globalRank } } } b: user(id: 2) { stats { tracked } } }", 2),
        ("{ bestPlays(first: 5) { nodes { user { stats { tracked peak { globalRank } } } } } }", 7),
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
async def test_shared_upstream_requests_cost_once(gateway, query, points):
    assert await cost(gateway, query) == points


async def test_update_costs_five_plus_stats_of_its_mode(gateway):
    query = "mutation { updateUser(id: 2, mode: MANIA) { ... on UpdateUserSuccess { stats { mode tracked } user { stats(mode: MANIA) { tracked } } } } }"
    assert await cost(gateway, query) == 6


async def test_cost_counts_variables_and_their_defaults(gateway):
    query = "query($ids: [ID!]! = [1, 2, 3], $mode: GameMode! = OSU) { users(ids: $ids) { stats(mode: $mode) { tracked } } }"
    assert await cost(gateway, query) == 3
    assert await cost(gateway, query, ids=["4"]) == 1
