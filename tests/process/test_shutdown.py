"""Graceful shutdown by SIGTERM: accepted requests get their response, no new ones are accepted."""

import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from gateway.sandbox import players
from tests.support.operations import LATEST, UPDATE
from tests.support.processes import gateway_process
from tests.support.redis_server import redis_server
from tests.support.waiting import wait_until

MAX_CONNECTIONS = 40
LATENCY_S = 1.0


@pytest.fixture(params=[1, 2], ids=["one process", "two processes"])
def running(request, tmp_path):
    with redis_server(tmp_path) as redis:
        limits = {"upstream_concurrency": "80"}
        limits |= {"history_fresh_s": "0.001", "read_timeout_s": "60", "operation_timeout_s": "60"}
        with gateway_process(workers=str(request.param), redis_url=redis.url, **limits) as gateway:
            wait_until(lambda: gateway.output.count("Application startup complete") == gateway.workers)
            wait_until(lambda: httpx.get(f"{gateway.url}/readyz").json()["redis"] == "up")
            yield gateway


def set_latency(running, seconds):
    """Delay all responses of the sandbox."""
    httpx.put(f"{running.sandbox_url}/_sandbox/faults", json={"kind": "latency", "seconds": seconds}).raise_for_status()


def upstream_requests(running):
    """The number of requests to the sandbox."""
    return httpx.get(f"{running.sandbox_url}/_sandbox/counts").json()["requests"]


def refuses_connections(running):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", httpx.URL(running.url).port)) != 0


def test_accepted_requests_are_answered_during_shutdown(running):
    set_latency(running, LATENCY_S)
    user_ids = range(1001, 1001 + MAX_CONNECTIONS)

    with ThreadPoolExecutor(1 + MAX_CONNECTIONS) as pool:
        requests = [pool.submit(running.post, UPDATE, id=str(players.AMEO))]
        requests += [pool.submit(running.post, LATEST, id=str(user_id)) for user_id in user_ids]
        wait_until(lambda: upstream_requests(running) == len(requests))
        code = running.stop()
        responses = [request.result().json() for request in requests]

    assert [response for response in responses if "errors" in response or "data" not in response] == []
    assert responses[0]["data"]["updateUser"]["__typename"] == "UpdateUserSuccess"
    assert code == 0
    assert "Traceback" not in running.output
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{running.url}/healthz")


def test_new_connections_are_refused_during_shutdown(running):
    set_latency(running, 5)

    with ThreadPoolExecutor(1) as pool:
        request = pool.submit(running.post, LATEST, id="1001")
        wait_until(lambda: upstream_requests(running) == 1)
        running.process.send_signal(signal.SIGTERM)
        wait_until(lambda: refuses_connections(running))
        is_finished = request.done()

    assert not is_finished
    assert request.result().json()["data"]


def test_background_refreshes_do_not_delay_the_shutdown(running):
    running.post(LATEST, id="2")
    set_latency(running, 60)
    revalidating = running.post(LATEST, id="2").json()
    wait_until(lambda: upstream_requests(running) == 2)

    start = time.monotonic()
    running.stop()

    assert revalidating["extensions"]["revalidating"]
    assert time.monotonic() - start < 15
