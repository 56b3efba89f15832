"""Each field of an update's payload agrees with its description and with the history."""

import json

import pytest
from msgspec import structs

from gateway.sandbox import Fault, players
from tests.support import recordings
from tests.support.operations import UPDATE

DELTA = """delta {
  pp ranksGained accuracy level playCount rankedScore totalScore count300 count100 count50 countSS countS countA
}"""
UPDATE_WITH_DELTA = f"""mutation ($id: ID!) {{ updateUser(id: $id) {{ ... on UpdateUserSuccess {{
    firstUpdate {DELTA} user {{ username }} stats {{ latest {{ at {DELTA} }} }}
}} }} }}"""
NEW_HISCORES = "mutation { updateUser(id: 2) { ... on UpdateUserSuccess { newHiscores { position } } } }"
RANKED = sorted({players.AMEO, players.HEAVY, players.UNCHANGED, *range(3000001, 3000022)} - {players.NO_SNAPSHOTS})


@pytest.mark.parametrize("user", RANKED)
async def test_delta_equals_that_of_the_new_snapshot(gateway, user):
    payload = (await gateway.ask(UPDATE_WITH_DELTA, id=str(user)))["updateUser"]
    latest = (payload["stats"]["latest"] or {}).get("delta")
    expected = latest if latest is None or user != players.INACTIVE else payload["delta"] | {"ranksGained": None}

    assert payload["delta"] == pytest.approx(expected)


@pytest.mark.parametrize("ranks,gained", [((0, 0), None), ((0, 5000), None), ((5000, 4000), 1000)])
async def test_ranks_gained_from_unranked_are_null(gateway, ranks, gained):
    user = players.INACTIVE
    rows = gateway.sandbox.database.snapshots(user, 0)
    rows[-2:] = [_with_rank(row, rank) for row, rank in zip(rows[-2:], ranks, strict=True)]
    changes = json.dumps(recordings.rows("update_no_changes") | {"pp_rank": ranks[1] - ranks[0]})
    gateway.sandbox.faults = (Fault(kind="garbage", path="/update", body=changes),)

    payload = (await gateway.ask(UPDATE_WITH_DELTA, id=str(user)))["updateUser"]

    assert payload["delta"]["ranksGained"] == payload["stats"]["latest"]["delta"]["ranksGained"] == gained


def _with_rank(row, rank):
    return structs.replace(row, pp_rank=rank)


async def test_delta_without_history_has_no_ranks(gateway):
    gateway.sandbox.faults = (Fault(kind="status", path="/stats_history", status=500),)
    response = await gateway.send(UPDATE_WITH_DELTA, id="2")

    payload = response["data"]["updateUser"]
    assert (payload["delta"]["ranksGained"], payload["delta"]["playCount"] > 0) == (None, True)
    assert [error["path"] for error in response["errors"]] == [["updateUser", "stats", "latest"]]


async def test_delta_costs_the_history_request(gateway):
    response = await gateway.send(UPDATE_WITH_DELTA, id="2")
    assert response["extensions"]["cost"] == {"requested": 7, "charged": 6}
    assert gateway.sandbox.counts()["paths"] == {"/update": 1, "/stats_history": 1}


async def test_invalid_new_hiscores_are_reported(gateway):
    sent = recordings.rows("update_changes")
    sent["newhs"] += [sent["newhs"][0] | {"ranking": -1}, "unreadable", None]
    gateway.sandbox.faults = (Fault(kind="garbage", path="/update", body=json.dumps(sent)),)

    response = await gateway.send(NEW_HISCORES)

    assert [play["position"] for play in response["data"]["updateUser"]["newHiscores"]] == [1, 51]
    [warning] = response["extensions"]["warnings"]
    assert (warning["code"], warning["rows"], warning["path"]) == ("ROWS_DROPPED", 3, ["updateUser"])
    metrics = (await gateway.http.get("/metrics")).text
    assert 'gateway_upstream_rows_dropped_total{endpoint="/update"} 3.0' in metrics


@pytest.mark.parametrize("body", ["[]", "null", "", "<br />\n<b>Warning</b>: ...", '{"exists": true}'])
async def test_unreadable_answer_is_an_unknown_outcome(gateway, body):
    gateway.sandbox.faults = (Fault(kind="garbage", path="/update", body=body),)
    error = await gateway.error(UPDATE, id="2")

    assert error["extensions"] | {"requestId": ""} == {
        "code": "UPDATE_OUTCOME_UNKNOWN",
        "retryable": False,
        "readAfterSeconds": 15,
        "requestId": "",
    }
    assert "read the player again in 15 s" in error["message"]
    assert "Try again" not in error["message"]
