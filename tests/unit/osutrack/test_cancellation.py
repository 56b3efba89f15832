"""Requests that are given up, at whatever moment, leave the pool as it was."""

import asyncio
import gc

import httpx
import pytest

from gateway.osutrack.cancellation import send_cancellable
from gateway.osutrack.upstream import Upstream
from gateway.settings import Settings
from tests.support.http_pool import idle, pool_of
from tests.support.http_servers import serve_sandbox


@pytest.fixture(scope="module")
def url():
    with serve_sandbox() as rest:
        yield rest.url


async def given_up_after(http, turns):
    """A request that is cancelled when the event loop has turned so often."""
    task = asyncio.ensure_future(
        send_cancellable(http, http.build_request("GET", "/peak", params={"user": 2, "mode": 0}))
    )
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_connection_that_osutrack_is_about_to_close_is_not_used_again():
    connection = Upstream(Settings(_env_file=None))
    # It closes those that have been idle for 5 s.
    assert 0 < pool_of(connection._http)._keepalive_expiry < 5  # noqa: SLF001
    await connection.close()


async def test_what_becomes_of_a_request_that_is_given_up_is_nobody_s_concern():
    connecting, refused = asyncio.Event(), asyncio.Event()

    async def connect(request):
        connecting.set()
        await refused.wait()
        raise httpx.ConnectTimeout("too late to be told", request=request)

    async with httpx.AsyncClient(base_url="http://sandbox", transport=httpx.MockTransport(connect)) as http:
        task = asyncio.ensure_future(send_cancellable(http, http.build_request("GET", "/peak")))
        await connecting.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        refused.set()
        await asyncio.sleep(0)
    # Whatever asyncio has to complain of by now, it tells the loop, and that fails a test.
    gc.collect()


@pytest.mark.parametrize("turns", range(30))
async def test_a_request_that_is_given_up_gives_its_connection_back(url, turns):
    async with httpx.AsyncClient(base_url=url, limits=httpx.Limits(max_connections=2)) as http:
        await asyncio.gather(*(given_up_after(http, turns) for _ in range(6)))
        await idle(pool_of(http))
        response, body = await send_cancellable(http, http.build_request("GET", "/peak", params={"user": 2, "mode": 0}))
        assert (response.status_code, body[:1]) == (200, b"[")
        assert len(pool_of(http).connections) <= 2
