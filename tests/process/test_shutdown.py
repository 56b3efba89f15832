"""Graceful shutdown by SIGTERM: accepted requests get their response, no new ones are accepted."""

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
    """The gateway's address, once all its workers serve and are connected to Redis."""
    address = running.url
    wait_until(lambda: running.output.count("Application startup complete") == running.workers)
    wait_until(lambda: httpx.get(f"{address}/readyz").json()["redis"] == "up")
    return address


def slow_down(running, seconds):
    """Delay all responses of the sandbox."""
    httpx.put(f"{running.sandbox_url}/_sandbox/faults", json={"kind": "latency", "seconds": seconds}).raise_for_status()


def upstream_requests(running):
    """The number of requests to the sandbox."""
    return httpx.get(f"{running.sandbox_url}/_sandbox/counts").json()["requests"]


def is_refused(address):
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", int(address.rpartition(":")[2]))) != 0


def post(address, query):
    return httpx.post(f"{address}/graphql", json={"query": query}, timeout=60)


def test_accepted_requests_are_answered_during_shutdown(running):
    address = address_of(running)
    slow_down(running, LATENCY_S)
    queries = [UPDATE, *(READ % user for user in range(1001, 1001 + MAX_CONNECTIONS))]

    with ThreadPoolExecutor(len(queries)) as pool:
        answers = [pool.submit(post, address, query) for query in queries]
        wait_until(lambda: upstream_requests(running) == len(queries))
        code = running.stop()
        responses = [answer.result().json() for answer in answers]

    assert [answer for answer in responses if "errors" in answer or "data" not in answer] == []
    assert responses[0]["data"]["updateUser"]["__typename"] == "UpdateUserSuccess"
    assert code in {0, -15}
    assert "Traceback" not in running.output
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{address}/healthz")


def test_new_connections_are_refused_during_shutdown(running):
    address = address_of(running)
    slow_down(running, 5)

    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(post, address, READ % 1001)
        wait_until(lambda: upstream_requests(running) == 1)
        running.process.send_signal(signal.SIGTERM)
        wait_until(lambda: is_refused(address))
        before = answer.done()

    assert not before
    assert answer.result().json()["data"]


def test_background_refreshes_do_not_delay_the_shutdown(running):
    address = address_of(running)
    post(address, READ % 2)
    slow_down(running, 60)
    stale = post(address, READ % 2).json()
    wait_until(lambda: upstream_requests(running) == 2)

    start = time.monotonic()
    running.stop()

    assert stale["extensions"]["warnings"][0]["code"] == "STALE_DATA"
    assert time.monotonic() - start < 15
