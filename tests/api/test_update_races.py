"""Concurrent updates and reads: overlapping updates are joined, and no read returns old rows after new ones."""

import asyncio

import pytest

from gateway.sandbox import Fault, players
from tests.support.operations import UPDATE

EVERYTHING = """stats { latest { at playCount } peak { globalRank pp } hiscores(first: 500) { totalCount } }"""
READ = f"query ($id: ID!) {{ user(id: $id) {{ {EVERYTHING} }} }}"
UPDATE_AND_READ = f"mutation ($id: ID!) {{ updateUser(id: $id) {{ ... on UpdateUserSuccess {{ {EVERYTHING} }} }} }}"
BY_NAME = """{ hiscoresByUsername(username: "ameo") { totalCount } }"""


async def test_payload_stats_are_current_and_match_later_reads(gateway):
    before = (await gateway.ask(READ, id="131464"))["user"]["stats"]

    payload = (await gateway.ask(UPDATE_AND_READ, id="131464"))["updateUser"]["stats"]
    after = (await gateway.ask(READ, id="131464"))["user"]["stats"]

    assert payload == after
    assert payload["latest"]["at"] == "2026-11-20T12:00:00.000Z" > before["latest"]["at"]
    assert payload["hiscores"]["totalCount"] == before["hiscores"]["totalCount"] + 2


async def test_update_invalidates_hiscores_by_name(gateway):
    before = await gateway.ask(BY_NAME)

    await gateway.ask(UPDATE, id="131464")
    after = await gateway.ask(BY_NAME)

    assert after["hiscoresByUsername"]["totalCount"] == before["hiscoresByUsername"]["totalCount"] + 2


async def test_update_keeps_other_players_and_modes_cached(gateway):
    other = "{ user(id: 131464) { stats(mode: MANIA) { latest { at } } } b: user(id: 2) { stats { latest { at } } } }"
    await gateway.ask(other)
    await gateway.ask(UPDATE, id="131464")
    gateway.sandbox.reset_counts()

    await gateway.ask(other)

    assert gateway.sandbox.count() == 0


async def test_overlapping_updates_are_sent_once(gateway):
    gateway.sandbox.faults = [Fault(kind="latency", path="/update", seconds=0.05)]

    responses = await asyncio.gather(*(gateway.ask(UPDATE, id="131464") for _ in range(10)))

    assert {response["updateUser"]["__typename"] for response in responses} == {"UpdateUserSuccess"}
    assert gateway.sandbox.updates == [(131464, 0)]


async def test_updates_in_one_request_run_in_order(gateway):
    query = "mutation { a: updateUser(id: 131464) { __typename } b: updateUser(id: 131464) { __typename } }"

    data = await gateway.ask(query)

    assert [data["a"]["__typename"], data["b"]["__typename"]] == ["UpdateUserSuccess", "UpdateOnCooldown"]


async def test_later_update_in_a_request_invalidates_earlier_reads(gateway):
    mania = "stats(mode: MANIA) { latest { at } }"
    data = await gateway.ask(f"""mutation {{
      a: updateUser(id: 131464) {{ ... on UpdateUserSuccess {{ user {{ {mania} }} }} }}
      b: updateUser(id: 131464, mode: MANIA) {{ ... on UpdateUserSuccess {{ user {{ {mania} }} }} }}
    }}""")

    before, after = (data[name]["user"]["stats"]["latest"]["at"] for name in "ab")
    assert before < after == "2026-11-20T12:00:00.000Z"


async def test_failing_stats_field_keeps_the_update_result(gateway):
    gateway.sandbox.faults = [Fault(kind="status", path="/hiscores", status=500)]

    response = await gateway.send(UPDATE_AND_READ, id="131464")

    assert response["data"]["updateUser"]["stats"]["latest"]["at"] == "2026-11-20T12:00:00.000Z"
    assert [error["path"] for error in response["errors"]] == [["updateUser", "stats", "hiscores"]]


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_failed_update_invalidates_cached_data(gateway, status):
    await gateway.ask(READ, id="131464")
    gateway.sandbox.faults = [Fault(kind="status", path="/update", status=status)]

    error = await gateway.error(UPDATE, id="131464")
    gateway.sandbox.reset_counts()
    await gateway.ask(READ, id="131464")

    assert error["path"] == ["updateUser"]
    assert error["extensions"]["code"] == "UPDATE_OUTCOME_UNKNOWN"
    assert gateway.sandbox.count("/stats_history") == gateway.sandbox.count("/hiscores") == 1


class TestShortTimeout:
    @pytest.fixture
    def settings(self):
        return {"update_timeout_s": 0.5}

    async def test_update_timeout_is_an_error_and_invalidates(self, gateway):
        await gateway.ask(READ, id=str(players.ORDINARY[5]))
        gateway.sandbox.faults = [Fault(kind="hang", path="/update")]

        error = await gateway.error(UPDATE, id=str(players.ORDINARY[5]))
        gateway.sandbox.reset_counts()
        await gateway.ask(READ, id=str(players.ORDINARY[5]))

        assert error["extensions"]["code"] == "UPDATE_OUTCOME_UNKNOWN"
        assert gateway.sandbox.count("/stats_history") == 1

    async def test_timed_out_update_starts_the_cooldown(self, gateway):
        await gateway.error(UPDATE, id=str(players.UPDATE_HANGS))

        second = await gateway.ask(UPDATE, id=str(players.UPDATE_HANGS))

        assert second["updateUser"]["__typename"] == "UpdateOnCooldown"
        assert gateway.sandbox.updates == [(players.UPDATE_HANGS, 0)]
