"""Faults of osu!track: stale data, errors, circuit breaker, and updates that are sent once."""

import asyncio
import time
from statistics import median

import pytest

from gateway.sandbox import Fault
from tests.support.clock import HOUR_S
from tests.support.gateway import InProcessGateway
from tests.support.operations import LATEST, UPDATE
from tests.support.waiting import eventually

STATUS = "{ status { upstream retryAt lastSuccessAt } }"
pytestmark = pytest.mark.usefixtures("instant_retries")

USERS = [str(user) for user in range(1001, 1011)]
UNCACHED_USERS = [str(user) for user in range(1030, 1039)]


async def send_all(gateway: InProcessGateway, users):
    return await asyncio.gather(*(gateway.send(LATEST, id=user) for user in users))


async def start_outage(gateway: InProcessGateway):
    gateway.sandbox.faults = (Fault(kind="status", status=503),)
    gateway.clock.move(HOUR_S)
    await send_all(gateway, USERS)
    await gateway.finish_refreshes()


async def timed_error(gateway: InProcessGateway, user):
    """The error's extensions and the duration in seconds."""
    start = time.perf_counter()
    error = await gateway.error(LATEST, id=user)
    return error["extensions"], time.perf_counter() - start


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_failure_with_retry_after_is_not_retried(gateway, status):
    gateway.sandbox.faults = (Fault(kind="status", status=status, retry_after=60),)
    error = await gateway.error(LATEST, id="2")
    assert (error["extensions"]["retryAfterSeconds"], gateway.sandbox.count()) == (60, 1)
    assert error["message"] == f"osu!track failed (status {status}). Retry in 60 s."


async def test_cached_data_with_age_is_served_during_outage(gateway):
    before = await send_all(gateway, USERS)
    await start_outage(gateway)
    responses = await send_all(gateway, USERS)
    assert [response["data"] for response in responses] == [response["data"] for response in before]
    warnings = [response["extensions"]["warnings"] for response in responses]
    assert {(w["code"], w["ageSeconds"], tuple(w["path"])) for (w,) in warnings} == {
        ("STALE_DATA", HOUR_S, ("user", "stats", "latest"))
    }


async def test_open_circuit_breaker_refuses_uncached_data_at_once(gateway):
    await send_all(gateway, USERS)
    await start_outage(gateway)
    requests = gateway.sandbox.count()
    errors, durations_s = zip(*[await timed_error(gateway, user) for user in UNCACHED_USERS], strict=True)
    # The median, because a busy machine can delay a single request.
    assert median(durations_s) < 0.05
    assert {error["code"] for error in errors} == {"UPSTREAM_UNAVAILABLE"}
    assert all(error["retryAfterSeconds"] <= 30 for error in errors)
    assert gateway.sandbox.count() == requests


async def test_status_shows_last_success_and_retry_time(gateway):
    await send_all(gateway, USERS)
    await start_outage(gateway)
    assert (await gateway.ask(STATUS))["status"] == {
        "upstream": "DOWN",
        "retryAt": "2026-11-20T13:00:30.000Z",
        "lastSuccessAt": "2026-11-20T12:00:00.000Z",
    }


async def test_one_successful_probe_closes_the_circuit_breaker(gateway):
    await send_all(gateway, USERS)
    await start_outage(gateway)
    gateway.sandbox.faults = (Fault(kind="latency", seconds=0.05),)
    gateway.clock.move(31)
    requests = gateway.sandbox.count()
    await send_all(gateway, UNCACHED_USERS[:3])
    assert gateway.sandbox.count() == requests + 1
    assert (await gateway.ask(STATUS))["status"]["upstream"] == "UP"
    assert all("errors" not in response for response in await send_all(gateway, UNCACHED_USERS[3:5]))


FAULTS = [
    Fault(kind="latency", seconds=5),
    Fault(kind="hang"),
    Fault(kind="rate_limit", retry_after="30"),
    Fault(kind="status", status=500),
    Fault(kind="status", status=502),
    Fault(kind="garbage"),
    Fault(kind="garbage", body="null", content_type="application/json"),
    Fault(kind="garbage", body='[{"pp_raw": 1', content_type="application/json"),
    Fault(kind="reset"),
    Fault(kind="half"),
]


async def test_no_reader_sees_an_older_snapshot_later(gateway):
    counts = []

    async def read():
        data = await gateway.ask(LATEST, id="1001")
        counts.append(data["user"]["stats"]["latest"]["playCount"])

    async def read_ten_times():
        for _ in range(10):
            await read()

    await read()
    gateway.sandbox.faults = (Fault(kind="latency", seconds=0.01, share=0.5),)
    readers = [asyncio.ensure_future(read_ten_times()) for _ in range(50)]
    await eventually(lambda: len(counts) > len(readers))
    await gateway.ask(UPDATE, id="1001")
    await asyncio.gather(*readers)
    await read()
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


class TestReading:
    @pytest.fixture
    def settings(self):
        return {"operation_timeout_s": 2.0}

    @pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.kind}-{fault.status}-{fault.body}")
    async def test_reads_fail_in_time_and_cache_nothing(self, gateway, fault):
        gateway.sandbox.faults = (fault,)
        start = time.perf_counter()
        responses = await send_all(gateway, USERS)
        assert time.perf_counter() - start < 4
        assert {response["errors"][0]["extensions"]["code"][:8] for response in responses} == {"UPSTREAM"}
        gateway.sandbox.faults = ()
        gateway.clock.move(121)
        expected = [gateway.sandbox.database.snapshots(int(user), 0)[-1].pp_raw for user in USERS]
        responses = await send_all(gateway, USERS[:1]) + await send_all(gateway, USERS[1:])
        assert [response["data"]["user"]["stats"]["latest"]["pp"] for response in responses] == expected


class TestUpdating:
    @pytest.fixture
    def settings(self):
        return {"update_timeout_s": 1.0}

    @pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.kind}-{fault.status}-{fault.body}")
    async def test_update_is_sent_once(self, gateway, fault):
        gateway.sandbox.faults = (fault,)
        responses = await asyncio.gather(*(gateway.send(UPDATE, id="1001") for _ in range(20)))
        assert all(response["data"] is None and response["errors"] for response in responses)
        assert gateway.sandbox.count("/update") == 1
