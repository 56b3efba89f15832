"""SIGTERM under load: what was accepted is answered, nothing more is accepted, and the process ends well."""

import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.support.processes import gateway_process
from tests.support.redis_server import redis_server
from tests.support.waiting import wait_until

READ = 'query { user(id: "%d") { stats { latest { pp } } } }'
UPDATE = 'mutation { updateUser(id: "131464") { __typename } }'
MAX_CONNECTIONS = 40
LATENCY_S = 1.0


@pytest.fixture(params=[1, 2], ids=["one process", "two processes"])
def running(request, tmp_path):
    with redis_server(tmp_path) as redis:
        limits = {"reads_per_minute": "0", "hiscores_per_minute": "0", "upstream_concurrency": "80"}
        limits |= {"history_fresh_s": "0.001", "read_timeout_s": "60", "operation_timeout_s": "60"}
        with gateway_process(workers=str(request.param), redis_url=redis.url, **limits) as gateway:
            yield gateway


def address_of(running):
    """Where it serves, once all its processes do and share what they know."""
    address = running.url
    wait_until(lambda: running.output.count("Application startup complete") == running.workers)
    wait_until(lambda: httpx.get(f"{address}/readyz").json()["redis"] == "up")
    return address


def slow_down(running, seconds):
    """Every answer of its sandbox takes so long from now on."""
    httpx.put(f"{running.sandbox_url}/_sandbox/faults", json={"kind": "latency", "seconds": seconds}).raise_for_status()


def asked_upstream(running):
    """How many requests its sandbox has got."""
    return httpx.get(f"{running.sandbox_url}/_sandbox/counts").json()["requests"]


def is_refused(address):
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", int(address.rpartition(":")[2]))) != 0


def ask(address, query):
    return httpx.post(f"{address}/graphql", json={"query": query}, timeout=60)


def test_what_is_accepted_is_answered_and_nothing_after_it(running):
    address = address_of(running)
    slow_down(running, LATENCY_S)
    queries = [UPDATE, *(READ % user for user in range(1001, 1001 + MAX_CONNECTIONS))]

    with ThreadPoolExecutor(len(queries)) as pool:
        answers = [pool.submit(ask, address, query) for query in queries]
        wait_until(lambda: asked_upstream(running) == len(queries))
        code = running.stop()
        told = [answer.result().json() for answer in answers]

    assert [answer for answer in told if "errors" in answer or "data" not in answer] == []
    assert told[0]["data"]["updateUser"]["__typename"] == "UpdateUserSuccess"
    assert code in {0, -15}
    assert "Traceback" not in running.output
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{address}/healthz")


def test_nobody_is_let_in_while_what_was_accepted_is_finished(running):
    address = address_of(running)
    slow_down(running, 5)

    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(ask, address, READ % 1001)
        wait_until(lambda: asked_upstream(running) == 1)
        running.process.send_signal(signal.SIGTERM)
        wait_until(lambda: is_refused(address))
        before = answer.done()

    assert not before
    assert answer.result().json()["data"]


def test_refreshes_behind_do_not_keep_it_from_ending(running):
    address = address_of(running)
    ask(address, READ % 2)
    slow_down(running, 60)
    stale = ask(address, READ % 2).json()
    wait_until(lambda: asked_upstream(running) == 2)

    began = time.monotonic()
    running.stop()

    assert stale["extensions"]["warnings"][0]["code"] == "STALE_DATA"
    assert time.monotonic() - began < 15
