"""Incomplete, invalid and endless requests over sockets: refused in time, while other clients are served."""

import json
import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
import pytest

from tests.support.processes import gateway_process
from tests.support.sockets import connect, exchange, read_to_the_end, read_until

QUERY = json.dumps({"query": "{ user(id: 2) { id } }"}).encode()
HEAD = b"POST /graphql HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n"
LENGTH = b"Content-Length: %d\r\n" % len(QUERY)
CLOSE = b"Connection: close\r\n"
CHUNKS = HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n" % (len(QUERY), QUERY)
REQUESTS = {
    "nothing": (b"", 408),
    "half a header": (HEAD, 408),
    "half a body": (HEAD + b"Content-Length: 500\r\n\r\n" + QUERY, 408),
    "a chunk without an end": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n     \r\n", 408),
    "endless headers": (b"GET / HTTP/1.1\r\nX: " + b"a" * 40_000, 431),
    "not HTTP": (b"EHLO gateway\r\n\r\n", 400),
    "a large body": (HEAD + b"Content-Length: 10000000\r\n\r\n", 413),
    "an invalid chunk length": (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    "two lengths": (HEAD + LENGTH + b"Content-Length: 3\r\n\r\n" + QUERY, 400),
    "a length and chunks": (HEAD + LENGTH + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "two hosts": (b"GET / HTTP/1.1\r\nHost: gateway\r\nHost: gateway\r\n\r\n", 400),
    "two hosts in HTTP/1.0": (b"GET / HTTP/1.0\r\nHost: a\r\nhost: b\r\n\r\n", 400),
    "an empty host": (b"GET / HTTP/1.1\r\nHost:\r\n\r\n", 400),
    "a list of hosts": (b"GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400),
    "an invalid host": (b"GET / HTTP/1.1\r\nHost: user@gateway/path\r\n\r\n", 400),
    "HTTP/0.9": (b"GET /\r\n", 400),
    "HTTP/0.9 from a shell": (b"GET /\n", 400),
    "HTTP/0.9 with headers": (b"GET / HTTP/0.9\r\nHost: gateway\r\n\r\n", 400),
    "HTTP/1.2": (b"GET / HTTP/1.2\r\nHost: gateway\r\n\r\n", 400),
    "HTTP/2.0": (b"GET / HTTP/2.0\r\nHost: gateway\r\n\r\n", 400),
    "HTTP/3.0": (b"GET / HTTP/3.0\r\nHost: gateway\r\n\r\n", 400),
    "a tunnel": (b"CONNECT gateway:443 HTTP/1.1\r\nHost: gateway:443\r\n\r\n", 400),
    "large headers in one packet": (b"GET / HTTP/1.1\r\nHost: gateway\r\n" + b"X: 1\r\n" * 6_000 + b"\r\n", 431),
    "a long URL": (b"GET /graphql?query=%b HTTP/1.1\r\nHost: gateway\r\n\r\n" % (b"a" * 100_000), 414),
    "a compressed body": (HEAD + b"Content-Encoding: gzip\r\nContent-Length: 500\r\n\r\n", 415),
}


@pytest.fixture(scope="module")
def url():
    with gateway_process(header_timeout_s="1", body_timeout_s="1", send_timeout_s="1") as gateway:
        yield gateway.url


@pytest.mark.parametrize("sent,status", REQUESTS.values(), ids=REQUESTS)
def test_bad_request_gets_an_error_and_is_closed(url, sent, status):
    started = time.monotonic()
    head, _, body = exchange(url, sent).partition(b"\r\n\r\n")
    assert time.monotonic() - started < 5
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    extensions = json.loads(body)["errors"][0]["extensions"]
    assert extensions["code"]
    assert extensions["retryable"] is (status == 408)
    assert f"\r\nx-request-id: {extensions['requestId']}\r\n".encode() in head


@pytest.mark.parametrize("host", [b"gateway:8000", b"127.0.0.1:80", b"[::1]:8000", b"[2001:db8::1]", b"a-b.example."])
def test_valid_host_is_accepted(url, host):
    assert exchange(url, b"GET /healthz HTTP/1.1\r\nHost: %b\r\n%b\r\n" % (host, CLOSE)).startswith(b"HTTP/1.1 200 ")


def test_old_clients_need_no_host(url):
    assert exchange(url, b"GET /healthz HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200 ")


REFUSED = {
    "too large": (b"POST /graphql", b"Content-Type: application/json\r\n", 413),
    "encoded": (b"POST /graphql", b"Content-Type: application/json\r\nContent-Encoding: br\r\n", 415),
    "another type": (b"POST /graphql", b"Content-Type: text/plain\r\n", 415),
    "unknown path": (b"POST /nothing", b"", 404),
    "method": (b"PUT /static/site.css", b"", 405),
    "unknown method": (b"ATTACK /", b"", 400),
    "invalid header": (b"POST /graphql", b"X: \x01\r\n", 400),
    "repeated host": (b"POST /graphql", b"Host: other\r\n", 400),
    "large header": (b"POST /graphql", b"X: %b\r\n" % (b"a" * 40_000), 431),
}


@pytest.mark.parametrize("start,headers,status", REFUSED.values(), ids=REFUSED)
def test_refused_client_can_send_its_body(url, start, headers, status):
    length = 50_000 if status == 431 else 1_000_000
    head = b"%b HTTP/1.1\r\nHost: gateway\r\nContent-Length: %d\r\n%b\r\n" % (start, length, headers)
    with connect(url) as connection:
        connection.sendall(head)
        response = connection.recv(65_536)
        # A closed socket would now reset the connection.
        for _ in range(10):
            connection.sendall(b" " * (length // 10))
            time.sleep(0.005)
        connection.shutdown(socket.SHUT_WR)
        response += read_to_the_end(connection)
    assert response.startswith(f"HTTP/1.1 {status} ".encode())
    assert response.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize("start,headers,status", [REFUSED["another type"], REFUSED["unknown path"]])
def test_connection_is_reused_after_a_refused_body(url, start, headers, status):
    request = b"%b HTTP/1.1\r\nHost: gateway\r\nContent-Length: 500000\r\n%b\r\n" % (start, headers)
    with connect(url) as connection:
        for _ in range(5):
            connection.sendall(request)
            assert read_until(connection, b"}]}").startswith(f"HTTP/1.1 {status} ".encode())
            connection.sendall(b" " * 500_000)
        time.sleep(1.3)  # longer than the timeout of headers
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: gateway\r\n\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("protocol", ["h2c", "websocket", "TLS/1.0"])
def test_protocol_upgrade_is_ignored(url, protocol):
    upgrade = f"Connection: Upgrade, close\r\nUPGRADE: {protocol}\r\n".encode()
    response = exchange(url, HEAD + LENGTH + upgrade + b"\r\n" + QUERY)
    assert response.startswith(b"HTTP/1.1 200 ")
    assert b'{"data":{"user":{"id":"2"}}' in response


@pytest.mark.parametrize("split", range(len("\r\nUpgrade: ")))
def test_protocol_upgrade_in_two_packets_is_ignored(url, split):
    request = HEAD + LENGTH + b"Connection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n" + QUERY
    split += request.index(b"\r\nUpgrade")
    with connect(url) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(request[:split])
        time.sleep(0.02)  # so that the kernel sends two packets
        connection.sendall(request[split:])
        assert read_to_the_end(connection).startswith(b"HTTP/1.1 200 ")


def test_trailers_are_not_used_as_headers(url):
    response = exchange(url, CHUNKS.replace(b"\r\n\r\n", b"\r\n" + CLOSE + b"\r\n") + b"Accept: image/png\r\n\r\n")
    assert response.startswith(b"HTTP/1.1 200 ")


def test_pipelined_requests_are_answered_in_order(url):
    request = HEAD + LENGTH + b"X-Request-ID: %d\r\n"
    sent = b"".join(request % number + b"\r\n" + QUERY for number in range(20))
    responses = exchange(url, sent + request % 20 + CLOSE + b"\r\n" + QUERY)
    assert re.findall(rb"x-request-id: (\d+)", responses) == [b"%d" % number for number in range(21)]


def test_many_pipelined_requests_are_not_large_headers(url):
    request = b"GET /healthz HTTP/1.1\r\nHost: gateway\r\n"
    responses = exchange(url, (request + b"\r\n") * 5_000 + request + CLOSE + b"\r\n")
    assert responses.count(b"HTTP/1.1 200 ") == 5_001


@pytest.mark.parametrize("path", ["/graphql", "/nothing"])
def test_refused_endless_body_is_closed(url, path):
    head = f"POST {path} HTTP/1.1\r\nHost: gateway\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
    started, sent = time.monotonic(), 0
    with connect(url) as connection, suppress(ConnectionError):
        connection.sendall(head.encode())
        while time.monotonic() - started < 5:
            connection.sendall(b"400\r\n" + b"x" * 1024 + b"\r\n")
            sent += 1024
            time.sleep(0.001)
    assert time.monotonic() - started < 4
    assert sent < 2**20


@pytest.mark.parametrize("more", [b"X: 1\r\n", b"aaaaaa"], ids=["many", "large"])
def test_trailers_have_the_size_limit_of_headers(url, more):
    started, sent = time.monotonic(), 0
    with connect(url) as connection, suppress(ConnectionError):
        connection.sendall(CHUNKS + b"X: 1\r\nX: ")
        while time.monotonic() - started < 5:
            connection.sendall(more * 100)
            sent += 600
            time.sleep(0.001)
    assert sent < 2**17


def test_incomplete_second_request_times_out(url):
    started = time.monotonic()
    with connect(url) as connection:
        connection.sendall(HEAD + LENGTH + b"\r\n" + QUERY)
        connection.recv(65_536)
        connection.sendall(HEAD)
        response = read_to_the_end(connection)
    assert b"HTTP/1.1 408 " in response
    assert time.monotonic() - started < 4


def test_empty_line_after_a_request_times_out(url):
    with connect(url) as connection:
        connection.sendall(HEAD + LENGTH + b"\r\n" + QUERY)
        connection.recv(65_536)
        connection.sendall(b"\r\n")
        assert b"HTTP/1.1 408 " in read_to_the_end(connection)


def test_client_that_stops_reading_is_disconnected(url):
    query = json.dumps({"query": "{ user(id: 2) { stats { snapshots(every: MONTH) { at pp accuracy } } } }"}).encode()
    request = HEAD + b"Content-Length: %d\r\n\r\n" % len(query) + query
    with connect(url) as connection, suppress(ConnectionError):
        connection.sendall(request * 300)
        time.sleep(4)  # the kernel's buffers, not a clock, decide when the client falls behind
        responses = read_to_the_end(connection)
        assert responses.count(b"HTTP/1.1 200 ") < 300


def test_silent_connections_do_not_delay_other_clients(url):
    silent = [connect(url) for _ in range(200)]
    headers = {"Content-Type": "application/json"}
    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(lambda _: httpx.post(f"{url}/graphql", content=QUERY, headers=headers), range(20)))
    for connection in silent:
        connection.close()
    assert {response.json()["data"]["user"]["id"] for response in responses} == {"2"}
