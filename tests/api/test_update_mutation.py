"""The `updateUser` mutation: its results, its refusals, and later reads."""

import pytest

from gateway.sandbox import Fault, players

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


async def test_payload_and_later_reads_have_the_new_snapshot(gateway):
    before = (await gateway.ask(LATEST, id="1001"))["user"]["stats"]["latest"]
    done = await update(gateway, 1001)
    after = (await gateway.ask(LATEST, id="1001"))["user"]["stats"]["latest"]
    assert done["__typename"] == "UpdateUserSuccess"
    assert done["stats"]["latest"] == after
    assert after["playCount"] - before["playCount"] == done["delta"]["playCount"] > 0


async def test_first_update_makes_the_username_known(gateway):
    assert (await gateway.ask(LATEST, id=str(players.AMEO)))["user"]["username"] is None
    assert (await update(gateway, players.AMEO))["user"]["username"] == "ameo"
    assert (await gateway.ask(LATEST, id=str(players.AMEO)))["user"]["username"] == "ameo"


async def test_first_update_has_no_delta(gateway):
    done = await update(gateway, 70000001)
    assert done["firstUpdate"] is True
    assert done["delta"] is None
    assert done["newHiscores"][0]["position"] == 1


@pytest.mark.parametrize("user", [99999999, 80000001])
async def test_nonexistent_user_is_a_result_type(gateway, user):
    refused = await update(gateway, user)
    assert refused == {"__typename": "UserNotFound", "id": str(user), "message": refused["message"]}


async def test_update_during_the_cooldown_is_not_sent(gateway):
    await update(gateway, 1001)
    gateway.clock.move(300)
    refused = await update(gateway, 1001)
    assert refused["__typename"] == "UpdateOnCooldown"
    assert refused["retryAfterSeconds"] == 600
    assert refused["stats"]["latest"]["at"]
    assert gateway.sandbox.count("/update") == 1


async def test_update_after_the_cooldown_is_sent(gateway):
    await update(gateway, 1001)
    gateway.clock.move(901)
    assert (await update(gateway, 1001))["__typename"] == "UpdateUserSuccess"


async def test_each_mode_has_its_own_cooldown(gateway):
    await update(gateway, 2)
    other = await gateway.ask(UPDATE, id="2", mode="MANIA")
    assert other["updateUser"]["__typename"] == "UpdateUserSuccess"


@pytest.mark.parametrize("user", [players.UPDATE_FAILS, players.UPDATE_NULL])
async def test_failed_update_is_an_error_and_invalidates(gateway, user):
    await gateway.ask(LATEST, id=str(user))
    response = await gateway.send(UPDATE, id=str(user))
    await gateway.ask(LATEST, id=str(user))
    assert response["data"] is None
    assert response["errors"][0]["path"] == ["updateUser"]
    assert gateway.sandbox.count("/stats_history") == 2


class TestTokens:
    @pytest.fixture
    def settings(self):
        return {"update_tokens": ("the-first-token-1", "the-second-token")}

    @pytest.mark.parametrize(
        "header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic the-first-token-1"}]
    )
    async def test_update_without_a_valid_token_is_refused(self, gateway, header):
        response = await gateway.http.post("/graphql", json={"query": UPDATE, "variables": {"id": "1"}}, headers=header)
        assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert gateway.sandbox.count() == 0

    async def test_refused_tokens_are_counted_charged_and_logged(self, gateway, caplog):
        body = {"query": UPDATE, "variables": {"id": "1"}}
        for header in [{}, *[{"Authorization": f"Bearer guess-{number}"} for number in range(30)]]:
            response = await gateway.http.post("/graphql", json=body, headers=header)
            assert response.json()["extensions"]["cost"]["charged"] == 1
        text = (await gateway.http.get("/metrics")).text
        assert 'gateway_update_tokens_refused_total{reason="missing"} 1.0' in text
        assert 'gateway_update_tokens_refused_total{reason="wrong"} 30.0' in text
        [warning] = [record for record in caplog.records if "wrong token" in record.message]
        assert warning.levelname == "WARNING"
        assert "guess" not in caplog.text

    async def test_update_is_logged_with_player_and_token(self, gateway, caplog):
        caplog.set_level("INFO")
        header = {"Authorization": "Bearer the-second-token"}
        body = {"query": UPDATE, "variables": {"id": "1001"}}
        await gateway.http.post("/graphql", json=body, headers=header)
        [line] = [record for record in caplog.records if record.message == "Sent to osu!track"]
        facts = (line.endpoint, line.player, line.mode, line.token, line.outcome)
        assert facts == ("/update", "1001", "OSU", 2, "ok")

    async def test_update_with_a_valid_token_succeeds(self, gateway):
        header = {"Authorization": "bearer the-second-token"}
        body = {"query": UPDATE, "variables": {"id": "1001"}}
        response = await gateway.http.post("/graphql", json=body, headers=header)
        assert response.json()["data"]["updateUser"]["__typename"] == "UpdateUserSuccess"


class TestUpdatesOff:
    @pytest.fixture
    def settings(self):
        return {"updates": False, "update_tokens": ("the-first-token-1",)}

    @pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer the-first-token-1"}])
    async def test_every_update_is_refused(self, gateway, header):
        body = {"query": UPDATE, "variables": {"id": "1001"}}
        response = (await gateway.http.post("/graphql", json=body, headers=header)).json()
        assert response["errors"][0]["message"] == "This gateway accepts no updates. All reads work."
        assert response["errors"][0]["extensions"]["code"] == "UPDATES_DISABLED"
        assert (response["extensions"]["cost"]["charged"], gateway.sandbox.count()) == (0, 0)


@pytest.mark.parametrize(
    "fault,facts",
    [
        (None, ("ok", False)),
        (Fault(kind="status", path="/update", status=502), ("UPSTREAM_UNAVAILABLE", True)),
        (Fault(kind="garbage", path="/update"), ("UPSTREAM_INVALID_RESPONSE", True)),
        (Fault(kind="status", path="/update", status=429), ("UPSTREAM_BUSY", False)),
        (Fault(kind="status", path="/update", status=403), ("UPSTREAM_REJECTED", False)),
    ],
    ids=["none", "502", "unreadable", "429", "403"],
)
async def test_log_line_states_a_possible_update(gateway, caplog, fault, facts):
    caplog.set_level("INFO")
    gateway.sandbox.faults = (fault,) if fault else ()
    await gateway.send(UPDATE, id="1001")
    [line] = [record for record in caplog.records if record.message == "Sent to osu!track"]
    assert (line.outcome, getattr(line, "may_have_updated", False)) == facts
