"""One gateway with several worker processes: common metrics, and replacement of dead workers."""

import os
import re
import signal

import httpx
import pytest

from tests.support.metrics import metric_value
from tests.support.processes import gateway_process
from tests.support.redis_server import redis_server
from tests.support.waiting import wait_until

WORKERS = 2
QUERY = "{ user(id: 2) { stats { latest { pp } } } }"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    folder = tmp_path_factory.mktemp("workers")
    with redis_server(folder) as redis, gateway_process(workers=str(WORKERS), redis_url=redis.url) as process:
        wait_until(lambda: process.output.count("Application startup complete") == WORKERS)
        yield process


def responding_workers(gateway):
    """The workers that respond, identified by the prefix of their request IDs."""
    return {gateway.post(QUERY).headers["X-Request-ID"][:16] for _ in range(60)}


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
    assert len(responding_workers(gateway)) == WORKERS
    assert metric_value(gateway.url, 'gateway_upstream_requests_total{endpoint="/stats_history",outcome="ok"}') == 1
    assert metric_value(gateway.url, "gateway_redis_up") == 1


def test_dead_worker_is_replaced(gateway):
    before = responding_workers(gateway)
    workers = re.findall(r"Started server process \[(\d+)\]", gateway.output)

    os.kill(int(workers[0]), signal.SIGKILL)

    wait_until(lambda: gateway.output.count("Application startup complete") == WORKERS + 1)
    assert len(responding_workers(gateway) - before) == 1
    [line] = [line for line in gateway.output.splitlines() if "A worker process has died" in line]
    assert " error " in line
    assert f"pid={workers[0]} signal=SIGKILL" in line
    assert "Child process" not in gateway.output
    assert metric_value(gateway.url, "gateway_worker_deaths_total") == 1
    assert metric_value(gateway.url, "process_resident_memory_bytes") > 2**24
    assert metric_value(gateway.url, "gateway_redis_up") == 1


def entries(gateway):
    """The entries of all workers; 0 while no worker has published its metrics."""
    metrics = httpx.get(f"{gateway.url}/metrics").text
    return sum(map(float, re.findall(r'^gateway_cache_entries\{cache="records"\} (\S+)', metrics, re.MULTILINE)))


def test_cache_entries_of_replaced_workers_are_not_counted(gateway):
    gateway.post(QUERY)
    wait_until(lambda: entries(gateway) > 0)

    gateway.process.send_signal(signal.SIGHUP)

    wait_until(lambda: entries(gateway) == 0)
