"""What is remembered is sent by the server itself: the application is not called, and nobody can tell."""

import asyncio
import json
import re
import socket
import time
from functools import partial
from threading import Event
from typing import NamedTuple

import httpx
import pytest

from gateway.server.protocol import ServerConfig
from tests.support.http_servers import serve_gateway
from tests.support.sockets import connect, exchange, read_to_the_end

QUERY = '{ user(id: "2") { stats { latest { pp } } } }'
BODY = json.dumps({"query": QUERY}).encode()
HEAD = b"POST /graphql HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n"
POST = HEAD + b"Content-Length: %d\r\n" % len(BODY)
CLOSE = b"Connection: close\r\n"


async def no_application(scope, receive, send):
    await send({"type": "http.response.start", "status": 418, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body"})


class Answer(NamedTuple):
    status: str
    headers: httpx.Headers
    body: bytes


@pytest.fixture(scope="module")
def running():
    """A gateway that remembers the answers to POST and GET, and the former as the application made it."""
    with serve_gateway(partial(ServerConfig, header_timeout_s=5)) as (app, url):
        made = [exchange(url, POST + CLOSE + b"\r\n" + BODY) for _ in range(2)][-1]
        httpx.get(f"{url}/graphql", params={"query": QUERY})
        yield app, url, read(made)


@pytest.fixture
def url(running):
    """The gateway's address, while its application is away."""
    app, address, _ = running
    application, app.middleware_stack = app.middleware_stack, no_application
    yield address
    app.middleware_stack = application


def read(answer):
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    return Answer(status, httpx.Headers([line.split(": ", 1) for line in lines]), body)


def common(headers):
    return {name: value for name, value in headers.items() if name not in {"x-request-id", "date", "connection"}}


def test_the_application_is_not_called_and_the_answer_is_the_same(running, url):
    made = running[2]
    with connect(url) as connection:
        connection.sendall(POST + b"\r\n" + BODY)
        again = read(connection.recv(65_536))
    assert (again.status, again.body) == (made.status, made.body)
    assert common(again.headers) == common(made.headers)


def test_who_has_the_answer_is_not_sent_it_again(url):
    first = httpx.get(f"{url}/graphql", params={"query": QUERY})
    again = httpx.get(f"{url}/graphql", params={"query": QUERY}, headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert again.headers["Age"] == "0"


def test_a_connection_is_used_again_and_again(url):
    with connect(url) as connection:
        for _ in range(50):
            connection.sendall(POST + b"\r\n" + BODY)
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize("count", [1, 2, 20])
def test_requests_that_do_not_wait_for_answers_are_answered_in_turn(running, count):
    _, url, made = running
    request = POST + b"X-Request-ID: %d\r\n"
    sent = b"".join(request % number + b"\r\n" + BODY for number in range(count))
    answers = exchange(url, sent + request % count + CLOSE + b"\r\n" + BODY)
    assert re.findall(rb"x-request-id: (\d+)", answers) == [b"%d" % number for number in range(count + 1)]
    assert answers.count(made.body) == count + 1


@pytest.mark.parametrize(
    "sent",
    [
        POST + CLOSE + b"\r\n" + BODY,
        POST.replace(b"HTTP/1.1", b"HTTP/1.0") + b"\r\n" + BODY,
        POST + CLOSE + b"Expect: 100-continue\r\n\r\n" + BODY,
        HEAD + CLOSE + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY),
    ],
    ids=["close", "HTTP/1.0", "expectation", "chunks"],
)
def test_whatever_is_out_of_the_ordinary_is_left_to_the_application(running, sent):
    _, url, made = running
    answer = exchange(url, sent)
    assert answer.count(b"HTTP/1.1 200 OK") == 1
    assert answer.endswith(made.body)


def test_a_body_that_comes_right_behind_its_headers_is_waited_for(url):
    with connect(url) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(20):
            connection.sendall(POST + b"\r\n")
            time.sleep(0.001)
            connection.sendall(BODY)
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200 OK")


def test_the_application_waits_for_a_body_that_is_late(url):
    with connect(url) as connection:
        connection.sendall(POST + b"\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 418 ")


def test_a_client_that_leaves_before_its_body_is_there_is_forgotten(url):
    with connect(url) as connection:
        connection.sendall(POST + b"\r\n")
    assert httpx.get(f"{url}/graphql", params={"query": QUERY}).status_code == 200


def test_the_request_that_is_being_answered_is_told_when_a_bad_one_ends_the_connection(running):
    app, address, _ = running
    application, told = app.middleware_stack, Event()

    async def waits(scope, receive, send):
        async with asyncio.timeout(2):
            while (await receive())["type"] != "http.disconnect":
                pass
        told.set()

    app.middleware_stack = waits
    other = POST.replace(b"/graphql", b"/other") + b"\r\n" + BODY
    answer = exchange(address, other + other + b"garbage\r\n\r\n")
    ended = told.wait(3)
    app.middleware_stack = application
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert ended


def test_the_application_waits_for_a_body_that_it_is_to_ask_for(running):
    _, url, made = running
    with connect(url) as connection:
        connection.sendall(POST + CLOSE + b"Expect: 100-continue\r\n\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 Continue")
        connection.sendall(BODY)
        answer = read_to_the_end(connection)
    assert answer.endswith(made.body)


def test_what_is_not_remembered_is_asked_of_the_application(url):
    other = json.dumps({"query": QUERY.replace("pp", "level")}).encode()
    assert httpx.post(f"{url}/graphql", content=other, headers={"Content-Type": "application/json"}).status_code == 418
    assert httpx.post(f"{url}/other", content=BODY, headers={"Content-Type": "application/json"}).status_code == 418
    assert httpx.put(f"{url}/graphql", content=BODY, headers={"Content-Type": "application/json"}).status_code == 418
