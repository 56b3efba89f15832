"""Request budgets: no minute exceeds them, and refusals have `retryAfterSeconds`."""

import asyncio

import pytest

from gateway.sandbox import Fault
from gateway.shared.local_window import WINDOW_S
from tests.support.clock import HOUR_S, MINUTE_S
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


@pytest.fixture(autouse=True)
def whole_budgets(gateway):
    """A minute after the start, the whole budgets are available."""
    gateway.clock.move(WINDOW_S)


async def send_thirty(gateway, query=LATEST):
    """One operation of each of thirty clients, for different players."""
    clients = (f"10.0.0.{number}" for number in range(30))
    operations = (gateway.send_from(client, query, id=str(1001 + n)) for n, client in enumerate(clients))
    return await asyncio.gather(*operations)


async def test_requests_beyond_the_budget_are_refused(gateway):
    responses = await send_thirty(gateway)
    refused = [response["errors"][0]["extensions"] for response in responses if "errors" in response]
    assert gateway.sandbox.count() == 5
    assert {error["code"] for error in refused} == {"UPSTREAM_BUSY"}
    assert len(refused) == 25


async def test_refusal_says_when_the_budget_has_room(gateway):
    responses = await send_thirty(gateway)
    waits = {response["errors"][0]["extensions"]["retryAfterSeconds"] for response in responses if "errors" in response}
    assert waits == {61}
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


async def test_hiscores_have_their_own_budget(gateway):
    await send_thirty(gateway)
    await send_thirty(gateway, HISCORES)
    assert gateway.sandbox.counts()["paths"] == {"/stats_history": 5, "/hiscores": 3}


async def test_update_beyond_the_deadline_is_never_sent(gateway):
    await gateway.ask(UPDATE, id="1001")
    error = await gateway.error(UPDATE, id="1002")
    assert (error["extensions"]["code"], error["extensions"]["retryAfterSeconds"]) == ("UPSTREAM_BUSY", 61)
    await gateway.parts.updates.close()
    assert gateway.sandbox.updates == [(1001, 0)]


async def test_background_refreshes_leave_budget_for_interactive_requests(gateway):
    known = [str(user) for user in range(1001, 1006)]
    for user in known:
        await gateway.send_from(f"10.0.0.{user[-1]}", LATEST, id=user)
    gateway.clock.move(11 * MINUTE_S)
    await asyncio.gather(*(gateway.ask(LATEST, id=user) for user in known))
    await gateway.finish_refreshes()
    assert (await gateway.ask(LATEST, id="1030"))["user"]["stats"]["latest"]
    assert gateway.sandbox.count() == 10


