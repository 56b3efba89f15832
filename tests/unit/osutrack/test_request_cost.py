"""A successful request runs no code that only failures need, parses one URL, and selects its connection once."""

import asyncio
import sys

import httpx
import pytest

from gateway.osutrack.cancellation import send_cancellable
from gateway.osutrack.http_client import create_http_client
from gateway.osutrack.upstream import Upstream
from gateway.records import Mode, UserMode
from gateway.settings import Settings
from tests.support.http_pool import pool_of
from tests.support.http_servers import serve_sandbox

PLAYER = UserMode(7, Mode.MANIA)


async def respond(_):
    return httpx.Response(200, json=[])


async def called_by(coroutine):
    """Module and name of each Python function called by the coroutine."""
    called = []

    def note(frame, event, _):
        if event == "call":
            called.append((frame.f_globals.get("__name__", ""), frame.f_code.co_name))

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        await coroutine
    finally:
        sys.setprofile(before)
    return called


@pytest.fixture
async def calls(deadline):
    """The functions called by a request that is not the first."""
    settings = Settings(upstream_url="http://osutrack", contact="me@example.org", _env_file=None)
    client = Upstream(settings, transport=httpx.MockTransport(respond)).client
    await client.history(PLAYER, deadline)
    return await called_by(client.history(PLAYER, deadline))


async def test_success_needs_no_retry_library(calls):
    assert ("gateway.osutrack.transport", "_attempt") in calls
    assert {module.partition(".")[0] for module, _ in calls} & {"stamina", "tenacity"} == set()


async def test_base_url_is_parsed_once(calls):
    assert calls.count(("httpx._urlparse", "urlparse")) == 1


async def test_concurrent_requests_select_each_connection_once():
    with serve_sandbox() as sandbox:
        settings = Settings(upstream_url=sandbox.url, contact="me@example.org", _env_file=None)
        async with create_http_client(settings, sandbox.url, None) as http:

            async def burst():
                requests = [http.build_request("GET", "/peak", params={"user": 2, "mode": 0}) for _ in range(5)]
                await asyncio.gather(*(send_cancellable(http, request) for request in requests))

            await burst()
            calls = await called_by(burst())
            assert calls.count(("httpcore._async.connection", "_connect")) == 0
            assert len(pool_of(http).connections) == 5
            assert calls.count(("httpcore._async.connection_pool", "clear_connection")) == 0
