"""Updates and reads that meet: what overlaps is joined, and nobody sees old rows after new ones."""

import asyncio

import pytest

from gateway.sandbox import Fault, players

UPDATE = "mutation ($id: ID!) { updateUser(id: $id) { __typename } }"
EVERYTHING = """stats { latest { at playCount } peak { globalRank pp } hiscores(first: 500) { totalCount } }"""
READ = f"query ($id: ID!) {{ user(id: $id) {{ {EVERYTHING} }} }}"
UPDATE_AND_READ = f"mutation ($id: ID!) {{ updateUser(id: $id) {{ ... on UpdateUserSuccess {{ {EVERYTHING} }} }} }}"
BY_NAME = """{ hiscoresByUsername(username: "ameo") { totalCount } }"""


async def test_the_payloads_stats_are_read_anew_and_later_reads_agree(gateway):
    before = (await gateway.ask(READ, id="131464"))["user"]["stats"]

    payload = (await gateway.ask(UPDATE_AND_READ, id="131464"))["updateUser"]["stats"]
    after = (await gateway.ask(READ, id="131464"))["user"]["stats"]

    assert payload == after
    assert payload["latest"]["at"] == "2026-11-20T12:00:00.000Z" > before["latest"]["at"]
    assert payload["hiscores"]["totalCount"] == before["hiscores"]["totalCount"] + 2


async def test_what_was_known_by_name_is_old_after_an_update_as_well(gateway):
    before = await gateway.ask(BY_NAME)

    await gateway.ask(UPDATE, id="131464")
    after = await gateway.ask(BY_NAME)

    assert after["hiscoresByUsername"]["totalCount"] == before["hiscoresByUsername"]["totalCount"] + 2


async def test_other_players_and_modes_stay_remembered(gateway):
    other = "{ user(id: 131464) { stats(mode: MANIA) { latest { at } } } b: user(id: 2) { stats { latest { at } } } }"
    await gateway.ask(other)
    await gateway.ask(UPDATE, id="131464")
    gateway.sandbox.reset_counts()

    await gateway.ask(other)

    assert gateway.sandbox.count() == 0


async def test_updates_that_overlap_are_sent_once_and_all_succeed(gateway):
    gateway.sandbox.faults = [Fault(kind="latency", path="/update", seconds=0.05)]

    answers = await asyncio.gather(*(gateway.ask(UPDATE, id="131464") for _ in range(10)))

    assert {answer["updateUser"]["__typename"] for answer in answers} == {"UpdateUserSuccess"}
    assert gateway.sandbox.updates == [(131464, 0)]


async def test_two_updates_in_one_request_are_made_one_after_the_other(gateway):
    query = "mutation { a: updateUser(id: 131464) { __typename } b: updateUser(id: 131464) { __typename } }"

    data = await gateway.ask(query)

    assert [data["a"]["__typename"], data["b"]["__typename"]] == ["UpdateUserSuccess", "UpdateOnCooldown"]


async def test_what_one_request_has_read_is_old_after_an_update_that_it_makes_itself(gateway):
    mania = "stats(mode: MANIA) { latest { at } }"
    data = await gateway.ask(f"""mutation {{
      a: updateUser(id: 131464) {{ ... on UpdateUserSuccess {{ user {{ {mania} }} }} }}
      b: updateUser(id: 131464, mode: MANIA) {{ ... on UpdateUserSuccess {{ user {{ {mania} }} }} }}
    }}""")

    before, after = (data[name]["user"]["stats"]["latest"]["at"] for name in "ab")
    assert before < after == "2026-11-20T12:00:00.000Z"


async def test_a_field_that_fails_beside_an_update_leaves_the_update(gateway):
    gateway.sandbox.faults = [Fault(kind="status", path="/hiscores", status=500)]

    response = await gateway.send(UPDATE_AND_READ, id="131464")

    assert response["data"]["updateUser"]["stats"]["latest"]["at"] == "2026-11-20T12:00:00.000Z"
    assert [error["path"] for error in response["errors"]] == [["updateUser", "stats", "hiscores"]]


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_after_an_update_that_failed_nothing_old_is_served(gateway, status):
    await gateway.ask(READ, id="131464")
    gateway.sandbox.faults = [Fault(kind="status", path="/update", status=status)]

    error = await gateway.error(UPDATE, id="131464")
    gateway.sandbox.reset_counts()
    await gateway.ask(READ, id="131464")

    assert error["path"] == ["updateUser"]
    assert error["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"
    assert gateway.sandbox.count("/stats_history") == gateway.sandbox.count("/hiscores") == 1


class TestInAHurry:
    @pytest.fixture
    def settings(self):
        return {"update_timeout_s": 0.5}

    async def test_an_update_that_is_never_answered_is_an_error_and_makes_old_what_was_known(self, gateway):
        await gateway.ask(READ, id=str(players.ORDINARY[5]))
        gateway.sandbox.faults = [Fault(kind="hang", path="/update")]

        error = await gateway.error(UPDATE, id=str(players.ORDINARY[5]))
        gateway.sandbox.reset_counts()
        await gateway.ask(READ, id=str(players.ORDINARY[5]))

        assert error["extensions"]["code"] == "UPSTREAM_TIMEOUT"
        assert gateway.sandbox.count("/stats_history") == 1

    async def test_it_is_not_sent_again_within_the_cooldown(self, gateway):
        await gateway.error(UPDATE, id=str(players.UPDATE_HANGS))

        again = await gateway.ask(UPDATE, id=str(players.UPDATE_HANGS))

        assert again["updateUser"]["__typename"] == "UpdateOnCooldown"
        assert gateway.sandbox.updates == [(players.UPDATE_HANGS, 0)]