async def test_open_circuit_breaker_uses_no_budget(gateway):
    connection = gateway.parts.upstream
    connection.breakers["reads"].confirm_block("refused")
    assert (await gateway.error(LATEST, id="1001"))["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"
    assert await connection.rate_limiter.budgets["reads"].remaining() == 5


async def test_cached_data_is_served_without_budget(gateway):
    await gateway.ask(LATEST, id="1001")
    await send_thirty(gateway)
    assert (await gateway.ask(LATEST, id="1001"))["user"]["stats"]["latest"]


@pytest.mark.parametrize("retry_after", ["40", "Fri, 20 Nov 2026 12:01:41 GMT"], ids=["seconds", "date"])
async def test_429_pauses_only_its_own_budget(gateway, retry_after):
    gateway.sandbox.faults = (Fault(kind="rate_limit", retry_after=retry_after, path="/hiscores", times=1),)
    error = await gateway.error(HISCORES, id="1001")
    assert error["extensions"] | {"requestId": ""} == {
        "code": "UPSTREAM_BUSY",
        "retryable": True,
        "retryAfterSeconds": 40,
        "requestId": "",
    }
    refused = await gateway.error(HISCORES, id="1002")
    assert refused["message"] == "Requests for hiscores are paused, as their rate limit is reached. Retry in 40 s."
    assert refused["extensions"]["code"] == "UPSTREAM_BUSY"
    assert (await gateway.ask("{ status { upstream } }"))["status"]["upstream"] == "DEGRADED"
    assert gateway.sandbox.count("/hiscores") == 1
    await gateway.ask(PEAK, id="1001")
    gateway.clock.move(WINDOW_S)
    await gateway.ask(HISCORES, id="1001")


async def test_status_and_readiness_show_a_pause(gateway):
    gateway.sandbox.faults = (Fault(kind="rate_limit", retry_after="40", path="/hiscores", times=1),)
    await gateway.error(HISCORES, id="1001")
    classes = (await gateway.ask("{ status { classes { name state pausedUntil } } }"))["status"]["classes"]
    assert classes == [
        {"name": "reads", "state": "UP", "pausedUntil": None},
        {"name": "hiscores", "state": "DEGRADED", "pausedUntil": "2026-11-20T12:01:41.000Z"},
        {"name": "updates", "state": "UP", "pausedUntil": None},
    ]
    assert (await gateway.http.get("/readyz")).json()["retryAfterSeconds"] == {"hiscores": 40}
    gateway.clock.move(40)
    assert (await gateway.http.get("/readyz")).json()["retryAfterSeconds"] == {}


class TestRetries:
    @pytest.fixture
    def settings(self):
        return {"reads_per_minute": 5}

    async def test_budget_used_by_retries_states_the_failures(self, gateway):
        gateway.sandbox.faults = (Fault(kind="status", status=502, path="/stats_history"),)
        messages = [(await gateway.error(LATEST, id=str(player)))["message"] for player in (1001, 1002, 1003)]
        exhausted = (
            "The gateway's request budget for reads is exhausted. osu!track is failing, and failed requests count"
        )
        assert messages == ["osu!track failed (status 502). Try again later."] * 2 + [
            f"{exhausted} too. Retry in 61 s."
        ]


@pytest.mark.parametrize("step_s", [-HOUR_S, HOUR_S])
async def test_clock_step_changes_no_budget(gateway, step_s):
    await send_thirty(gateway)
    gateway.clock.step(step_s)
    error = await gateway.error(LATEST, id="1031")
    gateway.clock.move(WINDOW_S)
    await gateway.ask(LATEST, id="1031")
    assert error["extensions"]["retryAfterSeconds"] == 61
    assert gateway.sandbox.count() == 6


@pytest.mark.parametrize("step_s", [-HOUR_S, HOUR_S])
async def test_clock_step_changes_no_pause(gateway, step_s):
    gateway.sandbox.faults = (Fault(kind="rate_limit", retry_after="90", times=1),)
    await gateway.error(LATEST, id="1001")
    gateway.clock.step(step_s)
    gateway.clock.move(80)
    error = await gateway.error(LATEST, id="1002")
    gateway.clock.move(10)
    await gateway.ask(LATEST, id="1002")
    assert error["extensions"]["retryAfterSeconds"] == 10


class TestLoweredRate:
    @pytest.fixture
    def settings(self):
        return {"reads_per_minute": 20}

    async def test_429_lowers_the_rate_below_that_sent(self, gateway, caplog):
        for user in range(1001, 1009):
            await gateway.ask(LATEST, id=str(user))
        await refuse_next(gateway)
        assert await sent_in_a_minute(gateway) == 8
        assert lowerings(caplog) == [{"budget": "reads", "per_minute": 8, "seconds": 3600}]

    async def test_status_shows_the_lowered_rate(self, gateway):
        query = "{ status { classes { name requestsPerMinute loweredUntil } } }"
        before = await gateway.ask(query)
        await refuse_next(gateway)
        after = await gateway.ask(query)
        assert before["status"]["classes"] == [
            {"name": "reads", "requestsPerMinute": 20, "loweredUntil": None},
            {"name": "hiscores", "requestsPerMinute": 0, "loweredUntil": None},
            {"name": "updates", "requestsPerMinute": 0, "loweredUntil": None},
        ]
        assert after["status"]["classes"][0] == {
            "name": "reads",
            "requestsPerMinute": 5,
            "loweredUntil": "2026-11-20T13:01:01.000Z",
        }

    async def test_lowered_rate_holds_for_an_hour(self, gateway):
        await refuse_next(gateway)
        gateway.clock.move(HOUR_S - 2 * WINDOW_S)
        lowered = await sent_in_a_minute(gateway)
        gateway.clock.move(WINDOW_S)
        assert (lowered, await sent_in_a_minute(gateway)) == (5, 20)

    async def test_lowered_rate_is_at_least_one(self, gateway, caplog):
        for _ in range(4):
            await refuse_next(gateway)
            gateway.clock.move(WINDOW_S + 1)
        assert await sent_in_a_minute(gateway) == 1
        assert [lowering["per_minute"] for lowering in lowerings(caplog)] == [5, 1]

    async def test_429s_of_one_minute_leave_a_quarter(self, gateway, caplog):
        for _ in range(4):
            await refuse_next(gateway)
            gateway.clock.move(5)
        assert await sent_in_a_minute(gateway) == 5
        assert len(lowerings(caplog)) == 1


async def refuse_next(gateway):
    gateway.sandbox.faults = (Fault(kind="rate_limit", retry_after="1", times=1),)
    error = await gateway.error(LATEST, id="1100")
    assert error["extensions"]["code"] == "UPSTREAM_BUSY"


async def sent_in_a_minute(gateway):
    """The number of requests that queries of thirty new clients cause after a minute without any."""
    gateway.clock.move(WINDOW_S)
    before = gateway.sandbox.count()
    users = range(before * 100 + 2001, before * 100 + 2031)
    operations = (gateway.send_from(f"10.0.{user // 250}.{user % 250}", LATEST, id=str(user)) for user in users)
    await asyncio.gather(*operations)
    return gateway.sandbox.count() - before


def lowerings(caplog):
    fields = ("budget", "per_minute", "seconds")
    return [
        {field: getattr(record, field) for field in fields} for record in caplog.records if "lowering" in record.message
    ]


class TestStart:
    @pytest.fixture(autouse=True)
    def whole_budgets(self):
        """This class is about the first minute."""

    @pytest.fixture
    def settings(self):
        return {"reads_per_minute": 20, "hiscores_per_minute": 3}

    async def test_start_has_a_quarter_of_the_budget(self, gateway):
        await send_thirty(gateway)
        first = gateway.sandbox.count()
        gateway.clock.move(40)
        await send_thirty(gateway)
        assert (first, gateway.sandbox.count()) == (5, 5)
        gateway.clock.move(21)
        await send_thirty(gateway)
        assert gateway.sandbox.count() == 25

    async def test_start_has_one_request_of_a_small_budget(self, gateway):
        await send_thirty(gateway, HISCORES)
        assert gateway.sandbox.count() == 1

    async def test_429_does_not_count_requests_before_the_start(self, gateway, caplog):
        await gateway.ask(LATEST, id="1001")
        await refuse_next(gateway)
        assert lowerings(caplog)[0]["per_minute"] == 5
