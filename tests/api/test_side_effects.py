"""Reads that update players: at most one update, answers without contradictions, and established players unaffected."""

import asyncio

import pytest

from gateway.sandbox import Fault, players
from tests.support.clock import HOUR_S, MINUTE_S
from tests.support.operations import HISCORES, LATEST, UPDATE
from tests.support.waiting import eventually

BOTH = "query ($id: ID!) { user(id: $id) { stats { tracked latest { at } hiscores { totalCount } } } }"
BY_NAME = "query ($name: String!) { hiscoresByUsername(username: $name) { totalCount } }"
UPDATE_AND_HISCORES = """mutation ($id: ID!) { updateUser(id: $id) {
  __typename ... on UpdateUserSuccess { stats { hiscores { totalCount } } }
} }"""
FRESH = str(players.UNTRACKED[0])
FAILING = str(players.HISCORES_FAIL)


def updates(gateway):
    """The numbers of explicit and of implicit updates."""
    return len(gateway.sandbox.updates), len(gateway.sandbox.side_effects)


async def hiscores_total(gateway, user, query=HISCORES):
    return (await gateway.ask(query, id=str(user)))["user"]["stats"]["hiscores"]["totalCount"]


# Agreement


@pytest.mark.parametrize("slow", ["/hiscores", "/stats_history", "/peak"])
async def test_first_answer_about_a_new_player_agrees(gateway, slow):
    gateway.sandbox.faults = (Fault(kind="latency", path=slow, seconds=0.05, times=1),)
    response = await gateway.send(BOTH, id=FRESH)

    stats = response["data"]["user"]["stats"]
    assert (stats["tracked"], stats["latest"]["at"]) == (True, "2026-11-20T12:00:00.000Z")
    assert stats["hiscores"]["totalCount"] == 12
    assert response["extensions"]["cost"] == {"requested": 4, "charged": 4}
    assert gateway.sandbox.count("/hiscores") == 1


async def test_later_answers_agree_with_the_first(gateway):
    await hiscores_total(gateway, FRESH)
    assert (await gateway.ask(BOTH, id=FRESH))["user"]["stats"]["tracked"] is True
    assert updates(gateway) == (0, 1)


async def test_known_hiscores_cause_no_second_execution(gateway):
    await gateway.ask(BOTH, id="2")
    assert gateway.sandbox.counts()["paths"] == {"/stats_history": 1, "/hiscores": 1}


# One update


async def test_update_after_an_implicit_one_is_refused(gateway):
    await hiscores_total(gateway, FRESH)
    gateway.clock.move(5 * MINUTE_S)
    refused = await gateway.ask(UPDATE, id=FRESH)
    assert refused["updateUser"]["__typename"] == "UpdateOnCooldown"
    assert updates(gateway) == (0, 1)


async def test_update_during_an_implicit_one_is_refused(gateway):
    gateway.sandbox.faults = (Fault(kind="latency", path="/hiscores", seconds=0.1),)
    reading = asyncio.create_task(hiscores_total(gateway, FRESH))
    await eventually(lambda: gateway.sandbox.count("/hiscores") == 1)
    refused = await gateway.ask(UPDATE, id=FRESH)
    assert (await reading, refused["updateUser"]["__typename"]) == (12, "UpdateOnCooldown")
    assert updates(gateway) == (0, 1)


@pytest.mark.parametrize("user,total", [(players.NO_PLAYS, 0), (players.UNCHANGED, 70), (FRESH, 12)])
async def test_hiscores_of_an_update_cause_no_second_one(gateway, user, total):
    payload = (await gateway.ask(UPDATE_AND_HISCORES, id=str(user)))["updateUser"]
    assert payload["stats"]["hiscores"]["totalCount"] == total
    assert updates(gateway) == (1, 0)


