"""Milestones and first plays: their values over HTTP, prices, requests, warnings and refused arguments."""

import json
from decimal import Decimal
from math import inf

import pytest

from gateway.sandbox import Fault, players
from tests.support.input_errors import input_error
from tests.support.operations import UPDATE
from tests.support.snapshots import raw_snapshot, raw_snapshots

MILESTONES = """query ($id: ID!, $kinds: [MilestoneKind!]) { user(id: $id) { stats { milestones(kinds: $kinds) {
  id kind threshold before { at pp globalRank } after { at pp globalRank }
} } } }"""
SNAPSHOTS = "query ($id: ID!) { user(id: $id) { stats { snapshots { at pp globalRank } } } }"
FIRST_PLAYS = """query ($id: ID!, $values: [Float!]!) { user(id: $id) { stats {
  firstPlays(ppAtLeast: $values) { ppAtLeast play { pp playedAt beatmapId score mods { bits } } }
} } }"""
HISCORES = """query ($id: ID!) { user(id: $id) { stats { hiscores(orderBy: PLAYED_AT_ASC, first: 10000) {
  nodes { pp playedAt beatmapId score mods { bits } }
} } } }"""
FRESH = str(players.UNTRACKED[0])


async def stats_of(gateway, query, user, **variables):
    return (await gateway.ask(query, id=str(user), **variables))["user"]["stats"]


async def milestones_of(gateway, user, kinds=None):
    return (await stats_of(gateway, MILESTONES, user, kinds=kinds))["milestones"]


async def first_plays_of(gateway, user, values):
    return (await stats_of(gateway, FIRST_PLAYS, user, values=values))["firstPlays"]


def serve_snapshots(gateway, rows):
    gateway.sandbox.faults = (
        Fault(kind="garbage", path="/stats_history", body=json.dumps(rows), content_type="application/json"),
    )


async def test_pp_milestones_are_pairs_of_adjacent_snapshots(gateway):
    rows = (await stats_of(gateway, SNAPSHOTS, players.AMEO))["snapshots"]
    first = {n: next(i for i, row in enumerate(rows) if row["pp"] >= n) for n in (1000, 2000)}

    found = await milestones_of(gateway, players.AMEO, ["PP"])

    assert [(each["threshold"], each["before"], each["after"]) for each in found] == [
        (n, rows[i - 1], rows[i]) for n, i in first.items()
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


# First plays


async def test_first_plays_equal_a_search_of_the_hiscores(gateway):
    plays = (await stats_of(gateway, HISCORES, 2))["hiscores"]["nodes"]
    values = [250.5, 0, 100, plays[len(plays) // 2]["pp"], 99_999.0, 100]

    found = await first_plays_of(gateway, 2, values)

    assert [each["ppAtLeast"] for each in found] == values
    assert [each["play"] for each in found] == [
        next((play for play in plays if Decimal(repr(play["pp"])) >= Decimal(repr(value))), None) for value in values
    ]
    assert [each["play"] is None for each in found] == [False, False, False, False, True, False]


@pytest.mark.parametrize("values, length", [([], 0), ([1] * 100, 100), (300, 1)])
async def test_first_plays_are_as_many_as_values(gateway, values, length):
    assert len(await first_plays_of(gateway, 2, values)) == length


@pytest.mark.parametrize("value", [-1, -0.001, "NaN", "300", None, inf])
async def test_invalid_pp_is_refused(gateway, value):
    variable = "1" + "0" * 400 if value == inf else json.dumps(value)
    body = f'{{"query": {json.dumps(FIRST_PLAYS)}, "variables": {{"id": "2", "values": [{variable}]}}}}'
    response = await gateway.http.post("/graphql", content=body, headers={"Content-Type": "application/json"})
    assert response.json()["errors"][0]["extensions"]["code"] in {"BAD_USER_INPUT", "BAD_REQUEST"}
    assert gateway.sandbox.count() == 0


@pytest.mark.parametrize("literal", ["1e999", "-1", "-1e999", "1" + "0" * 400, "NaN"])
async def test_invalid_pp_in_the_document_is_refused(gateway, literal):
    query = f"{{ user(id: 2) {{ stats {{ firstPlays(ppAtLeast: [{literal}]) {{ ppAtLeast }} }} }} }}"
    await input_error(gateway, query, "")


async def test_too_many_pp_values_are_refused(gateway):
    error = await input_error(gateway, FIRST_PLAYS, "the maximum is 100", id="2", values=[1] * 101)
    assert (error["extensions"]["code"], error["extensions"]["argument"]) == ("BAD_USER_INPUT", "ppAtLeast")


async def test_first_plays_share_the_request_for_hiscores(gateway):
    query = """{ user(id: 2) { stats {
      hiscores { totalCount } firstPlays(ppAtLeast: 1) { ppAtLeast } more: firstPlays(ppAtLeast: 2) { ppAtLeast }
    } } }"""
    response = await gateway.send(query)
    assert response["extensions"]["cost"] == {"requested": 3, "charged": 3}
    assert gateway.sandbox.counts()["paths"] == {"/hiscores": 1}


async def test_first_plays_update_a_new_player_once(gateway):
    for _ in range(3):
        await gateway.send(FIRST_PLAYS, id=FRESH, values=[1])
    assert (len(gateway.sandbox.updates), len(gateway.sandbox.side_effects)) == (0, 1)


async def test_reworked_play_counts_with_its_last_pp(gateway):
    play = {"beatmap_id": 1, "score": 5, "mods": 0, "rank": "S", "score_time": "2020-01-01T00:00:00.000Z"}
    rows = [play | {"pp": pp, "update_time": f"{year}-01-02T00:00:00.000Z"} for year, pp in ((2020, 310), (2021, 290))]
    gateway.sandbox.faults = (
        Fault(kind="garbage", path="/hiscores", body=json.dumps(rows), content_type="application/json"),
    )

    found = await first_plays_of(gateway, 2, [280, 300])

    assert [each["play"] and each["play"]["pp"] for each in found] == [290, None]
