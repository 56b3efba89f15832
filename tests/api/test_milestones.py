"""Milestones: their values over HTTP, price, warnings and refused arguments."""

import json

import pytest

from gateway.sandbox import Fault, players
from tests.support.gateway import start_gateway
from tests.support.input_errors import input_error
from tests.support.operations import UPDATE
from tests.support.snapshots import raw_snapshot, raw_snapshots

MILESTONES = """query ($id: ID!, $kinds: [MilestoneKind!]) { user(id: $id) { stats { milestones(kinds: $kinds) {
  id kind threshold before { at pp globalRank } after { at pp globalRank }
} } } }"""
SNAPSHOTS = "query ($id: ID!) { user(id: $id) { stats { snapshots { at pp globalRank } } } }"


async def stats_of(gateway, query, user, **variables):
    return (await gateway.ask(query, id=str(user), **variables))["user"]["stats"]


async def milestones_of(gateway, user, kinds=None):
    return (await stats_of(gateway, MILESTONES, user, kinds=kinds))["milestones"]


def serve_snapshots(gateway, rows):
    gateway.sandbox.faults = (
        Fault(kind="garbage", path="/stats_history", body=json.dumps(rows), content_type="application/json"),
    )


async def test_pp_milestones_are_pairs_of_adjacent_snapshots(gateway):
    rows = (await stats_of(gateway, SNAPSHOTS, players.AMEO))["snapshots"]
    reached = range(1000, int(max(row["pp"] for row in rows)) + 1, 1000)
    first = {n: next(i for i, row in enumerate(rows) if row["pp"] >= n) for n in reached}

    found = await milestones_of(gateway, players.AMEO, ["PP"])

    assert [(each["threshold"], each["before"], each["after"]) for each in found] == [
        (n, rows[i - 1] if i else None, rows[i]) for n, i in first.items()
    ]
    assert [each["id"] for each in found] == [f"{players.AMEO}:OSU:PP:{n}" for n in first]


async def test_first_snapshot_has_none_before(gateway):
    serve_snapshots(gateway, raw_snapshots(1, 2, pp_raw=2500, pp_rank=7))

    found = await milestones_of(gateway, 2, ["PP", "GLOBAL_RANK"])

    assert {each["before"] is None for each in found} == {True}
    assert [each["threshold"] for each in found[-3:]] == [10, 1000, 2000]


async def test_rank_0_is_no_rank(gateway):
    serve_snapshots(gateway, raw_snapshots(1, pp_rank=0) + raw_snapshots(2, pp_rank=8))

    found = await milestones_of(gateway, 2, ["GLOBAL_RANK"])

    assert {each["before"]["globalRank"] for each in found} == {None}
    assert [each["threshold"] for each in found][-1] == 10


async def test_anomalies_reach_nothing_and_precede_nothing(gateway):
    anomaly = raw_snapshots(2, pp_raw=0, accuracy=0, pp_rank=1)
    serve_snapshots(
        gateway, [*raw_snapshots(1, pp_raw=900, pp_rank=90), *anomaly, *raw_snapshots(3, pp_raw=1000, pp_rank=90)]
    )

    found = await milestones_of(gateway, 2, ["PP", "GLOBAL_RANK"])

    assert min(each["threshold"] for each in found if each["kind"] == "GLOBAL_RANK") == 100
    assert [each["before"]["at"] for each in found if each["kind"] == "PP"] == ["2026-01-01T00:00:00.000Z"]


async def test_snapshots_of_one_instant_are_one(gateway):
    serve_snapshots(gateway, [raw_snapshot("2026-01-01T00:00:00.000Z", pp_raw=pp) for pp in (1, 2)] * 2)

    assert await milestones_of(gateway, 2, ["PP"]) == []


@pytest.mark.parametrize("kinds, expected", [([], 0), (["LEVEL"], 1), (["LEVEL", "LEVEL"], 1), (None, 5)])
async def test_kinds_select_milestones(gateway, kinds, expected):
    found = await milestones_of(gateway, 2, kinds)

    assert len({each["kind"] for each in found}) == expected
    assert len({each["id"] for each in found}) == len(found)


async def test_untracked_player_has_no_milestones(gateway):
    assert await milestones_of(gateway, players.UNTRACKED[0]) == []


async def test_milestones_cost_one_history(gateway):
    response = await gateway.send(MILESTONES, id="2")
    assert response["extensions"]["cost"] == {"requested": 1, "charged": 1}
    assert gateway.sandbox.counts()["paths"] == {"/stats_history": 1}


async def test_dropped_rows_cause_a_warning(gateway):
    serve_snapshots(gateway, [{}, *raw_snapshots(1)])
    response = await gateway.send(MILESTONES, id="2")
    warnings = response["extensions"]["warnings"]
    assert [(each["code"], each["path"]) for each in warnings] == [("ROWS_DROPPED", ["user", "stats", "milestones"])]


async def test_too_many_kinds_are_refused(gateway):
    error = await input_error(gateway, MILESTONES, "the maximum is 5", id="2", kinds=["PP"] * 6)
    assert error["extensions"]["argument"] == "kinds"


async def test_update_invalidates_milestones(gateway):
    for _ in range(2):
        await milestones_of(gateway, 2)
    await gateway.ask(UPDATE, id="2")
    await milestones_of(gateway, 2)
    assert gateway.sandbox.count("/stats_history") == 2


async def test_milestones_count_as_values():
    async with start_gateway({"max_values": 10}) as gateway:
        await milestones_of(gateway, 2, [])
        error = await gateway.error(MILESTONES, id="2")
    assert error["extensions"]["code"] == "RESULT_TOO_LARGE"


async def test_milestones_are_compiled_at_second_use():
    async with start_gateway({"response_cache_max_bytes": 0}) as gateway:
        for _ in range(3):
            await milestones_of(gateway, 2)
        assert gateway.parts.engine.tally["compiled"] == 2