async def test_failing_hiscores_update_once(gateway):
    codes = [await gateway.error(HISCORES, id=FAILING) for _ in range(8)]
    assert codes[0]["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"
    assert {code["extensions"]["code"] for code in codes[1:]} == {"UPSTREAM_BUSY"}
    assert {code["extensions"]["retryAfterSeconds"] for code in codes[1:]} == {900}
    assert updates(gateway) == (0, 1)


async def test_assumed_empty_list_ends_with_the_cooldown(gateway):
    await gateway.ask(UPDATE, id=str(players.INACTIVE))
    gateway.clock.move(10 * MINUTE_S)
    during = await hiscores_total(gateway, players.INACTIVE)
    gateway.clock.move(5 * MINUTE_S)
    assert (during, await hiscores_total(gateway, players.INACTIVE)) == (0, 10)


async def test_update_without_hiscores_answers_reads(gateway):
    unknown = "4040404"
    await gateway.ask(UPDATE, id=unknown)
    assert await hiscores_total(gateway, unknown) == 0
    response = await gateway.send(HISCORES, id=unknown)
    assert response["extensions"]["cost"]["charged"] == 0
    assert updates(gateway) == (1, 0)


class TestSlowBackend:
    @pytest.fixture
    def settings(self):
        return {"operation_timeout_s": 0.3, "read_timeout_s": 0.1, "update_timeout_s": 5.0}

    @pytest.mark.parametrize("query,variables", [(HISCORES, {"id": FRESH}), (BY_NAME, {"name": "fresh_01"})])
    async def test_slow_hiscores_arrive_after_one_update(self, gateway, query, variables):
        gateway.sandbox.faults = (Fault(kind="latency", path="/hiscores", seconds=0.8),)
        early = await gateway.error(query, **variables)
        await eventually(lambda: updates(gateway) == (0, 1))
        await asyncio.sleep(0)
        late = await gateway.ask(query, **variables)
        assert early["extensions"]["code"] == "UPSTREAM_TIMEOUT"
        assert "12" in str(late)
        assert (updates(gateway), gateway.sandbox.count("/hiscores")) == ((0, 1), 1)


# Names


async def test_spellings_of_a_name_cause_one_update(gateway):
    names = ["fresh_01", "FRESH_01", "Fresh_01", "fresh 01"]
    answers = await asyncio.gather(*(gateway.ask(BY_NAME, name=name) for name in names))
    assert [answer["hiscoresByUsername"]["totalCount"] for answer in answers] == [12] * 4
    assert updates(gateway) == (0, 1)


@pytest.mark.parametrize("name", ["dupe name", "former_name", "fresh_01"])
async def test_name_that_causes_updates_is_not_revalidated(gateway, name):
    await gateway.ask(BY_NAME, name=name)
    gateway.sandbox.reset_counts()
    for _ in range(2):
        gateway.clock.move(16 * MINUTE_S)
        await gateway.ask(BY_NAME, name=name)
        await gateway.finish_refreshes()
    assert gateway.sandbox.count("/hiscores") <= 1


async def test_known_name_is_requested_by_id(gateway):
    await gateway.ask(UPDATE, id=str(players.SHARED_NAME[0]))
    answer = await gateway.ask(BY_NAME, name="dupe name")
    assert answer["hiscoresByUsername"]["totalCount"] == await hiscores_total(gateway, players.SHARED_NAME[0])
    assert gateway.upstream_queries("/hiscores") == [{"user": str(players.SHARED_NAME[0]), "mode": "0"}]


async def test_request_by_name_forbids_updates_by_id(gateway):
    mania = "mutation ($id: ID!) { updateUser(id: $id, mode: MANIA) { __typename } }"
    await gateway.ask('{ hiscoresByUsername(username: "dupe name", mode: MANIA) { totalCount } }')
    await gateway.ask(UPDATE, id=str(players.SHARED_NAME[0]))
    refused = await gateway.ask(mania, id=str(players.SHARED_NAME[0]))
    assert refused["updateUser"]["__typename"] == "UpdateOnCooldown"


# Refreshes


async def test_empty_history_prevents_hiscores_in_the_background(gateway):
    await gateway.ask(BOTH, id=str(players.NO_SNAPSHOTS))
    gateway.clock.move(16 * MINUTE_S)
    await gateway.ask(BOTH, id=str(players.NO_SNAPSHOTS))
    await gateway.finish_refreshes()
    assert gateway.sandbox.count("/hiscores") == 1


async def test_deleted_hiscores_count_as_an_update(gateway):
    await gateway.ask(HISCORES, id="2")
    gateway.clock.move(HOUR_S)
    gateway.sandbox.faults = (Fault(kind="garbage", path="/hiscores", body="[]"),)
    assert await hiscores_total(gateway, 2) == 0
    assert (await gateway.ask(UPDATE, id="2"))["updateUser"]["__typename"] == "UpdateOnCooldown"


# Established players


@pytest.mark.parametrize("user", [players.AMEO, players.UNCHANGED, players.NO_SNAPSHOTS, players.INACTIVE])
@pytest.mark.parametrize("query", [HISCORES, BOTH])
async def test_cold_hiscores_start_no_cooldown(gateway, user, query):
    await gateway.ask(query, id=str(user))
    assert (await gateway.ask(UPDATE, id=str(user)))["updateUser"]["__typename"] == "UpdateUserSuccess"


@pytest.mark.parametrize("user", [players.AMEO, players.UNCHANGED])
async def test_cold_hiscores_are_served_after_an_update(gateway, user):
    await gateway.ask(UPDATE, id=str(user))
    assert await hiscores_total(gateway, user) > 0
    assert updates(gateway) == (1, 0)


async def test_cold_hiscores_are_served_after_a_failed_update(gateway):
    gateway.sandbox.faults = (Fault(kind="status", path="/update", status=500),)
    await gateway.error(UPDATE, id=str(players.UNCHANGED))
    assert await hiscores_total(gateway, players.UNCHANGED) == 70


async def test_known_hiscores_are_retried(gateway, instant_retries):
    await gateway.ask(LATEST, id="2")
    gateway.sandbox.faults = (Fault(kind="status", path="/hiscores", status=503, times=2),)
    assert await hiscores_total(gateway, 2) > 0
    assert gateway.sandbox.count("/hiscores") == 3
