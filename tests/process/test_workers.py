"""One gateway of several processes: what they count is told together, and one that dies is replaced."""

import os
import re
import signal
import time

import httpx
import pytest

from tests.support.processes import Process
from tests.support.redis_server import redis_server

WORKERS = 2
QUERY = "{ user(id: 2) { stats { latest { pp } } } }"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    folder = tmp_path_factory.mktemp("workers")
    with redis_server(folder) as redis:
        process = Process(folder, client_points="0", workers=str(WORKERS), redis_url=redis.url)
        try:
            process.address()
            until(lambda: process.printed.count("Application startup complete") == WORKERS)
            yield process
        finally:
            process.stop()


def until(condition):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def asked(gateway, query):
    """The answer, by a connection of its own: whichever process takes it."""
    return httpx.post(f"{gateway.address()}/graphql", json={"query": query})


def answering(gateway):
    """The processes that answer, by how the request IDs that they make begin."""
    return {asked(gateway, QUERY).headers["X-Request-ID"][:16] for _ in range(60)}


def told(gateway, sample):
    """What the gateway says of it now."""
    metrics = httpx.get(f"{gateway.address()}/metrics").text
    (count,) = re.findall(rf"^{re.escape(sample)} (\S+)", metrics, re.MULTILINE)
    return float(count)


def executed(gateway):
    return told(gateway, 'gateway_requests_total{cache="miss",operation="query",outcome="ok"}')


def sent_again(gateway):
    return told(gateway, 'gateway_requests_total{cache="hit",operation="query",outcome="ok"}')


def test_whichever_process_is_asked_tells_what_all_have_counted(gateway):
    asked(gateway, QUERY)
    before = executed(gateway)

    for number in range(20):
        assert asked(gateway, f"# {number}\n{QUERY}").json()["data"]

    assert {executed(gateway) - before for _ in range(20)} == {20.0}


def test_what_any_process_has_sent_again_is_told_by_all(gateway):
    asked(gateway, f"# executed\n{QUERY}")
    before = executed(gateway) + sent_again(gateway)

    for _ in range(20):
        asked(gateway, QUERY)

    until(lambda: executed(gateway) + sent_again(gateway) == before + 20)
    assert sent_again(gateway) > 0


def test_all_processes_answer_and_osu_track_is_asked_once(gateway):
    assert len(answering(gateway)) == WORKERS
    assert told(gateway, 'gateway_upstream_requests_total{endpoint="/stats_history",outcome="ok"}') == 1
    assert told(gateway, "gateway_redis_up") == 1


def test_a_process_that_dies_is_replaced(gateway):
    before = answering(gateway)
    workers = re.findall(r"Started server process \[(\d+)\]", gateway.printed)

    os.kill(int(workers[0]), signal.SIGKILL)

    until(lambda: gateway.printed.count("Application startup complete") == WORKERS + 1)
    assert len(answering(gateway) - before) == 1
    assert told(gateway, "gateway_redis_up") == 1


def entries(gateway):
    return told(gateway, 'gateway_cache_entries{cache="records"}')


def test_what_replaced_processes_held_is_not_counted_any_more(gateway):
    asked(gateway, QUERY)
    until(lambda: entries(gateway) > 0)

    gateway.process.send_signal(signal.SIGHUP)

    until(lambda: entries(gateway) == 0)
