"""Slow readers of large responses: bounded memory, and no effect on clients that read."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from gateway.server.deliveries import MIN_BYTES_PER_S
from tests.support.metrics import metric_value
from tests.support.processes import gateway_process
from tests.support.slow_readers import LARGE_QUERY, SlowReader, read_large, resident_bytes

MB = 2**20
READERS = 40


@pytest.fixture
def settings():
    return {}


@pytest.fixture
def running(settings):
    with gateway_process(trusted_proxies="127.0.0.1", **settings) as running:
        for _ in range(2):
            assert len(read_large(running.url, "10.9.9.9", LARGE_QUERY).content) > 15 * MB
        yield running


@pytest.fixture
def start(running):
    readers = []

    def start(number, document=LARGE_QUERY):
        reader = SlowReader(running.url, f"10.0.0.{number}", document)
        readers.append(reader)
        return reader

    yield start
    for reader in readers:
        reader.close()


def unread_bytes(running):
    return metric_value(running.url, "gateway_unsent_bytes")


def test_slow_readers_take_bounded_memory(running, start):
    before = resident_bytes(running.process.pid)
    steady = start(200, f"{LARGE_QUERY} steady")
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(steady.read_steadily, 18, MIN_BYTES_PER_S)
        slow = [start(number, f"{LARGE_QUERY}{number}") for number in range(READERS)]
        statuses = [reader.status for reader in slow]
        assert resident_bytes(running.process.pid) - before < 256 * MB
        assert 32 * MB < unread_bytes(running) <= 64 * MB
        assert 200 in statuses
        small = httpx.post(f"{running.url}/graphql", json={"query": "{ status { version } }"}, timeout=2)
        assert small.status_code == 200
        # A client that reads nothing is certainly slow after ten seconds, or a few more on a busy machine.
        time.sleep(16)
        assert read_large(running.url, "10.9.9.8", f"{LARGE_QUERY} fast").status_code == 200
        reading.result()
    assert not steady.is_closed
    assert [reader for reader, status in zip(slow, statuses, strict=True) if status == 200 and reader.is_closed]
    assert metric_value(running.url, 'gateway_slow_clients_closed_total{cause="total_limit"}') >= 1
    assert re.search("Connection closed: the client reads too slowly.*cause=total_limit unsent_bytes=1", running.output)


def test_readers_of_a_cached_response_share_its_memory(running, start):
    before = resident_bytes(running.process.pid)
    readers = [start(number) for number in range(READERS)]
    assert {reader.status for reader in readers} == {200}
    assert resident_bytes(running.process.pid) - before < 60 * MB
    # The first response was executed: its body is another one.
    assert unread_bytes(running) < 48 * MB


def test_further_responses_of_a_slow_client_are_compressed(running, start):
    readers = [start(1, f"{LARGE_QUERY}{number}") for number in range(2)]
    assert [reader.status for reader in readers] == [200, 200]
    own = read_large(running.url, "10.0.0.1", f"{LARGE_QUERY} own")
    assert own.json()["data"] == read_large(running.url, "10.0.0.2", LARGE_QUERY).json()["data"]
    assert unread_bytes(running) < 24 * MB


def test_compressed_cached_responses_release_their_memory(running, start):
    def read_cached(number):
        assert read_large(running.url, f"10.1.0.{number}", f"{LARGE_QUERY}{number}").status_code == 200
        assert start(number, f"{LARGE_QUERY}{number}").status == 200

    # From the fourth on, there is no room for them as they are, and the response cache discards its own.
    for number in range(6):
        read_cached(number)
    before = resident_bytes(running.process.pid)
    for number in range(6, 13):
        read_cached(number)
    assert resident_bytes(running.process.pid) - before < 40 * MB


class TestWithLittleMemoryForClients:
    @pytest.fixture
    def settings(self):
        return {"client_unsent_max_bytes": "1000000"}

    def test_one_client_cannot_take_all_memory(self, running, start):
        assert start(1, f"{LARGE_QUERY} slow").status == 200
        assert read_large(running.url, "10.0.0.2", f"{LARGE_QUERY} other").status_code == 200
        refused = read_large(running.url, "10.0.0.1", f"{LARGE_QUERY} own")
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        [error] = refused.json()["errors"]
        assert error["extensions"]["code"] == "UNREAD_RESPONSES"
        assert error["extensions"]["requestId"] == refused.headers["X-Request-ID"]
        assert "earlier responses" in error["message"]
