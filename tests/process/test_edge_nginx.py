"""The cache of nginx in docs/edge.md, in front of a gateway with short lifetimes."""

import re
import time
from collections import Counter

import httpx
import pytest

from tests.support.code_blocks import code_blocks
from tests.support.nginx import proxy
from tests.support.processes import gateway_process
from tests.support.waiting import wait_until

QUERY = '{ user(id: "2") { stats { latest { pp } } } }'
# Ten minutes are five seconds.
FRESH_S, REVALIDATE_S, STALE_S = 5, 2, 3
SERVED = {"HIT", "STALE", "UPDATING", "REVALIDATED"}


def with_cache(text):
    """The deployed configuration with the cache of the documentation."""
    http, location = code_blocks("edge.md", "nginx")
    for before, block in (("    upstream gateway {", http), ("        location / {", location)):
        assert text.count(before) == 1
        text = text.replace(before, f"{block}{before}")
    return text


@pytest.fixture
def gateway():
    lifetimes = {"history_fresh_s": FRESH_S, "revalidate_s": REVALIDATE_S, "stale_s": STALE_S}
    settings = {name: str(value) for name, value in lifetimes.items()}
    with gateway_process(trusted_proxies="127.0.0.1/32", client_points="1000", **settings) as running:
        yield running


@pytest.fixture
def http(gateway, tmp_path):
    port = int(gateway.url.rpartition(":")[2])
    with proxy(tmp_path, [port, port], with_cache) as running, httpx.Client(base_url=running.address) as client:
        yield client


def get(http, query=QUERY, **headers):
    return http.get("/graphql", params={"query": query}, headers=headers)


def requests(gateway):
    """The number of GraphQL requests that the gateway has received."""
    samples = re.findall(
        r"^gateway_requests_total\{.*\} (\S+)$", httpx.get(f"{gateway.url}/metrics").text, re.MULTILINE
    )
    return sum(map(float, samples))


def get_until(http, end, *, count=1000, pause_s=0.0):
    """The number of responses by cache status, of `count` requests at most."""
    statuses: Counter[str] = Counter()
    while time.monotonic() < end and statuses.total() < count:
        response = get(http)
        assert response.json()["data"]["user"]["stats"]["latest"]["pp"] > 0
        statuses[response.headers["X-Cache"]] += 1
        time.sleep(pause_s)
    return statuses


def test_popular_player_costs_two_gateway_requests(gateway, http):
    started = time.monotonic()
    statuses = get_until(http, started + FRESH_S, pause_s=0.8 * FRESH_S / 1000)
    assert statuses.total() > 200
    assert (requests(gateway), statuses["MISS"]) == (2, 2)
    # To the end of `stale-while-revalidate`, and into the next lifetime.
    statuses += get_until(http, started + FRESH_S + REVALIDATE_S + 1, pause_s=0.01)
    served = sum(count for status, count in statuses.items() if status in SERVED)
    assert served >= 0.95 * statuses.total()
    assert statuses["STALE"] > 0


def test_reads_continue_while_the_gateway_is_stopped(gateway, http):
    for _ in range(3):
        get(http)
    gateway.stop()
    stopped = time.monotonic()
    statuses = get_until(http, stopped + STALE_S, pause_s=0.05)
    assert statuses.keys() <= SERVED
    wait_until(lambda: get(http).status_code == 502, 20)
    # The longest time is the sum of all lifetimes; nginx counts in whole seconds.
    assert time.monotonic() - stopped > FRESH_S + REVALIDATE_S - 2


def test_private_responses_pass_through(gateway, http):
    for _ in range(3):
        get(http)
    authorized = get(http, Authorization="Bearer token")
    assert (authorized.headers["X-Cache"], authorized.headers["Cache-Control"]) == ("BYPASS", "no-store")
    assert "RateLimit" in authorized.headers
    momentary = [get(http, "{ rateLimit { remaining } }") for _ in range(2)]
    assert {response.headers["X-Cache"] for response in momentary} == {"MISS"}
    assert {response.headers["Cache-Control"] for response in momentary} == {"no-store"}
    posted = [http.post("/graphql", json={"query": QUERY}) for _ in range(2)]
    assert len({response.headers["X-Request-ID"] for response in posted}) == 2
    page = get(http, Accept="text/html")
    assert page.headers["Content-Type"].startswith("text/html")


def test_stored_response_is_the_same_for_all(gateway, http):
    stored = [get(http) for _ in range(3)][2]
    assert stored.headers["X-Cache"] == "HIT"
    private = {"X-Request-ID", "RateLimit", "RateLimit-Policy", "Cache-Tag", "Surrogate-Key"}
    assert private.isdisjoint(stored.headers)
    assert stored.headers["Cache-Control"] == "public, max-age=0"
    unmodified = get(http, **{"If-None-Match": stored.headers["ETag"]})
    assert (unmodified.status_code, unmodified.headers["X-Cache"]) == (304, "HIT")
    head = http.head("/graphql", params={"query": QUERY})
    assert (head.status_code, head.headers["X-Cache"]) == (200, "HIT")
    other = get(http, Accept="application/graphql-response+json")
    assert (other.headers["X-Cache"], other.headers["Content-Type"].split(";")[0]) == (
        "MISS",
        "application/graphql-response+json",
    )
