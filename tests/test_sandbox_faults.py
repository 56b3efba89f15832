"""The sandbox's control endpoint, and its faults: in process, and over a real connection."""

import asyncio
import socket

import httpx
import pytest
import uvicorn

from gateway.sandbox import Fault, create_sandbox

PEAK = "/peak?user=2&mode=0"

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def slept():
    return []


@pytest.fixture
def app(slept):
    async def sleep(seconds):
        slept.append(seconds)

    return create_sandbox(sleep=sleep)


@pytest.fixture
def sandbox(app):
    return app.state.sandbox


@pytest.fixture
async def osutrack(app):
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://osutrack") as client:
        yield client


@pytest.fixture
async def connected(app):
    """A client over a real connection, served by uvicorn."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, lifespan="off", ws="none", log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    address = "http://{}:{}".format(*listener.getsockname())
    async with httpx.AsyncClient(base_url=address, trust_env=False) as client:
        yield client
    server.should_exit = True
    await serving


async def statuses(client, times):
    return [(await client.get(PEAK)).status_code for _ in range(times)]


async def test_latency_waits_and_then_answers(osutrack, sandbox, slept):
    sandbox.faults = [Fault(kind="latency", seconds=0.5)]

    answer = await osutrack.get(PEAK)

    assert (answer.status_code, slept) == (200, [0.5])


async def test_a_status_comes_with_the_text_of_the_real_one(osutrack, sandbox):
    sandbox.faults = [Fault(kind="status", status=500)]

    answer = await osutrack.get(PEAK)

    assert (answer.status_code, answer.text) == (500, "Internal Server Error")
    assert (await osutrack.post("/update?user=2&mode=0")).text == "Internal error when updating user"


async def test_a_proxy_before_it_answers_with_a_page(osutrack, sandbox):
    sandbox.faults = [Fault(kind="status", status=503, retry_after=30)]

    answer = await osutrack.get(PEAK)

    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Retry-After"] == "30"


@pytest.mark.parametrize("wait", ["30", "Tue, 24 Nov 2026 12:00:00 GMT"])
async def test_a_rate_limit_says_when_to_come_back(osutrack, sandbox, wait):
    sandbox.faults = [Fault(kind="rate_limit", retry_after=wait)]

    answer = await osutrack.get(PEAK)

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, wait)


async def test_garbage_is_a_page_unless_told_otherwise(osutrack, sandbox):
    sandbox.faults = [
        Fault(kind="garbage", times=1),
        Fault(kind="garbage", body="[{", content_type="application/json"),
    ]
    page = await osutrack.get(PEAK)
    sandbox.faults = sandbox.faults[1:]

    cut = await osutrack.get(PEAK)

    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert (cut.status_code, cut.text, cut.headers["Content-Type"]) == (200, "[{", "application/json")


async def test_a_share_is_spread_evenly(osutrack, sandbox):
    sandbox.faults = [Fault(kind="status", share=0.5)]

    assert await statuses(osutrack, 4) == [200, 503, 200, 503]


async def test_a_fault_may_end_after_some_times(osutrack, sandbox):
    sandbox.faults = [Fault(kind="status", times=2)]

    assert await statuses(osutrack, 3) == [503, 503, 200]


async def test_a_fault_may_be_of_one_path_only(osutrack, sandbox):
    sandbox.faults = [Fault(kind="status", path="/hiscores")]

    assert await statuses(osutrack, 1) == [200]


async def test_in_process_a_cut_connection_is_an_exception(osutrack, sandbox):
    sandbox.faults = [Fault(kind="reset")]

    with pytest.raises(ConnectionResetError):
        await osutrack.get(PEAK)


async def test_in_process_it_hangs_until_the_client_gives_up(osutrack, sandbox):
    sandbox.faults = [Fault(kind="hang")]

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(osutrack.get(PEAK), 0.01)


async def test_over_a_connection_a_reset_comes_before_the_first_byte(connected, sandbox):
    sandbox.faults = [Fault(kind="reset")]

    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await connected.get(PEAK)


async def test_over_a_connection_half_an_answer_arrives(connected, sandbox):
    sandbox.faults = [Fault(kind="half")]

    with pytest.raises(httpx.RemoteProtocolError, match=r"without sending complete .* \(received [1-9]"):
        await connected.get(PEAK)


async def test_over_a_connection_it_hangs_until_the_client_gives_up(connected, sandbox):
    sandbox.faults = [Fault(kind="hang", times=1)]

    with pytest.raises(httpx.ReadTimeout):
        await connected.get(PEAK, timeout=0.05)

    assert await statuses(connected, 1) == [200]


async def test_faults_are_switched_on_and_off_over_http(osutrack):
    put = await osutrack.put("/_sandbox/faults", json={"kind": "status", "status": 502})
    ill = await statuses(osutrack, 1)
    deleted = await osutrack.delete("/_sandbox/faults")

    assert (put.status_code, ill, deleted.status_code) == (200, [502], 204)
    assert await statuses(osutrack, 1) == [200]


async def test_several_faults_may_be_on_at_once(osutrack, slept):
    faults = [{"kind": "latency", "seconds": 2}, {"kind": "status", "path": "/peak"}]

    await osutrack.put("/_sandbox/faults", json=faults)

    assert (await statuses(osutrack, 1), slept) == ([503], [2])


@pytest.mark.parametrize("bad", ["{", '{"kind": "boredom"}', '{"kind": "status", "status": 200}', "{}"])
async def test_a_fault_it_does_not_know_is_explained(osutrack, bad):
    answer = await osutrack.put("/_sandbox/faults", content=bad)

    assert answer.status_code == 400
    assert answer.json()["error"]


async def test_it_counts_what_it_was_asked(osutrack, sandbox):
    answer = await osutrack.get("/PEAK/?user=2&mode=0")

    assert sandbox.requests[-1] == ("GET", "/peak", {"user": "2", "mode": "0"})
    assert (sandbox.count(), sandbox.count("/peak"), sandbox.count("/update")) == (1, 1, 0)
    assert sandbox.bytes_sent == len(answer.content)


async def test_counts_are_read_and_reset_over_http(osutrack):
    await osutrack.post("/update?user=2&mode=2")
    counts = (await osutrack.get("/_sandbox/counts")).json()
    await osutrack.delete("/_sandbox/counts")

    assert (counts["requests"], counts["paths"], counts["updates"]) == (1, {"/update": 1}, 1)
    assert (await osutrack.get("/_sandbox/counts")).json()["requests"] == 0


async def test_the_overview_tells_who_lives_here(osutrack):
    heavy = (await osutrack.get("/_sandbox/")).json()["players"][0]

    assert (heavy["id"], heavy["username"]) == (2, "peppy")
    assert heavy["modes"]["0"] == {"snapshots": 5000, "plays": 3000}
