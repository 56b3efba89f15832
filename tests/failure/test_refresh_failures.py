"""Refreshes that fail or are slow: cached data without a warning while it is revalidated, then with one."""

import asyncio

import pytest

from gateway.sandbox import Fault, players
from gateway.store.resource import REFRESH_WAIT_S
from tests.support.clock import HOUR_S, MINUTE_S
from tests.support.event_loop import run_ready_tasks
from tests.support.operations import HISCORES, LATEST

AMEO = str(players.AMEO)
# One query for each resource, and the end of freshness in seconds.
RESOURCES = {
    "history": ("{ user(id: 131464) { stats { latest { at } } } }", 600),
    "peak": ("{ user(id: 131464) { stats { peak { globalRank } } } }", 600),
    "hiscores": ("{ user(id: 131464) { stats { hiscores { totalCount } } } }", 900),
    "hiscores by name": ('{ hiscoresByUsername(username: "ameo") { totalCount } }', 900),
    "best plays": ("{ bestPlays(first: 20) { nodes { pp } } }", 600),
}
each_resource = pytest.mark.parametrize("query,fresh_s", RESOURCES.values(), ids=RESOURCES)
FAULTS = {
    "unavailable": Fault(kind="status", status=503),
    "failing": Fault(kind="status", status=500),
    "connection lost": Fault(kind="reset"),
    "unreadable": Fault(kind="garbage"),
    "rate limited": Fault(kind="rate_limit", retry_after=60),
    "forbidden": Fault(kind="status", status=403),
}
pytestmark = pytest.mark.usefixtures("instant_retries")


async def send(gateway, query=LATEST, user=AMEO):
    """The response to a query, after its background refreshes."""
    response = await gateway.send(query, id=user)
    await gateway.finish_refreshes()
    return response


def warnings(response):
    return [(warning["code"], warning["ageSeconds"]) for warning in response["extensions"].get("warnings", ())]


async def open_circuit_breaker(gateway):
    gateway.sandbox.faults = (Fault(kind="status", status=500),)
    await asyncio.gather(*(gateway.send(LATEST, id=str(user)) for user in range(1001, 1041)))


async def exhaust_budget(gateway):
    await asyncio.gather(*(gateway.send(LATEST, id=str(user)) for user in range(1001, 1041)))


async def pause_reads(gateway):
    gateway.sandbox.faults = (Fault(kind="rate_limit", retry_after=300, times=1),)
    await gateway.error(LATEST, id="1001")


@each_resource
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_stale_data_has_a_warning_after_a_failure(gateway, query, fresh_s, fault):
    before = await gateway.ask(query)
    gateway.clock.move(HOUR_S)
    gateway.sandbox.faults = (fault,)
    responses = [await send(gateway, query) for _ in range(2)]

    assert [response["data"] for response in responses] == [before] * 2
    assert [warnings(response) for response in responses] == [[("STALE_DATA", HOUR_S)]] * 2
    assert [response["extensions"]["cost"]["charged"] for response in responses] == [0, 0]


@each_resource
async def test_failing_refresh_causes_no_warning_during_revalidation(gateway, query, fresh_s):
    before = await gateway.ask(query)
    gateway.sandbox.faults = (Fault(kind="status", status=500),)
    gateway.clock.move(fresh_s)
    for _ in range(10):
        response = await send(gateway, query)
        assert (response["data"], response["extensions"].get("revalidating")) == (before, True)
        assert warnings(response) == []
        gateway.clock.move(MINUTE_S)

    assert warnings(await send(gateway, query)) == [("STALE_DATA", fresh_s + 10 * MINUTE_S)]


@each_resource
async def test_slow_refresh_continues_and_lands(gateway, query, fresh_s, loop_clock):
    await gateway.ask(query)
    gateway.clock.move(HOUR_S)
    gateway.sandbox.reset_counts()
    gateway.sandbox.faults = (Fault(kind="latency", seconds=5),)
    reading = asyncio.ensure_future(gateway.send(query))
    await run_ready_tasks(100)
    loop_clock.move(REFRESH_WAIT_S - 0.1)
    await run_ready_tasks(100)
    is_waiting = not reading.done()
    loop_clock.move(0.1)
    stale = await reading
    loop_clock.move(5)
    await gateway.finish_refreshes()

    assert is_waiting
    assert warnings(stale) == [("STALE_DATA", HOUR_S)]
    assert set((await gateway.send(query))["extensions"]) == {"cost"}
    assert gateway.sandbox.count() == 1


async def test_faster_refresh_is_awaited(gateway, loop_clock):
    await gateway.ask(LATEST, id=AMEO)
    gateway.clock.move(HOUR_S)
    gateway.sandbox.faults = (Fault(kind="latency", seconds=REFRESH_WAIT_S - 0.1),)
    reading = asyncio.ensure_future(gateway.send(LATEST, id=AMEO))
    await run_ready_tasks(100)
    loop_clock.move(REFRESH_WAIT_S - 0.1)
    assert set((await reading)["extensions"]) == {"cost"}


async def test_refresh_is_repeated_30_s_after_a_failure(gateway):
    await gateway.ask(LATEST, id=AMEO)
    gateway.clock.move(HOUR_S)
    gateway.sandbox.faults = (Fault(kind="status", status=500),)
    for _ in range(5):
        await send(gateway)
    assert gateway.sandbox.count() == 2
    gateway.sandbox.faults = ()
    gateway.clock.move(30)
    assert set((await send(gateway))["extensions"]) == {"cost"}


@pytest.mark.parametrize("cause", [open_circuit_breaker, exhaust_budget, pause_reads])
class TestRefused:
    """The refresh is refused by the gateway itself."""

    @pytest.fixture
    def settings(self):
        return {"reads_per_minute": 30}

    async def test_stale_data_has_a_warning(self, gateway, cause):
        before = await gateway.ask(LATEST, id=AMEO)
        gateway.clock.move(HOUR_S)
        await cause(gateway)
        gateway.sandbox.reset_counts()
        response = await send(gateway)
        assert (response["data"], warnings(response)) == (before, [("STALE_DATA", HOUR_S)])
        assert gateway.sandbox.count() == 0

    async def test_revalidating_data_has_no_warning(self, gateway, cause):
        before = await gateway.ask(LATEST, id=AMEO)
        gateway.clock.move(11 * MINUTE_S)
        await cause(gateway)
        gateway.sandbox.reset_counts()
        response = await gateway.send(LATEST, id=AMEO)
        assert (response["data"], warnings(response)) == (before, [])
        assert response["extensions"]["revalidating"]
        assert gateway.sandbox.count() == 0


async def test_expired_data_is_not_served_during_an_outage(gateway):
    await gateway.ask(LATEST, id=AMEO)
    gateway.clock.move(24 * HOUR_S + 20 * MINUTE_S)
    gateway.sandbox.faults = (Fault(kind="status", status=500),)
    error = await gateway.error(LATEST, id=AMEO)
    assert error["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"


@pytest.mark.parametrize("user", [str(players.NO_PLAYS), "4040404"])
async def test_failed_request_of_empty_hiscores_is_not_repeated(gateway, user):
    await gateway.ask(HISCORES, id=user)
    gateway.clock.move(16 * MINUTE_S)
    gateway.sandbox.faults = (Fault(kind="status", status=500),)
    # The request may have updated the player: the cached list is no longer valid, and nothing is sent again.
    codes = [(await gateway.error(HISCORES, id=user))["extensions"]["code"] for _ in range(2)]
    assert codes == ["UPSTREAM_BUSY"] * 2
    assert gateway.sandbox.count("/hiscores") == 2
