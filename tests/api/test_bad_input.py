"""Every wrong argument is refused with a code, the argument's name, and nothing of the gateway's inside."""

import re

import pytest

USER = "query ($id: ID!) { user(id: $id) { stats { tracked } } }"
UPDATE = "mutation ($id: ID!) { updateUser(id: $id) { __typename } }"
USERS = "query ($ids: [ID!]!) { users(ids: $ids) { id } }"
SNAPSHOTS = "query ($window: Window) { user(id: 2) { stats { snapshots(window: $window) { at } } } }"
HISCORES = """query ($first: Int!, $after: String) {
  user(id: 2) { stats { hiscores(first: $first, after: $after) { totalCount } } }
}"""
BEST = "query ($first: Int!, $after: String) { bestPlays(first: $first, after: $after) { nodes { pp } } }"
BY_NAME = "query ($username: String!) { hiscoresByUsername(username: $username) { totalCount } }"
AT = "query ($at: DateTime!) { user(id: 2) { stats { snapshotAt(at: $at) { at } } } }"

INSIDE = re.compile(
    r'Traceback|\.py\b|File "|gateway\.|http://sandbox|line \d+, in|graphql\.error|strawberry', re.IGNORECASE
)


async def refusal(gateway, query, names, **variables):
    """The error, which must be the client's to mend and name what to mend; osu!track must not have been asked."""
    error = await gateway.error(query, **variables)
    assert error["extensions"]["code"] in {"BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"}
    assert error["extensions"]["retryable"] is False
    assert names in error["message"]
    assert not INSIDE.search(str(error))
    assert gateway.sandbox.count() == 0
    return error


ids = pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "abc",
        "0",
        "-5",
        "+5",
        "007",
        "3.5",
        "3e6",
        "3000013.0",
        "0x2DC6CD",
        " 2",
        "2 ",
        "2\n",
        "1_000",
        "٢",
        "²",
        "2147483648",
        "99999999999999999999",
        "9" * 5000,
        "2;drop table",
        "2&mode=3",
        "\x00",
    ],
)


@ids
async def test_an_id_that_is_no_plain_number_of_a_user_is_refused(gateway, text):
    error = await refusal(gateway, USER, "id", id=text)

    assert error["extensions"]["argument"] == "id"


@pytest.mark.parametrize("text", ["0", "-5", "abc", "0x2DC6CD", "2147483648", "٢"])
async def test_such_an_id_updates_nobody(gateway, text):
    await refusal(gateway, UPDATE, "id", id=text)


@pytest.mark.parametrize("value", [0, -5, 3.5, 2**31, 10**30, True, [2, 3], {"id": 2}, None])
async def test_an_id_of_another_json_type_is_refused(gateway, value):
    await refusal(gateway, USER, "id", id=value)


async def test_one_wrong_id_among_several_is_refused(gateway):
    await refusal(gateway, USERS, "ids", ids=["2", "x"])


async def test_26_ids_are_refused_and_25_are_not(gateway):
    await refusal(gateway, USERS, "ids", ids=["2"] * 26)
    await gateway.ask(USERS, ids=["2"] * 25)


async def test_an_unknown_mode_is_refused(gateway):
    await refusal(gateway, "{ user(id: 2) { stats(mode: STANDARD) { tracked } } }", "STANDARD")
    query = "query ($mode: GameMode!) { user(id: 2) { stats(mode: $mode) { tracked } } }"
    await refusal(gateway, query, "mode", mode="osu")
    await refusal(gateway, query, "mode", mode=0)


@pytest.mark.parametrize("order", ["PP_ASC", "pp", None])
async def test_an_unknown_order_is_refused(gateway, order):
    query = "query ($order: ScoreOrder!) { user(id: 2) { stats { hiscores(orderBy: $order) { totalCount } } } }"
    await refusal(gateway, query, "order", order=order)


async def test_more_modes_than_there_are_are_refused(gateway):
    query = "{ user(id: 2) { allStats(modes: [OSU, OSU, OSU, OSU, OSU]) { tracked } } }"
    await refusal(gateway, query, "modes")


@pytest.mark.parametrize(
    "window",
    [
        {"days": 0},
        {"days": -1},
        {"days": 36_501},
        {"days": 2**31},
        {"days": 1.5},
        {"days": "7"},
        {"days": None},
        {"between": None},
        {},
        {"days": 7, "between": {}},
        {"days": 7, "between": None},
        {"weeks": 1},
        {"between": {"from": "2025-01-02", "to": "2025-01-01"}},
        {"between": {"from": "2025-01-01", "to": "2025-01-01"}},
        {"between": {"from": "2025-02-30"}},
        {"between": {"from": "20250101"}},
        {"between": {"from": "2025-W01-1"}},
        {"between": {"from": "2025-01-01T00:00:00Z"}},
        {"between": {"from": "today"}},
        {"between": {"to": 20250101}},
        {"between": {"to": "٢٠٢٥-٠١-٠١"}},
        {"between": {"since": "2025-01-01"}},
    ],
)
async def test_a_window_that_is_none_is_refused(gateway, window):
    await refusal(gateway, SNAPSHOTS, "window", window=window)


@pytest.mark.parametrize(
    "field",
    [
        'snapshotAt(at: "2020-01-01") { at }',
        'snapshots(window: {between: {from: "2020-01-32"}}) { at }',
        "snapshots(window: {between: {to: 20200101}}) { at }",
    ],
)
async def test_a_bad_date_in_the_document_is_pointed_at(gateway, field):
    query = f"{{ user(id: 2) {{ stats {{ {field} }} }} }}"
    error = await refusal(gateway, query, "2026-01-31")
    assert error["locations"] == [{"line": 1, "column": query.index("20") + (0 if "to:" in field else -1) + 1}]
    assert "window" not in error["message"]


@pytest.mark.parametrize("first", [-1, 501, 2**31, "ten", 1.5])
@pytest.mark.parametrize("query", [HISCORES, BEST])
async def test_a_page_that_is_too_large_or_no_number_is_refused(gateway, query, first):
    await refusal(gateway, query, "first", first=first)
