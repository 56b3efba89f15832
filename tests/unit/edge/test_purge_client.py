"""The client for purge APIs: the requests of each kind, and its errors."""

import json
import logging

import pytest

from gateway.edge.purge_client import PurgeClient
from gateway.errors import (
    UpstreamBusy,
    UpstreamInvalid,
    UpstreamRejected,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from gateway.osutrack.diagnosis import diagnose
from gateway.settings import Settings
from tests.support.edge_cache import response, serve_purge_api

TAGS = ["user-2-osu", "username-2"]
TOKEN = "secret-token"
CONFIRMED = response(200, b'{"success": true, "errors": []}')
PAGE = b"<!DOCTYPE html><html><title>Login</title></html>"


@pytest.fixture
async def api():
    async with serve_purge_api() as running:
        yield running


@pytest.fixture
async def purge(api):
    """A function that sends a purge, by a client of this kind."""
    clients = []

    async def send(kind="cloudflare", token=TOKEN, timeout_s=10, **settings):
        chosen = {"purge_url": f"{api.url}/path", "purge_kind": kind, "purge_token": token} | settings
        clients.append(PurgeClient(Settings(_env_file=None, **chosen), timeout_s=timeout_s))
        await clients[-1].purge(TAGS)

    yield send
    for client in clients:
        await client.close()


async def test_cloudflare_receives_a_list_of_tags(api, purge):
    await purge("cloudflare")
    [received] = api.purges
    assert (received.method, received.path, json.loads(received.body)) == ("POST", "/path", {"tags": TAGS})
    assert received.headers["content-type"] == "application/json"
    assert received.headers["authorization"] == f"Bearer {TOKEN}"


async def test_fastly_receives_surrogate_keys(api, purge):
    api.answer = response(200, b'{"user-2-osu": "108-1391560174-974124"}')
    await purge("fastly")
    [received] = api.purges
    assert (received.method, received.path, received.body) == ("POST", "/path", b"")
    assert received.headers["surrogate-key"] == "user-2-osu username-2"
    assert received.headers["fastly-key"] == TOKEN
    assert "authorization" not in received.headers


@pytest.mark.parametrize("token", [TOKEN, None])
async def test_varnish_receives_a_ban(api, purge, token):
    api.answer = response(200, PAGE)
    await purge("varnish", token)
    [received] = api.purges
    assert (received.method, received.body) == ("BAN", b"")
    assert received.headers["surrogate-key"] == "user-2-osu username-2"
    assert received.headers.get("authorization") == (f"Bearer {TOKEN}" if token else None)


async def test_varnish_is_reached_without_the_proxy(api, purge):
    await purge("varnish", upstream_proxy="http://127.0.0.1:9")
    assert len(api.purges) == 1


async def test_other_edges_are_reached_through_the_proxy(api, purge):
    with pytest.raises(UpstreamUnavailable) as caught:
        await purge("cloudflare", upstream_proxy="http://127.0.0.1:9")
    assert diagnose(caught.value).kind == "proxy"
    assert api.purges == []


@pytest.mark.parametrize(
    "answer, error",
    [
        (response(400, b"{}"), UpstreamRejected),
        (response(403, b'{"success": false}'), UpstreamRejected),
        (response(404, PAGE), UpstreamRejected),
        (response(301, b"", "Location: http://127.0.0.1:9/"), UpstreamRejected),
        (response(500), UpstreamUnavailable),
        (response(503, PAGE), UpstreamUnavailable),
        (response(200, b'{"success": false, "errors": [{"code": 1012}]}'), UpstreamInvalid),
        (response(200, PAGE), UpstreamInvalid),
        (response(200, b"[]"), UpstreamInvalid),
        (response(200), UpstreamInvalid),
        (response(200, b"\xff" * 100), UpstreamInvalid),
        (response(200, b" " * 100_000), UpstreamInvalid),
        (b"garbage\r\n\r\n", UpstreamUnavailable),
        (b"", UpstreamUnavailable),
        (CONFIRMED[:-5], UpstreamUnavailable),
        (None, UpstreamTimeout),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", UpstreamUnavailable),
    ],
)
async def test_failed_purge_raises(api, purge, caplog, answer, error):
    api.answer = answer
    with caplog.at_level(logging.DEBUG), pytest.raises(error) as caught:
        await purge(timeout_s=0.2 if answer is None else 10)
    assert diagnose(caught.value).cause
    assert TOKEN not in f"{caplog.text}{diagnose(caught.value)}{caught.value!r}"


async def test_rate_limit_has_a_wait(api, purge):
    api.answer = response(429, b"", "Retry-After: 12")
    with pytest.raises(UpstreamBusy) as caught:
        await purge()
    assert caught.value.retry_after_s == 12


async def test_refused_connection_raises(api, purge):
    with pytest.raises(UpstreamUnavailable) as caught:
        await purge(purge_url="http://127.0.0.1:9")
    assert diagnose(caught.value).kind == "refused"
