"""Updates as clients see them: what they change, what refuses them, and that every later read sees the new row."""

import pytest

from gateway.sandbox import players

UPDATE = """mutation($id: ID!, $mode: GameMode! = OSU) { updateUser(id: $id, mode: $mode) {
    __typename
    ... on UpdateUserSuccess {
      firstUpdate leveledUp delta { playCount ranksGained } newHiscores { position accuracy beatmapId }
      user { username osuTrackUrl } stats { latest { at playCount } }
    }
    ... on UpdateRefused { message }
    ... on UserNotFound { id }
    ... on UpdateOnCooldown { retryAt retryAfterSeconds stats { latest { at } } }
} }"""
LATEST = "query($id: ID!) { user(id: $id) { username stats { latest { at playCount } } } }"


async def update(gateway, user):
    return (await gateway.ask(UPDATE, id=str(user)))["updateUser"]


async def test_the_payload_and_every_later_read_see_the_new_snapshot(gateway):
    before = (await gateway.ask(LATEST, id="1001"))["user"]["stats"]["latest"]
    done = await update(gateway, 1001)
    after = (await gateway.ask(LATEST, id="1001"))["user"]["stats"]["latest"]
    assert done["__typename"] == "UpdateUserSuccess"
    assert done["stats"]["latest"] == after
    assert after["playCount"] - before["playCount"] == done["delta"]["playCount"] > 0


async def test_the_name_is_known_from_the_first_update_on(gateway):
    assert (await gateway.ask(LATEST, id=str(players.AMEO)))["user"]["username"] is None
    assert (await update(gateway, players.AMEO))["user"]["username"] == "ameo"
    assert (await gateway.ask(LATEST, id=str(players.AMEO)))["user"]["username"] == "ameo"


async def test_a_first_update_has_nothing_to_compare_with(gateway):
    done = await update(gateway, 70000001)
    assert done["firstUpdate"] is True
    assert done["delta"] is None
    assert done["newHiscores"][0]["position"] == 1


@pytest.mark.parametrize("user", [99999999, 80000001])
async def test_who_does_not_exist_is_a_type_of_the_result(gateway, user):
    refused = await update(gateway, user)
    assert refused == {"__typename": "UserNotFound", "id": str(user), "message": refused["message"]}


async def test_a_second_update_within_the_cooldown_is_not_sent(gateway):
    await update(gateway, 1001)
    gateway.clock.move(300)
    refused = await update(gateway, 1001)
    assert refused["__typename"] == "UpdateOnCooldown"
    assert refused["retryAfterSeconds"] == 600
    assert refused["stats"]["latest"]["at"]
    assert gateway.sandbox.count("/update") == 1


async def test_after_the_cooldown_an_update_is_sent_again(gateway):
    await update(gateway, 1001)
    gateway.clock.move(901)
    assert (await update(gateway, 1001))["__typename"] == "UpdateUserSuccess"


async def test_another_mode_has_a_cooldown_of_its_own(gateway):
    await update(gateway, 2)
    other = await gateway.ask(UPDATE, id="2", mode="MANIA")
    assert other["updateUser"]["__typename"] == "UpdateUserSuccess"


@pytest.mark.parametrize("user", [players.UPDATE_FAILS, players.UPDATE_NULL])
async def test_a_failing_update_is_an_error_and_makes_old_what_was_known(gateway, user):
    await gateway.ask(LATEST, id=str(user))
    answer = await gateway.send(UPDATE, id=str(user))
    await gateway.ask(LATEST, id=str(user))
    assert answer["data"] is None
    assert answer["errors"][0]["path"] == ["updateUser"]
    assert gateway.sandbox.count("/stats_history") == 2


class TestWithTokens:
    @pytest.fixture
    def settings(self):
        return {"update_tokens": ("right", "also-right")}

    @pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic right"}])
    async def test_an_update_needs_one(self, gateway, header):
        answer = await gateway.http.post("/graphql", json={"query": UPDATE, "variables": {"id": "1"}}, headers=header)
        assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert gateway.sandbox.count() == 0

    async def test_a_right_one_is_enough(self, gateway):
        header = {"Authorization": "bearer also-right"}
        body = {"query": UPDATE, "variables": {"id": "1001"}}
        answer = await gateway.http.post("/graphql", json=body, headers=header)
        assert answer.json()["data"]["updateUser"]["__typename"] == "UpdateUserSuccess"
