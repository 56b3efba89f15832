"""After an update with an unknown outcome, the player's data is fresh for 15 s only; cooldowns are stated exactly."""

from datetime import UTC, datetime

import pytest

from gateway.sandbox import Fault, create_sandbox
from tests.support.clock import MINUTE_S, Clock
from tests.support.gateway import start_gateway
from tests.support.operations import LATEST, PEAK, UPDATE

COOLDOWN = """mutation { a: updateUser(id: 2) { __typename }
  b: updateUser(id: 2) { ... on UpdateOnCooldown { retryAt retryAfterSeconds message } } }"""


async def fail_update(gateway):
    gateway.sandbox.faults = (Fault(kind="status", path="/update", status=500),)
    await gateway.error(UPDATE, id="2")
    gateway.sandbox.faults = ()


async def update_elsewhere(gateway):
    """The end of an update that the gateway has given up."""
    http = gateway.parts.upstream._http  # noqa: SLF001
    (await http.post("/update", params={"user": 2, "mode": 0})).raise_for_status()


async def latest(gateway):
    response = await gateway.send(LATEST, id="2")
    assert "warnings" not in response["extensions"]
    return response["data"]["user"]["stats"]["latest"]["at"]


async def test_new_row_is_served_after_fifteen_seconds(gateway):
    await fail_update(gateway)
    before = await latest(gateway)
    gateway.clock.move(6)
    await update_elsewhere(gateway)
    assert await latest(gateway) == before
    gateway.clock.move(9)
    assert await latest(gateway) == "2026-11-20T12:00:06.000Z"


@pytest.mark.parametrize("query,path", [(LATEST, "/stats_history"), (PEAK, "/peak")])
async def test_short_freshness_ends_after_five_minutes(gateway, query, path):
    await fail_update(gateway)
    gateway.sandbox.reset_counts()
    for _ in range(20):
        await gateway.ask(query, id="2")
        gateway.clock.move(15)
    gateway.clock.move(1)
    await gateway.ask(query, id="2")
    gateway.clock.move(9 * MINUTE_S)
    await gateway.ask(query, id="2")
    assert gateway.sandbox.count(path) == 21


async def test_other_players_keep_their_freshness(gateway):
    await fail_update(gateway)
    gateway.sandbox.reset_counts()
    for _ in range(3):
        await gateway.ask(LATEST, id="131464")
        gateway.clock.move(60)
    assert gateway.sandbox.count("/stats_history") == 1


async def test_remaining_cooldown_never_exceeds_the_whole():
    clock = Clock()

    async def sleep(seconds):
        clock.move(seconds)

    sandbox = create_sandbox(now=lambda: datetime.fromtimestamp(clock.now, UTC), sleep=sleep)
    async with start_gateway(clock=clock, sandbox=sandbox) as gateway:
        gateway.sandbox.faults = (Fault(kind="latency", path="/update", seconds=25),)
        refused = (await gateway.ask(COOLDOWN))["b"]
    assert refused == {
        "retryAt": "2026-11-20T12:15:25.000Z",
        "retryAfterSeconds": 900,
        "message": "The player was updated in this mode a short time ago. Retry in 900 s.",
    }


async def test_wall_clock_does_not_affect_the_cooldown(gateway):
    await gateway.ask(UPDATE, id="2")
    for step_s in (-3600, 7200):
        gateway.clock.step(step_s)
        gateway.clock.move(60)
        refused = await gateway.ask("mutation { updateUser(id: 2) { ... on UpdateOnCooldown { retryAfterSeconds } } }")
        assert 0 < refused["updateUser"]["retryAfterSeconds"] <= 840
    gateway.clock.move(780)
    assert (await gateway.ask(UPDATE, id="2"))["updateUser"]["__typename"] == "UpdateUserSuccess"
