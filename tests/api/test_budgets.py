"""No minute sees more requests than its budget, whatever clients do, and who can't be served is told when to come back."""

import asyncio

import pytest
import time_machine

from gateway.sandbox import Fault
from tests.support.clock import NOON

LATEST = "query($id: ID!) { user(id: $id) { stats { latest { pp } } } }"
PEAK = "query($id: ID!) { user(id: $id) { stats { peak { accuracy } } } }"
HISCORES = "query($id: ID!) { user(id: $id) { stats { hiscores { totalCount } } } }"
UPDATE = "mutation($id: ID!) { updateUser(id: $id) { __typename } }"


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
    """The clock that the `limits` library reads, standing still."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


async def ask_for_thirty(gateway, query=LATEST):
    return await asyncio.gather(*(gateway.send(query, id=str(user)) for user in range(1001, 1031)))


async def test_a_minute_has_the_requests_of_its_budget_and_no_more(gateway, wall):
    answers = await ask_for_thirty(gateway)
    refused = [answer["errors"][0]["extensions"] for answer in answers if "errors" in answer]
    assert gateway.sandbox.count() == 5
    assert {error["code"] for error in refused} == {"UPSTREAM_BUSY"}
    assert len(refused) == 25


async def test_who_is_refused_is_told_when_the_budget_has_room_again(gateway, wall):
    answers = await ask_for_thirty(gateway)
    waits = {answer["errors"][0]["extensions"]["retryAfterSeconds"] for answer in answers if "errors" in answer}
    assert waits <= {60, 61}
    wall.shift(61)
    gateway.clock.move(61)
    await ask_for_thirty(gateway)
    assert gateway.sandbox.count() == 10


class TestWithOneAtATime:
    @pytest.fixture
    def settings(self):
        return {"upstream_concurrency": 1, "operation_timeout_s": 0.5}

    @pytest.mark.parametrize("query", [LATEST, UPDATE])
    async def test_who_waits_in_vain_behind_a_slow_request_is_told_that_nothing_was_sent(self, gateway, query):
        gateway.sandbox.faults = (Fault(kind="latency", seconds=1.5, path="/update"),)
        # An update goes on when whoever wanted it has gone.
        await gateway.error(UPDATE, id="1001")
        error = await gateway.error(query, id="1002")
        assert error["extensions"]["code"] == "UPSTREAM_BUSY"
        assert gateway.sandbox.counts()["paths"] == {"/update": 1}


async def test_hiscores_have_a_budget_of_their_own(gateway, wall):
    await ask_for_thirty(gateway)
    await ask_for_thirty(gateway, HISCORES)
    assert gateway.sandbox.counts()["paths"] == {"/stats_history": 5, "/hiscores": 3}


async def test_an_update_that_would_have_to_wait_longer_than_who_asks_is_refused_and_never_sent(gateway, wall):
    await gateway.ask(UPDATE, id="1001")
    error = await gateway.error(UPDATE, id="1002")
    assert (error["extensions"]["code"], error["extensions"]["retryAfterSeconds"]) == ("UPSTREAM_BUSY", 61)
    await gateway.app.state.gateway.updates.close()
    assert gateway.sandbox.updates == [(1001, 0)]


async def test_refreshes_of_what_is_remembered_leave_room_for_who_has_to_wait(gateway, wall):
    known = [str(user) for user in range(1001, 1006)]
    for user in known:
        await gateway.ask(LATEST, id=user)
    wall.shift(3600)
    gateway.clock.move(3600)
    await asyncio.gather(*(gateway.ask(LATEST, id=user) for user in known))
    await gateway.finish_refreshes()
    assert (await gateway.ask(LATEST, id="1030"))["user"]["stats"]["latest"]
    assert gateway.sandbox.count() == 10


async def test_nothing_is_paid_for_what_the_breaker_does_not_let_out(gateway, wall):
    connection = gateway.app.state.gateway.upstream
    connection.breaker.retry_at = gateway.clock.now + 30
    assert (await gateway.error(LATEST, id="1001"))["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"
    assert await connection.rate_limiter.budgets["reads"].remaining() == 5


async def test_what_is_remembered_is_answered_when_the_budget_is_used_up(gateway, wall):
    await gateway.ask(LATEST, id="1001")
    await ask_for_thirty(gateway)
    assert (await gateway.ask(LATEST, id="1001"))["user"]["stats"]["latest"]


@pytest.mark.parametrize("retry_after", ["40", "Fri, 20 Nov 2026 12:00:40 GMT"], ids=["seconds", "date"])
async def test_after_a_429_only_its_class_is_left_alone(gateway, wall, retry_after):
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
