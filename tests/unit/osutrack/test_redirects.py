"""Redirects: reads follow them on the same host; others are errors that name them."""

import httpx
import pytest

from gateway.errors import UpstreamBusy, UpstreamRejected
from gateway.osutrack.cancellation import send_cancellable
from gateway.osutrack.redirects import follow_redirects
from gateway.osutrack.upstream import Upstream
from gateway.records import Mode, UserMode
from gateway.settings import Settings
from gateway.shared.local_window import WINDOW_S

PLAYER = UserMode(7, Mode.OSU)
NO_ROWS = httpx.Response(200, json=[])


def redirect(location, status=302):
    return httpx.Response(status, headers={"Location": location})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ["/v2/peak?user=7&mode=0", "http://osutrack/v2/peak?user=7&mode=0"])
async def test_read_follows_redirect_on_the_same_host(osutrack, client, deadline, location, status):
    osutrack.get("/peak").mock(return_value=redirect(location, status))
    moved = osutrack.get("/v2/peak").mock(return_value=NO_ROWS)
    await client.peak(PLAYER, deadline, etag='W/"1"')
    [request] = [call.request for call in moved.calls]
    assert (request.method, request.url.query) == ("GET", b"user=7&mode=0")
    assert request.headers["If-None-Match"] == 'W/"1"'
    assert request.extensions["timeout"]["read"] == 10


@pytest.mark.parametrize(
    "location,named",
    [
        ("https://elsewhere.example/peak?user=7", "https://elsewhere.example/peak "),
        ("//elsewhere.example/", "http://elsewhere.example/ "),
        ("http://osutrack.example/peak", "http://osutrack.example/peak "),
        ("http://osutrack:81/peak", "http://osutrack:81/peak "),
        ("http://me:secret@elsewhere.example/peak", "http://elsewhere.example/peak "),
        ("ftp://osutrack/peak", "ftp://osutrack/peak "),
    ],
)
async def test_redirect_to_another_host_is_named(osutrack, client, deadline, location, named):
    route = osutrack.route().mock(return_value=redirect(location))
    with pytest.raises(UpstreamRejected) as caught:
        await client.peak(PLAYER, deadline)
    assert f"redirected the gateway's request to {named}(status 302)" in caught.value.message
    assert route.call_count == 1


async def test_endless_redirects_end_with_an_error(osutrack, client, deadline):
    route = osutrack.route().mock(return_value=redirect("/peak"))
    with pytest.raises(UpstreamRejected, match="redirected"):
        await client.peak(PLAYER, deadline)
    assert route.call_count == 4


async def test_followed_redirects_are_charged(osutrack, deadline, clock):
    settings = Settings(upstream_url="http://osutrack", reads_per_minute=3, _env_file=None)
    transport = httpx.MockTransport(osutrack.async_handler)
    upstream = Upstream(settings, transport=transport, clock=clock, monotonic=clock.monotonic)
    clock.move(WINDOW_S)
    osutrack.get("/peak").mock(return_value=redirect("/v2/peak?user=7&mode=0"))
    moved = osutrack.get("/v2/peak").mock(return_value=NO_ROWS)

    await upstream.client.peak(PLAYER, deadline, etag='W/"1"')
    with pytest.raises(UpstreamBusy):
        await upstream.client.peak(PLAYER, deadline, etag='W/"1"')

    assert moved.call_count == 1
    await upstream.close()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirect_of_update_is_not_followed(osutrack, client, deadline, status):
    route = osutrack.route().mock(return_value=redirect("/v2/update", status))
    with pytest.raises(UpstreamRejected, match="redirected the gateway's request to http://osutrack/v2/update"):
        await client.update(PLAYER, deadline)
    assert route.call_count == 1


@pytest.mark.parametrize("url,target,followed", [("http", "https", True), ("https", "http", False)])
async def test_only_the_upgrade_to_https_is_followed(url, target, followed):
    def respond(request):
        return redirect(f"{target}://osutrack/peak") if request.url.scheme == url else NO_ROWS

    async with httpx.AsyncClient(transport=httpx.MockTransport(respond)) as http:
        request = http.build_request("GET", f"{url}://osutrack/peak")
        response, _ = await follow_redirects(http, *await send_cancellable(http, request))
    assert (response.status_code == 200) is followed
