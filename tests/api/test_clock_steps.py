"""Steps of the system clock, while time passes as before: no duration changes."""

from datetime import datetime

import pytest

from gateway.sandbox import Fault
from tests.support.cache_control import max_age

LATEST = "{ user(id: 131464) { stats { latest { at } } } }"
UPDATE = "mutation { updateUser(id: 131464) { __typename } }"
HOUR_S = 3600


@pytest.fixture(params=[-48 * HOUR_S, -HOUR_S, HOUR_S, 48 * HOUR_S], ids="{:+} s".format)
def step_s(request):
    return request.param


async def test_cached_data_stays_fresh(gateway, step_s):
    await gateway.ask(LATEST)
    gateway.clock.step(step_s)
    gateway.clock.move(599)
    response = await gateway.send(LATEST + "\n")
    assert "warnings" not in response["extensions"]
    assert gateway.sandbox.count() == 1


async def test_cached_data_becomes_stale(gateway, step_s):
    await gateway.ask(LATEST)
    gateway.clock.step(step_s)
    gateway.clock.move(HOUR_S)
    await gateway.ask(LATEST)
    await gateway.finish_refreshes()
    assert gateway.sandbox.count() == 2


async def test_cached_response_expires_by_its_age(gateway, step_s):
    await gateway.ask(LATEST)
    await gateway.http.get("/graphql", params={"query": LATEST})
    gateway.clock.step(step_s)
    gateway.clock.move(599)
    cached = await gateway.http.get("/graphql", params={"query": LATEST})
    gateway.clock.move(1)
    await gateway.http.get("/graphql", params={"query": LATEST})
    assert (max_age(cached), gateway.responses.hits) == (1, 1)


async def test_invalidated_data_stays_invalid(gateway, step_s):
    before = await gateway.ask(LATEST)
    await gateway.ask(UPDATE)
    gateway.clock.step(step_s)
    await gateway.ask("mutation { updateUser(id: 1001) { __typename } }")
    after = await gateway.ask(LATEST)
    assert after["user"]["stats"]["latest"]["at"] > before["user"]["stats"]["latest"]["at"]


async def test_circuit_breaker_stays_open_for_its_time(gateway, step_s):
    gateway.sandbox.faults = (Fault(kind="status", status=500),)
    for user in range(1001, 1011):
        await gateway.error(f"{{ user(id: {user}) {{ stats {{ tracked }} }} }}")
    gateway.sandbox.faults = ()
    gateway.clock.step(step_s)
    gateway.clock.move(29)
    error = await gateway.error(LATEST)
    gateway.clock.move(1)
    await gateway.ask(LATEST)
    assert (error["extensions"]["code"], error["extensions"]["retryAfterSeconds"]) == ("UPSTREAM_UNAVAILABLE", 1)


async def test_cooldown_keeps_its_length(gateway, step_s):
    await gateway.ask(UPDATE)
    gateway.clock.step(step_s)
    gateway.clock.move(899)
    refused = await gateway.ask("mutation { updateUser(id: 131464) { ... on UpdateOnCooldown { retryAt } } }")
    retry_at = datetime.fromisoformat(refused["updateUser"]["retryAt"]).timestamp()
    gateway.clock.move(1)
    updated = await gateway.ask(UPDATE)
    assert retry_at == gateway.clock.now
    assert updated["updateUser"] == {"__typename": "UpdateUserSuccess"}
