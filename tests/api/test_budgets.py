"""Request budgets: no minute exceeds them, and refusals have `retryAfterSeconds`."""

import asyncio

import pytest
import time_machine

from gateway.sandbox import Fault
from tests.support.clock import HOUR_S, NOON
from tests.support.operations import HISCORES, LATEST, PEAK, UPDATE


@pytest.fixture
def settings():
    return {
        "reads_per_minute": 5,
        "hiscores_per_minute": 3,
        "updates_per_minute": 1,
        "operation_timeout_s": 1.0,
        "update_timeout_s": 120.0,
    }


@pytest.fixture
def wall():
    """The clock of the `limits` library, which stands still until `shift`."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


async def send_thirty(gateway, query=LATEST):
    return await asyncio.gather(*(gateway.send(query, id=str(user)) for user in range(1001, 1031)))


async def test_requests_beyond_the_budget_are_refused(gateway, wall):
    responses = await send_thirty(gateway)
    refused = [response["errors"][0]["extensions"] for response in responses if "errors" in response]
    assert gateway.sandbox.count() == 5
    assert {error["code"] for error in refused} == {"UPSTREAM_BUSY"}
    assert len(refused) == 25


async def test_refusal_says_when_the_budget_has_room(gateway, wall):
    responses = await send_thirty(gateway)
    waits = {response["errors"][0]["extensions"]["retryAfterSeconds"] for response in responses if "errors" in response}
    assert waits <= {60, 61}
    wall.shift(61)
    gateway.clock.move(61)
    await send_thirty(gateway)
    assert gateway.sandbox.count() == 10


class TestConcurrencyOfOne:
    @pytest.fixture
    def settings(self):
        return {"upstream_concurrency": 1, "operation_timeout_s": 0.5}

    @pytest.mark.parametrize("query", [LATEST, UPDATE])
    async def test_waiting_behind_a_slow_request_ends_as_busy(self, gateway, query):
        gateway.sandbox.faults = (Fault(kind="latency", seconds=1.5, path="/update"),)
        # The update continues in the background after the operation's timeout.
        await gateway.error(UPDATE, id="1001")
        error = await gateway.error(query, id="1002")
        assert error["extensions"]["code"] == "UPSTREAM_BUSY"
        assert gateway.sandbox.counts()["paths"] == {"/update": 1}


async def test_hiscores_have_their_own_budget(gateway, wall):
    await send_thirty(gateway)
    await send_thirty(gateway, HISCORES)
    assert gateway.sandbox.counts()["paths"] == {"/stats_history": 5, "/hiscores": 3}


async def test_update_beyond_the_deadline_is_never_sent(gateway, wall):
    await gateway.ask(UPDATE, id="1001")
    error = await gateway.error(UPDATE, id="1002")
    assert (error["extensions"]["code"], error["extensions"]["retryAfterSeconds"]) == ("UPSTREAM_BUSY", 61)
    await gateway.parts.updates.close()
    assert gateway.sandbox.updates == [(1001, 0)]


async def test_background_refreshes_leave_budget_for_interactive_requests(gateway, wall):
    known = [str(user) for user in range(1001, 1006)]
    for user in known:
        await gateway.ask(LATEST, id=user)
    wall.shift(HOUR_S)
    gateway.clock.move(HOUR_S)
    await asyncio.gather(*(gateway.ask(LATEST, id=user) for user in known))
    await gateway.finish_refreshes()
    assert (await gateway.ask(LATEST, id="1030"))["user"]["stats"]["latest"]
    assert gateway.sandbox.count() == 10


async def test_open_circuit_breaker_uses_no_budget(gateway, wall):
    connection = gateway.parts.upstream
    connection.breaker.retry_at = gateway.clock.now + 30
    assert (await gateway.error(LATEST, id="1001"))["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"
    assert await connection.rate_limiter.budgets["reads"].remaining() == 5


async def test_cached_data_is_served_without_budget(gateway, wall):
    await gateway.ask(LATEST, id="1001")
    await send_thirty(gateway)
    assert (await gateway.ask(LATEST, id="1001"))["user"]["stats"]["latest"]


@pytest.mark.parametrize("retry_after", ["40", "Fri, 20 Nov 2026 12:00:40 GMT"], ids=["seconds", "date"])
async def test_429_pauses_only_its_own_budget(gateway, wall, retry_after):
    gateway.sandbox.faults = (Fault(kind="rate_limit", retry_after=retry_after, path="/hiscores", times=1),)
    error = await gateway.error(HISCORES, id="1001")
    assert error["extensions"] | {"requestId": ""} == {
        "code": "UPSTREAM_BUSY",
        "retryable": True,
        "retryAfterSeconds": 40,
        "requestId": "",
    }
    assert (await gateway.error(HISCORES, id="1002"))["extensions"]["code"] == "UPSTREAM_BUSY"
    assert (await gateway.ask("{ status { upstream } }"))["status"]["upstream"] == "DEGRADED"
    assert gateway.sandbox.count("/hiscores") == 1
    await gateway.ask(PEAK, id="1001")
    wall.shift(41)
    gateway.clock.move(41)
    await gateway.ask(HISCORES, id="1001")
