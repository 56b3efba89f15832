"""Connections that keep silent, or break off, or never end: closed in time, while others are answered."""

import json
import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
import pytest

from tests.support.processes import gateway_process
from tests.support.sockets import connect, exchange, read_to_the_end

QUERY = json.dumps({"query": "{ user(id: 2) { id } }"}).encode()
HEAD = b"POST /graphql HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n"
LENGTH = b"Content-Length: %d\r\n" % len(QUERY)
LAST = b"Connection: close\r\n"
CHUNKS = HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n" % (len(QUERY), QUERY)
SENT = {
    "nothing": (b"", 408),
    "half a header": (HEAD, 408),
    "half a body": (HEAD + b"Content-Length: 500\r\n\r\n" + QUERY, 408),
    "a chunk and no more": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n     \r\n", 408),
    "headers without end": (b"GET / HTTP/1.1\r\nX: " + b"a" * 40_000, 431),
    "what is not HTTP": (b"EHLO gateway\r\n\r\n", 400),
    "a body that is too large": (HEAD + b"Content-Length: 10000000\r\n\r\n", 413),
    "a chunk of no length": (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    "two lengths": (HEAD + LENGTH + b"Content-Length: 3\r\n\r\n" + QUERY, 400),
    "a length and chunks": (HEAD + LENGTH + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "a compressed body": (HEAD + b"Content-Encoding: gzip\r\nContent-Length: 500\r\n\r\n", 415),
}


@pytest.fixture(scope="module")
def url():
    with gateway_process(header_timeout_s="1", body_timeout_s="1") as gateway:
        yield gateway.url


@pytest.mark.parametrize("sent,status", SENT.values(), ids=SENT)
def test_a_connection_that_does_not_come_to_the_point_is_told_and_closed(url, sent, status):
    began = time.monotonic()
    head, _, body = exchange(url, sent).partition(b"\r\n\r\n")
    assert time.monotonic() - began < 5
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    facts = json.loads(body)["errors"][0]["extensions"]
    assert facts["code"]
    assert facts["retryable"] is (status == 408)


@pytest.mark.parametrize("offer", ["h2c", "websocket", "TLS/1.0"])
def test_an_offer_of_another_protocol_is_passed_over(url, offer):
    upgrade = f"Connection: Upgrade, close\r\nUPGRADE: {offer}\r\n".encode()
    answer = exchange(url, HEAD + LENGTH + upgrade + b"\r\n" + QUERY)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b'{"data":{"user":{"id":"2"}}' in answer


@pytest.mark.parametrize("place", range(len("\r\nUpgrade: ")))
def test_an_offer_that_comes_in_two_pieces_is_passed_over(url, place):
    request = HEAD + LENGTH + b"Connection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n" + QUERY
    place += request.index(b"\r\nUpgrade")
    with connect(url) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(request[:place])
        time.sleep(0.02)
        connection.sendall(request[place:])
        assert read_to_the_end(connection).startswith(b"HTTP/1.1 200 ")


def test_trailers_are_not_taken_for_headers(url):
    answer = exchange(url, CHUNKS.replace(b"\r\n\r\n", b"\r\n" + LAST + b"\r\n") + b"Accept: image/png\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")


def test_requests_that_do_not_wait_for_answers_are_answered_in_turn(url):
    request = HEAD + LENGTH + b"X-Request-ID: %d\r\n"
    sent = b"".join(request % number + b"\r\n" + QUERY for number in range(20))
    answers = exchange(url, sent + request % 20 + LAST + b"\r\n" + QUERY)
    assert re.findall(rb"x-request-id: (\d+)", answers) == [b"%d" % number for number in range(21)]


def test_many_requests_at_once_are_not_taken_for_one_with_large_headers(url):
    request = b"GET /healthz HTTP/1.1\r\nHost: gateway\r\n"
    answers = exchange(url, (request + b"\r\n") * 5_000 + request + LAST + b"\r\n")
    assert answers.count(b"HTTP/1.1 200 ") == 5_001


@pytest.mark.parametrize("path", ["/graphql", "/nothing"])
def test_a_body_that_was_refused_is_not_read_for_ever(url, path):
    head = f"POST {path} HTTP/1.1\r\nHost: gateway\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
    began, sent = time.monotonic(), 0
    with connect(url) as connection, suppress(ConnectionError):
        connection.sendall(head.encode())
        while time.monotonic() - began < 5:
            connection.sendall(b"400\r\n" + b"x" * 1024 + b"\r\n")
            sent += 1024
            time.sleep(0.001)
    assert time.monotonic() - began < 4
    assert sent < 2**20


@pytest.mark.parametrize("more", [b"X: 1\r\n", b"aaaaaa"], ids=["many", "large"])
def test_trailers_have_the_bounds_of_headers(url, more):
    began, sent = time.monotonic(), 0
    with connect(url) as connection, suppress(ConnectionError):
        connection.sendall(CHUNKS + b"X: 1\r\nX: ")
        while time.monotonic() - began < 5:
            connection.sendall(more * 100)
            sent += 600
            time.sleep(0.001)
    assert sent < 2**17


def test_half_a_request_after_a_whole_one_is_not_waited_for_for_ever(url):
    began = time.monotonic()
    with connect(url) as connection:
        connection.sendall(HEAD + LENGTH + b"\r\n" + QUERY)
        connection.recv(65_536)
        connection.sendall(HEAD)
        answer = read_to_the_end(connection)
    assert b"HTTP/1.1 408 " in answer
    assert time.monotonic() - began < 4


def test_an_empty_line_after_a_request_does_not_keep_a_connection_open_for_ever(url):
    with connect(url) as connection:
        connection.sendall(HEAD + LENGTH + b"\r\n" + QUERY)
        connection.recv(65_536)
        connection.sendall(b"\r\n")
        assert b"HTTP/1.1 408 " in read_to_the_end(connection)


def test_who_takes_nothing_of_an_answer_is_not_waited_for_for_ever(url):
    query = json.dumps({"query": "{ user(id: 2) { stats { snapshots { at pp globalRank accuracy } } } }"}).encode()
    request = HEAD + b"Content-Length: %d\r\n\r\n" % len(query) + query
    with connect(url) as connection, suppress(ConnectionError):
        connection.sendall(request * 50)
        time.sleep(4)
        answers = read_to_the_end(connection)
        assert answers.count(b"HTTP/1.1 200 ") < 50


def test_silent_connections_do_not_keep_others_from_an_answer(url):
    silent = [connect(url) for _ in range(200)]
    headers = {"Content-Type": "application/json"}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: httpx.post(f"{url}/graphql", content=QUERY, headers=headers), range(20)))
    for connection in silent:
        connection.close()
    assert {answer.json()["data"]["user"]["id"] for answer in answers} == {"2"}
