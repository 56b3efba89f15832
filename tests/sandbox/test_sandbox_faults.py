"""The sandbox's faults, in process and over a real connection."""

import asyncio
import socket
from contextlib import suppress

import httpx
import pytest
import uvicorn

from gateway.sandbox import Fault, create_sandbox, players

PEAK = "/peak?user=2&mode=0"
UPDATE = f"/update?user={players.UNTRACKED[0]}&mode=0"


@pytest.fixture
async def connected(app):
    """A client over a real connection to uvicorn."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, lifespan="off", ws="none", log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    address = "http://{}:{}".format(*listener.getsockname())
    async with httpx.AsyncClient(base_url=address, trust_env=False) as client:
        yield client
    server.should_exit = True
    await serving


async def statuses(client, requests):
    return [(await client.get(PEAK)).status_code for _ in range(requests)]


async def test_latency_delays_the_response(osutrack, sandbox, sleeps):
    sandbox.faults = [Fault(kind="latency", seconds=0.5)]

    response = await osutrack.get(PEAK)

    assert (response.status_code, sleeps) == (200, [0.5])


async def test_status_has_the_body_of_osutrack(osutrack, sandbox):
    sandbox.faults = [Fault(kind="status", status=500)]

    response = await osutrack.get(PEAK)

    assert (response.status_code, response.text) == (500, "Internal Server Error")
    assert (await osutrack.post("/update?user=2&mode=0")).text == "Internal error when updating user"


async def test_status_above_500_is_a_proxy_page(osutrack, sandbox):
    sandbox.faults = [Fault(kind="status", status=503, retry_after=30)]

    response = await osutrack.get(PEAK)

    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["Retry-After"] == "30"


@pytest.mark.parametrize("retry_after", ["30", "Tue, 24 Nov 2026 12:00:00 GMT"])
async def test_rate_limit_has_retry_after(osutrack, sandbox, retry_after):
    sandbox.faults = [Fault(kind="rate_limit", retry_after=retry_after)]

    response = await osutrack.get(PEAK)

    assert (response.status_code, response.headers["Retry-After"]) == (429, retry_after)


async def test_garbage_is_an_html_page_by_default(osutrack, sandbox):
    sandbox.faults = [
        Fault(kind="garbage", times=1),
        Fault(kind="garbage", body="[{", content_type="application/json"),
    ]
    page = await osutrack.get(PEAK)
    sandbox.faults = sandbox.faults[1:]

    custom = await osutrack.get(PEAK)

    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert (custom.status_code, custom.text, custom.headers["Content-Type"]) == (200, "[{", "application/json")


async def test_share_is_spaced_evenly(osutrack, sandbox):
    sandbox.faults = [Fault(kind="status", share=0.5)]

    assert await statuses(osutrack, 4) == [200, 503, 200, 503]


async def test_times_limits_the_affected_requests(osutrack, sandbox):
    sandbox.faults = [Fault(kind="status", times=2)]

    assert await statuses(osutrack, 3) == [503, 503, 200]


async def test_path_restricts_the_fault(osutrack, sandbox):
    sandbox.faults = [Fault(kind="status", path="/hiscores")]

    assert await statuses(osutrack, 1) == [200]


PROCESSED = [
    Fault(kind="status", status=500, processed=True),
    Fault(kind="rate_limit", processed=True),
    Fault(kind="garbage", body="[]", content_type="application/json", processed=True),
    Fault(kind="latency", processed=True),
    Fault(kind="reset", processed=True),
    Fault(kind="hang", processed=True),
]


@pytest.mark.parametrize("fault", PROCESSED, ids=lambda fault: fault.kind)
async def test_processed_request_updates_despite_the_fault(osutrack, sandbox, fault):
    sandbox.faults = [fault]

    with suppress(ConnectionResetError, TimeoutError):
        await asyncio.wait_for(osutrack.post(UPDATE), 0.05)

    assert len(sandbox.database.snapshots(players.UNTRACKED[0], 0)) == 1
    assert sandbox.updates == [(players.UNTRACKED[0], 0)]


@pytest.mark.parametrize("kind", ["status", "rate_limit", "garbage", "reset"])
async def test_unprocessed_request_does_not_update(osutrack, sandbox, kind):
    sandbox.faults = [Fault(kind=kind)]

    with suppress(ConnectionResetError):
        await osutrack.post(UPDATE)

    assert (sandbox.database.snapshots(players.UNTRACKED[0], 0), sandbox.updates) == ([], [])


async def test_processed_update_precedes_the_latency(now):
    async def sleep(_):
        rows_during_latency.append(len(app.state.sandbox.database.snapshots(players.UNTRACKED[0], 0)))

    rows_during_latency: list[int] = []
    app = create_sandbox(now=now, sleep=sleep)
    app.state.sandbox.faults = [Fault(kind="latency", processed=True)]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://osutrack") as client:
        await client.post(UPDATE)

    assert rows_during_latency == [1]


async def test_reset_in_process_raises_an_exception(osutrack, sandbox):
    sandbox.faults = [Fault(kind="reset")]

    with pytest.raises(ConnectionResetError):
        await osutrack.get(PEAK)


async def test_hang_in_process_lasts_until_the_timeout(osutrack, sandbox):
    sandbox.faults = [Fault(kind="hang")]

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(osutrack.get(PEAK), 0.01)


async def test_reset_over_socket_precedes_the_first_byte(connected, sandbox):
    sandbox.faults = [Fault(kind="reset")]

    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await connected.get(PEAK)


async def test_half_over_socket_truncates_the_body(connected, sandbox):
    sandbox.faults = [Fault(kind="half")]

    with pytest.raises(httpx.RemoteProtocolError, match=r"without sending complete .* \(received [1-9]"):
        await connected.get(PEAK)


async def test_hang_over_socket_lasts_until_the_timeout(connected, sandbox):
    sandbox.faults = [Fault(kind="hang", times=1)]

    with pytest.raises(httpx.ReadTimeout):
        await connected.get(PEAK, timeout=0.05)

    assert await statuses(connected, 1) == [200]
