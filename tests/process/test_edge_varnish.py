"""Varnish with the VCL of docs/edge.md, in front of a gateway that purges it after updates."""

import threading
import time

import httpx
import pytest

from benchmarks.load import free_port
from gateway.sandbox import players
from tests.support.metrics import metric_value
from tests.support.operations import UPDATE
from tests.support.processes import gateway_process
from tests.support.varnish import varnish
from tests.support.waiting import wait_until

AMEO = str(players.AMEO)
TOKEN = "purge-token"
LATEST = '{ user(id: "%s") { stats { latest { at pp } } } }'
SHORT = {"history_fresh_s": "2", "revalidate_s": "1", "stale_s": "600"}


@pytest.fixture
def lifetimes():
    return {}


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def gateway(port, lifetimes):
    edge = {"purge_url": f"http://127.0.0.1:{port}", "purge_kind": "varnish", "purge_token": TOKEN}
    with gateway_process(trusted_proxies="127.0.0.1/32", **edge, **lifetimes) as running:
        yield running


@pytest.fixture
def http(gateway, port, tmp_path):
    with (
        varnish(tmp_path, port, int(gateway.url.rpartition(":")[2]), TOKEN) as address,
        httpx.Client(base_url=address, timeout=30) as client,
    ):
        yield client


def get(http, user_id=AMEO, **headers):
    return http.get("/graphql", params={"query": LATEST % user_id}, headers=headers)


def warm(http, user_id=AMEO):
    """A stored response."""
    wait_until(lambda: is_hit(get(http, user_id)), 10)
    return get(http, user_id)


def is_hit(response):
    """Whether Varnish had the response: it names its own request, and that of the stored response."""
    return " " in response.headers["X-Varnish"]


def at(response):
    return response.json()["data"]["user"]["stats"]["latest"]["at"]


def test_no_response_is_outdated_after_a_second(gateway, http):
    before, other = warm(http), warm(http, "2")
    updated = http.post("/graphql", json={"query": UPDATE, "variables": {"id": AMEO}}).json()
    ended = time.monotonic()
    assert updated["data"]["updateUser"]["__typename"] == "UpdateUserSuccess"
    time.sleep(max(0.0, ended + 1 - time.monotonic()))
    after = [get(http) for _ in range(20)]
    assert {at(response) > at(before) for response in after} == {True}
    assert any(is_hit(response) for response in after)
    # Other players are not purged.
    assert (is_hit(get(http, "2")), at(get(http, "2"))) == (True, at(other))
    assert metric_value(gateway.url, 'gateway_purges_total{outcome="ok"}') == 1


def test_no_response_is_outdated_under_load(gateway, http):
    # Requests during the update must not bring the former response back after the purge.
    players_before = {user_id: at(warm(http, user_id)) for user_id in (AMEO, "2", "1001")}
    seen: list[tuple[float, str, str]] = []
    ended, stop = {}, threading.Event()

    def read():
        with httpx.Client(base_url=http.base_url, timeout=30) as client:
            while not stop.is_set():
                seen.extend((time.monotonic(), user_id, at(get(client, user_id))) for user_id in players_before)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for user_id in players_before:
        http.post("/graphql", json={"query": UPDATE, "variables": {"id": user_id}})
        ended[user_id] = time.monotonic()
    time.sleep(1.5)
    stop.set()
    for reader in readers:
        reader.join()
    late = [(user_id, found) for sent, user_id, found in seen if sent > ended[user_id] + 1]
    assert {user_id for user_id, _ in late} == players_before.keys()
    assert [user_id for user_id, found in late if found <= players_before[user_id]] == []


def test_stored_response_has_nothing_of_one_client(http):
    stored = warm(http)
    private = {"X-Request-ID", "RateLimit", "RateLimit-Policy", "Cache-Tag", "Surrogate-Key"}
    assert private.isdisjoint(stored.headers)
    unmodified = get(http, **{"If-None-Match": stored.headers["ETag"]})
    assert (unmodified.status_code, is_hit(unmodified)) == (304, True)
    head = http.head("/graphql", params={"query": LATEST % AMEO})
    assert (head.status_code, is_hit(head)) == (200, True)


def test_private_requests_pass_through(http):
    warm(http)
    authorized = get(http, Authorization="Bearer token")
    assert (authorized.headers["Cache-Control"], is_hit(authorized)) == ("no-store", False)
    query = http.request("QUERY", "/graphql", json={"query": LATEST % AMEO})
    assert (query.status_code, at(query), is_hit(query)) == (200, at(authorized), False)
    page = get(http, Accept="text/html")
    assert page.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer other"}])
def test_purge_needs_the_token(http, headers):
    warm(http)
    refused = http.request("BAN", "/", headers={"Surrogate-Key": "many user-131464-osu", **headers})
    assert (refused.status_code, is_hit(get(http))) == (403, True)


def test_purge_without_tags_is_refused(http):
    warm(http)
    refused = http.request("BAN", "/", headers={"Authorization": f"Bearer {TOKEN}"})
    assert (refused.status_code, is_hit(get(http))) == (400, True)


@pytest.mark.parametrize("lifetimes", [SHORT])
def test_reads_continue_while_the_gateway_is_stopped(gateway, http, lifetimes):
    before = warm(http)
    gateway.stop()
    # Beyond its lifetime and its revalidation.
    time.sleep(4)
    assert {at(get(http)) for _ in range(5)} == {at(before)}
    assert get(http, "2").status_code == 503
