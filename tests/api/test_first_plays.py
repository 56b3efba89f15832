"""First plays: their values over HTTP, price, requests, side effects and refused arguments."""

import json
from decimal import Decimal
from math import inf

import pytest

from gateway.sandbox import Fault, players
from tests.support.gateway import start_gateway
from tests.support.input_errors import input_error

FIRST_PLAYS = """query ($id: ID!, $values: [Float!]!) { user(id: $id) { stats {
  firstPlays(ppAtLeast: $values) { ppAtLeast play { pp playedAt beatmapId score mods { bits } } }
} } }"""
HISCORES = """query ($id: ID!) { user(id: $id) { stats { hiscores(orderBy: PLAYED_AT_ASC, first: 10000) {
  nodes { pp playedAt beatmapId score mods { bits } }
} } } }"""
FRESH = str(players.UNTRACKED[0])


async def stats_of(gateway, query, user, **variables):
    return (await gateway.ask(query, id=str(user), **variables))["user"]["stats"]


async def first_plays_of(gateway, user, values):
    return (await stats_of(gateway, FIRST_PLAYS, user, values=values))["firstPlays"]


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


async def test_first_plays_are_compiled_at_second_use():
    async with start_gateway({"response_cache_max_bytes": 0}) as gateway:
        for _ in range(3):
            await first_plays_of(gateway, 2, [100])
        assert gateway.parts.engine.tally["compiled"] == 2
