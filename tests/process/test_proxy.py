"""Attacks through the configuration of nginx in deploy/, over two gateways: no other client's request fails."""

import threading
import time
from contextlib import ExitStack, suppress
from itertools import cycle

import httpx
import pytest

from tests.support.nginx import proxy
from tests.support.operations import LATEST
from tests.support.processes import gateway_process
from tests.support.sockets import connect

ATTACK_S = 10
JSON = b"Content-Type: application/json\r\n"


def request(length, head=b"POST /graphql HTTP/1.1\r\n", headers=JSON):
    """A request with a body of this length, of spaces."""
    return b"%bHost: gateway\r\nContent-Length: %d\r\n%b\r\n%b" % (head, length, headers, b" " * length)


ATTACKS = {
    "above the limit": request(100_000),
    "above nginx's default limit": request(2_000_000),
    "a little too large": request(65_537),
    "without length": b"POST /graphql HTTP/1.1\r\nHost: gateway\r\nTransfer-Encoding: chunked\r\n\r\n"
    + b"8000\r\n%b\r\n" % (b" " * 0x8000) * 8,
    "encoded": request(65_000, headers=JSON + b"Content-Encoding: gzip\r\n"),
    "another type": request(65_000, headers=b"Content-Type: text/plain\r\n"),
    "unknown path": request(65_000, head=b"POST /nothing HTTP/1.1\r\n"),
    "static file": request(65_000, head=b"PUT /static/site.css HTTP/1.1\r\n"),
    "query by GET": request(65_000, head=b"GET /graphql HTTP/1.1\r\n"),
    "unknown method": request(65_000, head=b"ATTACK /graphql HTTP/1.1\r\n"),
    "invalid header": request(65_000, headers=JSON + b"X: \x01\r\n"),
    "invalid path": request(65_000, head=b"POST /\x80\xff HTTP/1.1\r\n"),
    "large headers": request(65_000, headers=JSON + b"X: %b\r\n" % (b"a" * 7_000) * 4),
    "incomplete": request(65_000)[:60_000],
    "awaiting 100": request(100_000, headers=JSON + b"Expect: 100-continue\r\n"),
}


def attack(url, until):
    for sent in cycle(ATTACKS.values()):
        if time.monotonic() > until:
            return
        with suppress(OSError), connect(url) as connection:
            connection.settimeout(0.2)
            connection.sendall(sent)
            connection.recv(65_536)


def responses(url, until):
    """The statuses of a client that sends small queries until then."""
    statuses = []
    with httpx.Client(base_url=url, timeout=30) as http:
        while time.monotonic() < until:
            statuses.append(http.post("/graphql", json={"query": LATEST, "variables": {"id": "2"}}).status_code)
            statuses.append(http.get("/graphql", params={"query": "{ status { upstream } }"}).status_code)
    return statuses


@pytest.fixture
def gateways():
    with ExitStack() as stack:
        yield [stack.enter_context(gateway_process(trusted_proxies="127.0.0.1/32")) for _ in range(2)]


@pytest.fixture
def proxied(gateways, tmp_path):
    with proxy(tmp_path, [int(gateway.url.rpartition(":")[2]) for gateway in gateways]) as running:
        yield running


def test_large_bodies_fail_no_other_request(proxied):
    until = time.monotonic() + ATTACK_S
    attackers = [threading.Thread(target=attack, args=(proxied.address, until)) for _ in range(4)]
    for attacker in attackers:
        attacker.start()
    statuses = responses(proxied.address, until)
    for attacker in attackers:
        attacker.join()
    assert set(statuses) == {200}
    assert len(statuses) > 100
