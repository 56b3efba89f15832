"""Circuit breakers and the detection of a block, from the client's point of view."""

import asyncio
import logging

import httpx
import pytest

from gateway.sandbox import Fault
from tests.support.event_loop import run_ready_tasks
from tests.support.gateway import InProcessGateway, create_upstream, start_gateway
from tests.support.operations import HISCORES, LATEST, PEAK, UPDATE
from tests.support.upstream_spy import UpstreamSpy

STATUS = "{ status { upstream retryAt classes { name state retryAt cause } } }"
BY_NAME = "query ($name: String!) { hiscoresByUsername(username: $name) { totalCount } }"
BEST_PLAYS = "query ($day: Date!) { bestPlays(window: { between: { from: $day } }) { nodes { pp } } }"
USERS = [str(user) for user in range(1001, 1041)]
ALL_MODES = (
    """query ($id: ID!) { user(id: $id) { allStats { latest { pp } peak { globalRank } hiscores { totalCount } } } }"""
)

pytestmark = pytest.mark.usefixtures("instant_retries")


class FailingPlayer(UpstreamSpy):
    """osu!track, except that it fails for one player."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.params.get("user") == "13":
            self.headers.append(request.headers.copy())
            return httpx.Response(500, text="Internal Server Error")
        return await super().handle_async_request(request)


@pytest.fixture
async def failing_player(clock):
    """A gateway over an osu!track that fails for player 13."""
    transport = FailingPlayer(create_upstream(clock))
    async with start_gateway(clock=clock, transport=transport) as gateway:
        yield gateway


async def send_each(gateway: InProcessGateway, query, users=USERS):
    for user in users:
        await gateway.send(query, id=user)


async def state_of(gateway: InProcessGateway):
    return (await gateway.ask(STATUS))["status"]


def warnings_of(caplog):
    return [record for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize("query", [LATEST, PEAK, HISCORES, UPDATE, ALL_MODES])
async def test_one_failing_player_pauses_nobody(failing_player, query):
    for _ in range(30):
        await failing_player.send(query, id="13")

    assert (await state_of(failing_player))["upstream"] == "DEGRADED"
    for other in (LATEST, PEAK, HISCORES, UPDATE):
        await failing_player.ask(other, id="1001")


async def test_spellings_of_one_name_count_once(gateway):
    gateway.sandbox.faults = (Fault(kind="status", status=500, path="/hiscores"),)
    for name in ("some player", "Some Player", "SOME PLAYER", "some_player", "Some_player", "sOME pLAYER") * 3:
        await gateway.send(BY_NAME, name=name)

    assert (await state_of(gateway))["upstream"] == "DEGRADED"


async def test_failing_windows_of_best_plays_pause_nobody(gateway):
    gateway.sandbox.faults = (Fault(kind="status", status=500, path="/bestplays"),)
    for day in range(10, 30):
        await gateway.send(BEST_PLAYS, day=f"2021-01-{day}")

    assert (await state_of(gateway))["upstream"] == "DEGRADED"
    await gateway.ask(LATEST, id="1001")


async def test_failing_hiscores_leave_reads_and_updates(gateway):
    gateway.sandbox.faults = (Fault(kind="status", status=500, path="/hiscores"),)
    await send_each(gateway, HISCORES, USERS[:10])

    status = await state_of(gateway)
    assert {each["name"]: each["state"] for each in status["classes"]} == {
        "reads": "UP",
        "hiscores": "DOWN",
        "updates": "UP",
    }
    assert (status["upstream"], status["retryAt"]) == ("DOWN", "2026-11-20T12:00:30.000Z")
    assert (await gateway.http.get("/readyz")).json()["servingFrom"] == "osu!track and cache"
    for query in (LATEST, PEAK, UPDATE):
        await gateway.ask(query, id="1001")


async def test_status_has_the_cause_of_a_pause(gateway):
    gateway.sandbox.faults = (Fault(kind="status", status=503, path="/peak"),)
    await send_each(gateway, PEAK, USERS[:10])

    assert (await state_of(gateway))["classes"][0] == {
        "name": "reads",
        "state": "DOWN",
        "retryAt": "2026-11-20T12:00:30.000Z",
        "cause": "10 of 10 calls failed in a minute, the last: osu!track failed (status 503)",
    }


async def test_state_after_a_pause_admits_requests(gateway, clock):
    gateway.sandbox.faults = (Fault(kind="status", status=503, path="/peak"),)
    await send_each(gateway, PEAK, USERS[:10])
    gateway.sandbox.faults = ()
    clock.move(31)

    status = await state_of(gateway)
    assert (status["upstream"], status["retryAt"]) == ("DEGRADED", None)
    assert status["classes"][0] | {"name": ""} == {"name": "", "state": "DEGRADED", "retryAt": None, "cause": None}
    await gateway.ask(PEAK, id="1001")
    assert (await state_of(gateway))["upstream"] == "UP"


BLOCKS = [
    Fault(kind="status", status=403),
    Fault(kind="garbage"),
    Fault(kind="garbage", body="", content_type="text/plain"),
    Fault(kind="garbage", body="null", content_type="application/json"),
    Fault(kind="garbage", body='{"error": "banned"}', content_type="application/json"),
]


@pytest.mark.parametrize("query", [LATEST, PEAK, HISCORES, UPDATE])
@pytest.mark.parametrize("block", BLOCKS, ids=lambda fault: f"{fault.kind} {fault.body}")
async def test_block_is_noticed_after_five_requests(gateway, block, query, caplog):
    gateway.sandbox.faults = (block,)
    await send_each(gateway, query)

    assert gateway.sandbox.count() == 6
    status = await state_of(gateway)
    assert (status["upstream"], status["retryAt"]) == ("DOWN", "2026-11-20T12:02:00.000Z")
    degraded, paused = warnings_of(caplog)
    assert degraded.message == "Requests to osu!track fail"
    assert (paused.levelname, paused.reason, paused.pause_s) == ("ERROR", "block", 120)
    error = await gateway.error(query, id="1041")
    assert (error["extensions"]["code"], error["extensions"]["retryAfterSeconds"]) == ("UPSTREAM_UNAVAILABLE", 120)


async def test_concurrent_requests_cause_one_probe(gateway):
    gateway.sandbox.faults = (Fault(kind="status", status=403),)
    await asyncio.gather(*(gateway.send(LATEST, id=user) for user in USERS))

    # Eight requests at a time.
    assert gateway.sandbox.count("/peak") == 1
    assert gateway.sandbox.count("/stats_history") <= 5 + 8


async def test_block_costs_few_requests_an_hour(gateway):
    gateway.sandbox.faults = (Fault(kind="status", status=403),)
    for _ in range(360):
        await send_each(gateway, LATEST, USERS[:3])
        gateway.clock.move(10)

    assert gateway.sandbox.count() <= 6 + 2 * 5


async def test_end_of_block_is_noticed_by_one_request(gateway, caplog):
    gateway.sandbox.faults = (Fault(kind="status", status=403),)
    await send_each(gateway, LATEST)
    gateway.sandbox.faults = ()
    gateway.clock.move(121)
    await send_each(gateway, LATEST)

    assert gateway.sandbox.count() == 6 + len(USERS)
    assert (await state_of(gateway))["upstream"] == "UP"
    assert [record.message for record in warnings_of(caplog)] == [
        "Requests to osu!track fail",
        "Requests to osu!track are paused",
        "Requests to osu!track resume",
    ]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda fault: f"{fault.kind} {fault.body}")
async def test_readable_peak_dispels_the_suspicion(gateway, block):
    gateway.sandbox.faults = tuple(
        Fault(kind=block.kind, status=block.status, body=block.body, content_type=block.content_type, path=path)
        for path in ("/hiscores", "/stats_history")
    )
    await send_each(gateway, HISCORES, USERS[:9])

    assert gateway.sandbox.counts()["paths"] == {"/hiscores": 9, "/peak": 1}
    assert (await state_of(gateway))["upstream"] == "DEGRADED"


async def test_unreadable_player_causes_no_probe(gateway):
    # Players with pp have hiscores: these requests can be repeated.
    await send_each(gateway, LATEST, USERS[1:3])
    gateway.sandbox.faults = (Fault(kind="garbage", path="/hiscores"),)
    for _ in range(10):
        await send_each(gateway, HISCORES, USERS[1:3])

    assert gateway.sandbox.counts()["paths"] == {"/stats_history": 2, "/hiscores": 20}


async def test_pauses_are_counted_by_class_and_reason(gateway):
    gateway.sandbox.faults = (Fault(kind="status", status=403),)
    await send_each(gateway, LATEST)
    text = (await gateway.http.get("/metrics")).text

    assert 'gateway_upstream_pauses_total{class="reads",reason="block"} 1.0' in text
    assert 'gateway_upstream_pauses_total{class="updates",reason="failures"} 0.0' in text
    assert 'gateway_upstream_state{class="reads",state="DOWN"} 1.0' in text
    assert 'gateway_upstream_state{class="updates",state="UP"} 1.0' in text


@pytest.mark.parametrize("step_s", [-3600, 3600])
async def test_wall_clock_step_changes_no_pause(gateway, step_s):
    gateway.sandbox.faults = (Fault(kind="status", status=503),)
    await send_each(gateway, LATEST, USERS[:10])
    gateway.sandbox.faults = ()
    gateway.clock.step(step_s)
    error = await gateway.error(LATEST, id="1020")
    assert error["extensions"]["retryAfterSeconds"] == 30

    gateway.clock.move(30)
    await gateway.ask(LATEST, id="1020")


class TestByName:
    @pytest.fixture
    def settings(self):
        return {"operation_timeout_s": 1.0}

    @pytest.mark.parametrize("query", [LATEST, PEAK, HISCORES, UPDATE])
    async def test_hanging_reads_by_name_leave_slots(self, gateway, query):
        gateway.sandbox.faults = (Fault(kind="hang", path="/hiscores", times=2),)
        hanging = [asyncio.ensure_future(gateway.send(BY_NAME, name=f"player {number}")) for number in range(8)]
        await run_ready_tasks(200)
        assert gateway.sandbox.count("/hiscores") == 2

        await gateway.ask(query, id="1001")
        assert not any(task.done() for task in hanging)
        await asyncio.gather(*hanging)
