"""Invalid arguments are refused with a code and the argument's name, without internals of the gateway."""

import pytest

from tests.support.input_errors import BEST_PLAYS, HISCORES, SNAPSHOTS, USER, input_error
from tests.support.operations import UPDATE

USERS = "query ($ids: [ID!]!) { users(ids: $ids) { id } }"


@pytest.mark.parametrize(
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
async def test_id_other_than_a_plain_number_is_refused(gateway, text):
    error = await input_error(gateway, USER, "id", id=text)

    assert error["extensions"]["argument"] == "id"


@pytest.mark.parametrize("text", ["0", "-5", "abc", "0x2DC6CD", "2147483648", "٢"])
async def test_invalid_id_is_refused_by_the_update(gateway, text):
    await input_error(gateway, UPDATE, "id", id=text)


@pytest.mark.parametrize("value", [0, -5, 3.5, 2**31, 10**30, True, [2, 3], {"id": 2}, None])
async def test_id_of_another_json_type_is_refused(gateway, value):
    await input_error(gateway, USER, "id", id=value)


async def test_one_invalid_id_among_several_is_refused(gateway):
    await input_error(gateway, USERS, "ids", ids=["2", "x"])


async def test_101_ids_are_refused_and_100_are_not(gateway):
    await input_error(gateway, USERS, "ids", ids=["2"] * 101)
    await gateway.ask(USERS, ids=["2"] * 100)


async def test_unknown_mode_is_refused(gateway):
    await input_error(gateway, "{ user(id: 2) { stats(mode: STANDARD) { tracked } } }", "STANDARD")
    query = "query ($mode: GameMode!) { user(id: 2) { stats(mode: $mode) { tracked } } }"
    await input_error(gateway, query, "mode", mode="osu")
    await input_error(gateway, query, "mode", mode=0)


@pytest.mark.parametrize("order", ["PP_ASC", "pp", None])
async def test_unknown_order_is_refused(gateway, order):
    query = "query ($order: ScoreOrder!) { user(id: 2) { stats { hiscores(orderBy: $order) { totalCount } } } }"
    await input_error(gateway, query, "order", order=order)


async def test_more_than_four_modes_are_refused(gateway):
    query = "{ user(id: 2) { allStats(modes: [OSU, OSU, OSU, OSU, OSU]) { tracked } } }"
    await input_error(gateway, query, "modes")


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
async def test_invalid_window_is_refused(gateway, window):
    await input_error(gateway, SNAPSHOTS, "window", window=window)


async def test_unknown_key_of_a_window_is_refused(gateway):
    errors = (await gateway.send(SNAPSHOTS, window={"weeks": 1}))["errors"]
    assert {error["extensions"]["code"] for error in errors} == {"BAD_USER_INPUT"}
    assert "unknown field `weeks`" in errors[0]["message"]


@pytest.mark.parametrize(
    "field",
    [
        'snapshotAt(at: "2020-01-01T") { at }',
        'snapshots(window: {between: {from: "2020-01-32"}}) { at }',
        "snapshots(window: {between: {to: 20200101}}) { at }",
    ],
)
async def test_invalid_literal_date_is_located(gateway, field):
    query = f"{{ user(id: 2) {{ stats {{ {field} }} }} }}"
    error = await input_error(gateway, query, "2026-01-31")
    assert error["locations"] == [{"line": 1, "column": query.index("20") + (0 if "to:" in field else -1) + 1}]
    assert "window" not in error["message"]


@pytest.mark.parametrize("first", [-1, 10_001, 2**31, "ten", 1.5])
@pytest.mark.parametrize("query", [HISCORES, BEST_PLAYS])
async def test_invalid_page_size_is_refused(gateway, query, first):
    await input_error(gateway, query, "first", first=first)
