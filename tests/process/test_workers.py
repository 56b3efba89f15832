"""One gateway with several worker processes: common metrics, and replacement of dead workers."""

import os
import re
import signal
from contextlib import contextmanager

import httpx
import pytest

from tests.support.metrics import metric_value
from tests.support.processes import gateway_process
from tests.support.redis_server import redis_server
from tests.support.waiting import wait_until

WORKERS = 2
QUERY = "{ user(id: 2) { stats { latest { pp } } } }"


@contextmanager
def gateway_of_workers(folder):
    with redis_server(folder) as redis, gateway_process(workers=str(WORKERS), redis_url=redis.url) as process:
        wait_until(lambda: process.output.count("Application startup complete") == WORKERS)
        yield process


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    with gateway_of_workers(tmp_path_factory.mktemp("workers")) as process:
        yield process


@pytest.fixture
def own_gateway(tmp_path):
    """A gateway for one test, which ends or restarts its workers."""
    with gateway_of_workers(tmp_path) as process:
        yield process


def responding_workers(gateway):
    """The workers, once all have responded, identified by the prefix of their request IDs."""
    workers = set()

    def all_have_responded():
        workers.add(gateway.post(QUERY).headers["X-Request-ID"][:16])
        return len(workers) == WORKERS

    wait_until(all_have_responded)
    return workers


def executed(gateway):
    return metric_value(gateway.url, 'gateway_requests_total{cache="miss",operation="query",outcome="ok"}')


def cache_hits(gateway):
    return metric_value(gateway.url, 'gateway_requests_total{cache="hit",operation="query",outcome="ok"}')


def test_every_worker_reports_the_metrics_of_all(gateway):
    gateway.post(QUERY)
    before = executed(gateway)

    for number in range(20):
        assert gateway.post(f"# {number}\n{QUERY}").json()["data"]

    assert {executed(gateway) - before for _ in range(20)} == {20.0}


def test_metrics_include_cache_hits_of_all_workers(gateway):
    gateway.post(f"# executed\n{QUERY}")
    before = executed(gateway) + cache_hits(gateway)

    for _ in range(20):
        gateway.post(QUERY)

    wait_until(lambda: executed(gateway) + cache_hits(gateway) == before + 20)
    assert cache_hits(gateway) > 0


def test_all_workers_respond_after_one_upstream_request(gateway):
    responding_workers(gateway)
    assert metric_value(gateway.url, 'gateway_upstream_requests_total{endpoint="/stats_history",outcome="ok"}') == 1
    assert metric_value(gateway.url, "gateway_redis_up") == 1


def test_dead_worker_is_replaced(own_gateway):
    before = responding_workers(own_gateway)
    workers = re.findall(r"Started server process \[(\d+)\]", own_gateway.output)

    os.kill(int(workers[0]), signal.SIGKILL)

    wait_until(lambda: own_gateway.output.count("Application startup complete") == WORKERS + 1)
    assert len(responding_workers(own_gateway) - before) == 1
    [line] = [line for line in own_gateway.output.splitlines() if "A worker process has died" in line]
    assert " error " in line
    assert f"pid={workers[0]} signal=SIGKILL" in line
    assert "Child process" not in own_gateway.output
    assert metric_value(own_gateway.url, "gateway_worker_deaths_total") == 1
    assert metric_value(own_gateway.url, "process_resident_memory_bytes") > 2**24
    # The startup of the new worker does not wait long for the connection.
    wait_until(lambda: metric_value(own_gateway.url, "gateway_redis_up") == 1)


def entries(gateway):
    """The entries of all workers; 0 while no worker has published its metrics."""
    metrics = httpx.get(f"{gateway.url}/metrics").text
    return sum(map(float, re.findall(r'^gateway_cache_entries\{cache="records"\} (\S+)', metrics, re.MULTILINE)))


def test_cache_entries_of_replaced_workers_are_not_counted(own_gateway):
    own_gateway.post(QUERY)
    wait_until(lambda: entries(own_gateway) > 0)

    own_gateway.process.send_signal(signal.SIGHUP)

    wait_until(lambda: entries(own_gateway) == 0)
