"""Connections that keep silent, or break off, or never end: closed in time, while others are answered."""

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.processes import serving

QUERY = json.dumps({"query": "{ user(id: 2) { id } }"}).encode()
HEAD = b"POST /graphql HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n"
SENT = {
    "nothing": (b"", 408),
    "half a header": (HEAD, 408),
    "half a body": (HEAD + b"Content-Length: 500\r\n\r\n" + QUERY, 408),
    "a chunk and no more": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n     \r\n", 408),
    "headers without end": (b"GET / HTTP/1.1\r\nX: " + b"a" * 40_000, 431),
    "what is not HTTP": (b"EHLO gateway\r\n\r\n", 400),
    "a body that is too large": (HEAD + b"Content-Length: 10000000\r\n\r\n", 413),
    "a compressed body": (HEAD + b"Content-Encoding: gzip\r\nContent-Length: 500\r\n\r\n", 415),
}


@pytest.fixture(scope="module")
def url():
    with serving(header_timeout_s="1", body_timeout_s="1") as address:
        yield address


def read_to_the_end(connection):
    answer = b""
    while piece := connection.recv(65_536):
        answer += piece
    return answer


@pytest.mark.parametrize("sent,status", SENT.values(), ids=SENT)
def test_a_connection_that_does_not_come_to_the_point_is_told_and_closed(url, sent, status):
    began = time.monotonic()
    with socket.create_connection((httpx.URL(url).host, httpx.URL(url).port), timeout=10) as connection:
        connection.sendall(sent)
        head, _, body = read_to_the_end(connection).partition(b"\r\n\r\n")
    assert time.monotonic() - began < 5
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert json.loads(body)["errors"][0]["extensions"]["code"]


def test_silent_connections_do_not_keep_others_from_an_answer(url):
    address = (httpx.URL(url).host, httpx.URL(url).port)
    silent = [socket.create_connection(address, timeout=10) for _ in range(200)]
    headers = {"Content-Type": "application/json"}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: httpx.post(f"{url}/graphql", content=QUERY, headers=headers), range(20)))
    for connection in silent:
        connection.close()
    assert {answer.json()["data"]["user"]["id"] for answer in answers} == {"2"}
