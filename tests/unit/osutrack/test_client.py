"""The client's requests, and the values and errors that it makes of responses."""

import asyncio

import httpx
import pytest

from gateway.errors import UpstreamBusy, UpstreamInvalid, UpstreamTimeout
from gateway.records import Mode, UserMode

PLAYER = UserMode(7, Mode.MANIA)
NO_ROWS = httpx.Response(200, json=[])
UNKNOWN_USER = httpx.Response(404, json={"error": "User not found"})

CALLS = {
    "history": (lambda client, by: client.history(PLAYER, by), "GET /stats_history?user=7&mode=3"),
    "tail": (
        lambda client, by: client.history(PLAYER, by, since="2026-01-02T03:04:05.000Z"),
        "GET /stats_history?user=7&mode=3&from=2026-01-02T03%3A04%3A05.000Z",
    ),
    "hiscores": (lambda client, by: client.hiscores(PLAYER, by), "GET /hiscores?user=7&mode=3"),
    "by name": (
        lambda client, by: client.hiscores_by_name("a [b]", Mode.OSU, by),
        "GET /hiscores?user=a+%5Bb%5D&mode=0&userMode=username",
    ),
    "peak": (lambda client, by: client.peak(PLAYER, by), "GET /peak?user=7&mode=3"),
    "best plays": (lambda client, by: client.best_plays(Mode.OSU, by), "GET /bestplays?mode=0"),
    "many best plays": (
        lambda client, by: client.best_plays(Mode.OSU, by, until="2026-01-01T23:59:59.999Z", limit=1000),
        "GET /bestplays?mode=0&to=2026-01-01T23%3A59%3A59.999Z&limit=1000",
    ),
}


@pytest.mark.parametrize("call,expected", CALLS.values(), ids=CALLS)
async def test_read_is_one_request_with_contact(osutrack, client, deadline, call, expected):
    route = osutrack.route().mock(return_value=NO_ROWS)
    await call(client, deadline)
    [request] = [call.request for call in route.calls]
    assert f"{request.method} {request.url.raw_path.decode()}" == expected
    assert request.headers["User-Agent"].endswith("(+me@example.org)")


async def test_update_is_post_with_query_parameters(osutrack, client, deadline):
    route = osutrack.post("/update").mock(return_value=UNKNOWN_USER)
    assert (await client.update(PLAYER, deadline)).value is None
    assert route.calls.last.request.url.raw_path == b"/update?user=7&mode=3"


async def test_etag_is_sent_and_304_is_none(osutrack, client, deadline):
    route = osutrack.get("/peak").respond(304)
    assert await client.peak(PLAYER, deadline, etag='W/"1"') is None
    assert route.calls.last.request.headers["If-None-Match"] == 'W/"1"'


@pytest.mark.parametrize("etag", ["", f'"{"a" * 1000}"'])
async def test_empty_and_long_etags_are_ignored(osutrack, client, deadline, etag):
    osutrack.get("/peak").respond(200, json=[], headers={"ETag": etag})
    assert (await client.peak(PLAYER, deadline)).etag is None


async def test_etag_of_response_is_returned(osutrack, client, deadline):
    osutrack.get("/peak").respond(200, json=[], headers={"ETag": 'W/"2"'})
    assert (await client.peak(PLAYER, deadline)).etag == 'W/"2"'


async def test_unknown_name_is_none(osutrack, client, deadline):
    osutrack.get("/hiscores").respond(400, text="Invalid or missing `user` param; must be a valid osu! user ID")
    assert (await client.hiscores_by_name("nobody", Mode.OSU, deadline)).value is None


async def test_response_after_deadline_is_timeout(osutrack, client, deadline, loop_clock):
    async def hang(_):
        loop_clock.move(5)
        await asyncio.Event().wait()

    osutrack.get("/peak").mock(side_effect=hang)
    with pytest.raises(UpstreamTimeout):
        await client.peak(PLAYER, deadline)


async def test_update_has_longer_read_timeout(osutrack, client, deadline):
    read = osutrack.get("/peak").mock(return_value=NO_ROWS)
    update = osutrack.post("/update").mock(return_value=UNKNOWN_USER)
    await client.peak(PLAYER, deadline)
    await client.update(PLAYER, deadline)
    timeouts = [route.calls.last.request.extensions["timeout"]["read"] for route in (read, update)]
    assert timeouts == [10, 30]


async def test_sent_update_outlives_its_deadline(osutrack, client, deadline, loop_clock):
    async def respond_late(_):
        loop_clock.move(29)
        await asyncio.sleep(0)
        return UNKNOWN_USER

    osutrack.post("/update").mock(side_effect=respond_late)
    assert (await client.update(PLAYER, deadline)).value is None
    assert deadline.remaining_s < 0


@pytest.mark.parametrize("header,seconds", [("7", 7), (None, 60), ("1e9", 3600)], ids=repr)
async def test_429_carries_its_retry_after(osutrack, client, deadline, header, seconds):
    osutrack.get("/peak").respond(429, headers={"Retry-After": header} if header else {})
    with pytest.raises(UpstreamBusy) as caught:
        await client.peak(PLAYER, deadline)
    assert caught.value.retry_after_s == seconds


async def test_oversized_response_is_invalid(osutrack, client, deadline):
    osutrack.get("/peak").respond(200, content=b" " * (33 * 2**20))
    with pytest.raises(UpstreamInvalid, match="larger"):
        await client.peak(PLAYER, deadline)
