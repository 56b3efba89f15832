"""osu!track down, slow, babbling or breaking off: what clients are told, what is kept, and what is not sent."""

import asyncio
import time
from statistics import median

import pytest
import stamina

from gateway.sandbox import Fault
from tests.support.gateway import InProcessGateway

LATEST = "query($id: ID!) { user(id: $id) { stats { latest { at pp playCount } } } }"
STATUS = "{ status { upstream retryAt lastSuccessAt } }"
UPDATE = "mutation($id: ID!) { updateUser(id: $id) { __typename } }"
KNOWN = [str(user) for user in range(1001, 1011)]
STRANGERS = [str(user) for user in range(1030, 1039)]
HOUR_S = 3600


@pytest.fixture(autouse=True)
def at_once():
    """Retries as they are, without the waits between them."""
    with stamina.set_testing(testing=True, attempts=3):
        yield


async def ask_all(gateway: InProcessGateway, users):
    return await asyncio.gather(*(gateway.send(LATEST, id=user) for user in users))


async def bring_down(gateway: InProcessGateway):
    gateway.sandbox.faults = (Fault(kind="status", status=503),)
    gateway.clock.move(HOUR_S)
    await ask_all(gateway, KNOWN)
    await gateway.finish_refreshes()


async def refusal(gateway: InProcessGateway, user):
    began = time.perf_counter()
    error = await gateway.error(LATEST, id=user)
    return error["extensions"], time.perf_counter() - began


async def test_what_was_asked_before_is_answered_with_its_age_while_osutrack_is_down(gateway):
    before = await ask_all(gateway, KNOWN)
    await bring_down(gateway)
    answers = await ask_all(gateway, KNOWN)
    assert [answer["data"] for answer in answers] == [answer["data"] for answer in before]
    warnings = [answer["extensions"]["warnings"] for answer in answers]
    assert {(w["code"], w["ageSeconds"], tuple(w["path"])) for (w,) in warnings} == {
        ("STALE_DATA", HOUR_S, ("user", "stats", "latest"))
    }


async def test_others_are_refused_at_once_while_the_breaker_is_open(gateway):
    await ask_all(gateway, KNOWN)
    await bring_down(gateway)
    asked = gateway.sandbox.count()
    errors, took_s = zip(*[await refusal(gateway, user) for user in STRANGERS], strict=True)
    # Of one alone a busy machine could make anything.
    assert median(took_s) < 0.05
    assert {error["code"] for error in errors} == {"UPSTREAM_UNAVAILABLE"}
    assert all(error["retryAfterSeconds"] <= 30 for error in errors)
    assert gateway.sandbox.count() == asked


async def test_status_tells_since_when_and_how_long_osutrack_is_left_alone(gateway):
    await ask_all(gateway, KNOWN)
    await bring_down(gateway)
    assert (await gateway.ask(STATUS))["status"] == {
        "upstream": "DOWN",
        "retryAt": "2026-11-20T13:00:30.000Z",
        "lastSuccessAt": "2026-11-20T12:00:00.000Z",
    }


async def test_one_probe_closes_the_breaker_when_osutrack_is_back(gateway):
    await ask_all(gateway, KNOWN)
    await bring_down(gateway)
    gateway.sandbox.faults = (Fault(kind="latency", seconds=0.05),)
    gateway.clock.move(31)
    asked = gateway.sandbox.count()
    await ask_all(gateway, STRANGERS[:3])
    assert gateway.sandbox.count() == asked + 1
    assert (await gateway.ask(STATUS))["status"]["upstream"] == "UP"
    assert all("errors" not in answer for answer in await ask_all(gateway, STRANGERS[3:5]))


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


async def test_no_reader_sees_the_older_snapshot_after_the_newer_one(gateway):
    seen = []

    async def read():
        data = await gateway.ask(LATEST, id="1001")
        seen.append(data["user"]["stats"]["latest"]["playCount"])

    async def keep_reading():
        for _ in range(10):
            await read()

    await read()
    gateway.sandbox.faults = (Fault(kind="latency", seconds=0.01, share=0.5),)
    readers = [asyncio.ensure_future(keep_reading()) for _ in range(50)]
    await asyncio.sleep(0.02)
    await gateway.ask(UPDATE, id="1001")
    await asyncio.gather(*readers)
    await read()
    assert seen == sorted(seen)
    assert seen[0] < seen[-1]


class TestReading:
    @pytest.fixture
    def settings(self):
        return {"operation_timeout_s": 2.0}

    @pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.kind}-{fault.status}-{fault.body}")
    async def test_under_a_fault_nothing_hangs_and_nothing_wrong_is_kept(self, gateway, fault):
        gateway.sandbox.faults = (fault,)
        began = time.perf_counter()
        answers = await ask_all(gateway, KNOWN)
        assert time.perf_counter() - began < 4
        assert {answer["errors"][0]["extensions"]["code"][:8] for answer in answers} == {"UPSTREAM"}
        gateway.sandbox.faults = ()
        gateway.clock.move(61)
        expected = [gateway.sandbox.database.snapshots(int(user), 0)[-1].pp_raw for user in KNOWN]
        answers = await ask_all(gateway, KNOWN[:1]) + await ask_all(gateway, KNOWN[1:])
        assert [answer["data"]["user"]["stats"]["latest"]["pp"] for answer in answers] == expected


class TestUpdating:
    @pytest.fixture
    def settings(self):
        return {"update_timeout_s": 1.0}

    @pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.kind}-{fault.status}-{fault.body}")
    async def test_under_a_fault_an_update_is_sent_once_and_never_again(self, gateway, fault):
        gateway.sandbox.faults = (fault,)
        answers = await asyncio.gather(*(gateway.send(UPDATE, id="1001") for _ in range(20)))
        assert all(answer["data"] is None and answer["errors"] for answer in answers)
        assert gateway.sandbox.count("/update") == 1
