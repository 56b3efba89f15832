"""The gateway serves and stops even if its standard output is blocked, closed or full from the start."""

import os
import socket
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.metrics import metric_value
from tests.support.processes import gateway_process
from tests.support.sockets import connect
from tests.support.waiting import wait_until

NO_REDIS = "redis://127.0.0.1:1"
# Each is logged with its path, in about 800 bytes.
REQUEST = b"GET /" + b"%01" * 200 + b" HTTP/1.1\r\nHost: gateway\r\n\r\n"
BATCH = 50


@contextmanager
def blocked_pipe(*, is_blocking=True):
    """A full pipe that nobody reads."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(writer, is_blocking)
    try:
        yield writer
    finally:
        os.close(reader)
        os.close(writer)


@contextmanager
def closed_pipe():
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


@contextmanager
def full_disk():
    with Path("/dev/full").open("wb") as disk:
        yield disk.fileno()


@contextmanager
def closed_descriptor():
    yield -1


OUTPUTS = {
    "pipe": blocked_pipe,
    "non-blocking pipe": lambda: blocked_pipe(is_blocking=False),
    "closed pipe": closed_pipe,
    "full disk": full_disk,
    "closed": closed_descriptor,
}


@contextmanager
def serving(output, **settings):
    """A gateway with this output, and its URL."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with OUTPUTS[output]() as stdout, gateway_process(stdout, port=str(port), **settings) as gateway:
        wait_until(lambda: is_alive(url))
        yield gateway, url


def is_alive(url):
    try:
        return httpx.get(f"{url}/healthz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def send_requests(url, count):
    """Send many requests over one connection, each logged in a long line."""
    with connect(url) as connection:
        for _ in range(count // BATCH):
            connection.sendall(REQUEST * BATCH)
            received = b""
            while received.count(b"HTTP/1.1 404") < BATCH:
                received += connection.recv(2**16)


@pytest.mark.parametrize("log_format", ["console", "json"])
@pytest.mark.parametrize("output", OUTPUTS)
def test_requests_and_shutdown_do_not_wait(output, log_format):
    with serving(output, log_format=log_format) as (gateway, url):
        send_requests(url, 300)
        assert is_alive(url)
        start = time.monotonic()
        assert gateway.stop() == 0
        assert time.monotonic() - start < 15


@pytest.mark.parametrize("output", OUTPUTS)
def test_invalid_setting_ends_the_start(output):
    with OUTPUTS[output]() as stdout, gateway_process(stdout, log_level="loud") as gateway:
        assert gateway.process.wait(timeout=30) == 2


def test_workers_do_not_wait():
    with serving("pipe", workers="2", redis_url=NO_REDIS) as (gateway, url):
        send_requests(url, 300)
        assert is_alive(url)
        assert gateway.stop() == 0


def test_dropped_lines_are_counted():
    with serving("pipe") as (_, url):
        send_requests(url, 7000)
        assert metric_value(url, "gateway_log_lines_dropped_total") > 100
        assert is_alive(url)
