"""Responses over sockets that the server sends without calling the application, with no visible difference."""

import asyncio
import json
import re
import socket
import time
from contextlib import ExitStack
from functools import partial
from random import Random
from threading import Event
from typing import NamedTuple

import httpx
import pytest
from starlette.applications import Starlette

from gateway.server.config import ServerConfig
from tests.support.http_servers import serve_gateway, serve_sandbox
from tests.support.metrics import metric_value
from tests.support.random_requests import SETTINGS, random_requests, raw_response
from tests.support.sockets import connect, exchange, read_to_the_end

QUERY = '{ user(id: "2") { stats { latest { pp } } } }'
BODY = json.dumps({"query": QUERY}).encode()
JSON = {"Content-Type": "application/json"}
HEAD = b"POST /graphql HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n"
POST = HEAD + b"Content-Length: %d\r\n" % len(BODY)
CLOSE = b"Connection: close\r\n"


async def teapot(scope, receive, send):
    """An application that is recognised by its status."""
    await send({"type": "http.response.start", "status": 418, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body"})


class Response(NamedTuple):
    status: str
    headers: httpx.Headers
    body: bytes


class Running(NamedTuple):
    app: Starlette
    url: str
    original: Response


@pytest.fixture(scope="module")
def running():
    """A gateway with cached responses to a POST and a GET, and the former as the application made it."""
    with serve_gateway(partial(ServerConfig, header_timeout_s=5)) as (app, url):
        original = [exchange(url, POST + CLOSE + b"\r\n" + BODY) for _ in range(2)][-1]
        httpx.get(f"{url}/graphql", params={"query": QUERY})
        yield Running(app, url, parse(original))


@pytest.fixture
def url(running):
    """The gateway's address, while its application is replaced by the teapot."""
    app, address, _ = running
    application, app.middleware_stack = app.middleware_stack, teapot
    yield address
    app.middleware_stack = application


def parse(response):
    head, _, body = response.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    return Response(status, httpx.Headers([line.split(": ", 1) for line in lines]), body)


def shared(headers):
    """The headers that do not depend on the request or the connection."""
    return {name: value for name, value in headers.items() if name not in {"x-request-id", "date", "connection"}}


def test_cached_response_equals_the_applications(running, url):
    original = running[2]
    with connect(url) as connection:
        connection.sendall(POST + b"\r\n" + BODY)
        cached = parse(connection.recv(65_536))
    assert (cached.status, cached.body) == (original.status, original.body)
    assert shared(cached.headers) == shared(original.headers)


def test_cached_response_is_revalidated_by_etag(url):
    first = httpx.get(f"{url}/graphql", params={"query": QUERY})
    second = httpx.get(f"{url}/graphql", params={"query": QUERY}, headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, second.status_code, second.content) == (200, 304, b"")
    assert second.headers["Cache-Control"] == first.headers["Cache-Control"]


def test_connection_is_reused(url):
    with connect(url) as connection:
        for _ in range(50):
            connection.sendall(POST + b"\r\n" + BODY)
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200 OK")


@pytest.fixture
def lookups(running):
    """The bodies of the requests that were parsed; the others equal an earlier one byte by byte."""
    app, bodies = running.app, []
    lookup = app.state.lookup

    def recorded(scope, body, data):
        bodies.append(body)
        return lookup(scope, body, data)

    app.state.lookup = recorded
    yield bodies
    app.state.lookup = lookup


def test_repeated_bytes_are_not_parsed_again(url, lookups):
    request = POST + b"X-Request-ID: repeated\r\n\r\n" + BODY
    with connect(url) as connection:
        for _ in range(3):
            connection.sendall(request)
            assert b"x-request-id: repeated\r\n" in connection.recv(65_536)
    assert lookups == [BODY]


def test_repeated_bytes_are_executed_once_if_they_wait():
    settings = {"response_cache_max_bytes": 0, "client_points": 20, "client_points_per_minute": 20}
    config = partial(ServerConfig, header_timeout_s=5)
    with serve_gateway(config, **settings) as (app, address), connect(address) as connection:
        gateway, remaining = app.state.gateway, []
        operation = gateway.engine.prepare(QUERY, {}, None).operation
        for _ in range(4):
            connection.sendall(POST + b"\r\n" + BODY)
            remaining += re.findall(rb"r=(\d+)", connection.recv(65_536))
        gateway.monotonic.__self__.move(86_400 * 2)
        connection.sendall(POST + b"\r\n" + BODY)
        assert b'"charged":1' in connection.recv(65_536)
    assert (remaining, operation.uses) == ([b"19"] * 4, 5)
    assert gateway.engine.tally.total() == 5


def test_repeated_large_responses_are_complete():
    series = json.dumps({"query": '{ user(id: "2") { stats { snapshots { at pp level accuracy } } } }'}).encode()
    request = HEAD + b"Content-Length: %d\r\n\r\n" % len(series) + series
    with serve_gateway(partial(ServerConfig, header_timeout_s=5)) as (_, address), connect(address) as connection:
        bodies = []
        for _ in range(4):
            connection.sendall(request)
            head, _, body = connection.recv(65_536).partition(b"\r\n\r\n")
            length = int(re.findall(rb"content-length: (\d+)", head)[0])
            while len(body) < length:
                body += connection.recv(65_536)
            bodies.append(body)
    assert len(bodies[0]) > 2**16
    assert len(set(bodies[1:])) == 1


@pytest.mark.parametrize("more", [POST, b"POST /gra"], ids=["complete", "incomplete"])
def test_bytes_with_another_request_are_parsed(url, lookups, more):
    with connect(url) as connection:
        for _ in range(3):
            connection.sendall(POST + b"\r\n" + BODY + more)
            assert connection.recv(65_536).count(b"HTTP/1.1 200 OK") == 1
            connection.sendall((POST + b"\r\n" + BODY)[len(more) :])
            assert connection.recv(65_536).count(b"HTTP/1.1 200 OK") == 1
    assert len(lookups) >= 3


def test_repeated_bytes_within_a_body_are_no_request(url):
    request = POST + b"\r\n" + BODY
    with connect(url) as connection:
        for _ in range(2):
            connection.sendall(request)
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200 OK")
        connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(request))
        connection.sendall(request)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 418 ")


def test_connection_stays_open_after_repeated_bytes(running):
    config = partial(ServerConfig, header_timeout_s=0.2)
    with serve_gateway(config) as (_, address):
        request = POST + b"\r\n" + BODY
        for _ in range(2):
            exchange(address, POST + CLOSE + b"\r\n" + BODY)
        with connect(address) as first, connect(address) as second:
            for connection in (first, second):
                connection.sendall(request)
                assert connection.recv(65_536).startswith(b"HTTP/1.1 200 OK")
            time.sleep(0.5)  # longer than the timeout of headers, shorter than that of idle connections
            second.sendall(request)
            assert second.recv(65_536).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize("count", [1, 2, 20])
def test_pipelined_requests_are_answered_in_order(running, count):
    _, url, original = running
    request = POST + b"X-Request-ID: %d\r\n"
    sent = b"".join(request % number + b"\r\n" + BODY for number in range(count))
    responses = exchange(url, sent + request % count + CLOSE + b"\r\n" + BODY)
    assert re.findall(rb"x-request-id: (\d+)", responses) == [b"%d" % number for number in range(count + 1)]
    assert responses.count(original.body) == count + 1


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
def test_unusual_requests_get_the_same_response(running, sent):
    _, url, original = running
    response = exchange(url, sent)
    assert response.count(b"HTTP/1.1 200 OK") == 1
    assert response.endswith(original.body)


def test_body_in_a_second_packet_is_awaited(url):
    with connect(url) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(20):
            connection.sendall(POST + b"\r\n")
            time.sleep(0.001)  # a real pause between packets
            connection.sendall(BODY)
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200 OK")


def test_late_body_is_left_to_the_application(url):
    with connect(url) as connection:
        connection.sendall(POST + b"\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 418 ")


def test_disconnect_before_the_body_has_no_effect(url):
    with connect(url) as connection:
        connection.sendall(POST + b"\r\n")
    assert httpx.get(f"{url}/graphql", params={"query": QUERY}).status_code == 200


def test_application_is_notified_of_disconnect_during_pipelining(running):
    app, address, _ = running
    application, notified = app.middleware_stack, Event()

    async def wait_for_disconnect(scope, receive, send):
        async with asyncio.timeout(2):
            while (await receive())["type"] != "http.disconnect":
                pass
        notified.set()

    app.middleware_stack = wait_for_disconnect
    other = POST.replace(b"/graphql", b"/other") + b"\r\n" + BODY
    response = exchange(address, other + other + b"garbage\r\n\r\n")
    was_notified = notified.wait(3)
    app.middleware_stack = application
    assert response.startswith(b"HTTP/1.1 400 ")
    assert was_notified


def test_application_requests_an_expected_body(running):
    _, url, original = running
    with connect(url) as connection:
        connection.sendall(POST + CLOSE + b"Expect: 100-continue\r\n\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 Continue")
        connection.sendall(BODY)
        response = read_to_the_end(connection)
    assert response.endswith(original.body)


@pytest.mark.parametrize(
    "method,path,content",
    [("POST", "/graphql", BODY.replace(b"pp", b"level")), ("POST", "/other", BODY), ("PUT", "/graphql", BODY)],
)
def test_uncached_requests_are_passed_to_the_application(url, method, path, content):
    assert httpx.request(method, url + path, content=content, headers=JSON).status_code == 418


def test_disconnects_do_not_fail_equal_requests():
    config = partial(ServerConfig, header_timeout_s=5)
    with (
        serve_sandbox() as osutrack,
        serve_gateway(config, upstream_url=osutrack.url) as (_, url),
        ExitStack() as stack,
    ):
        osutrack.set_faults({"kind": "latency", "seconds": 0.3})
        connections = [stack.enter_context(connect(url)) for _ in range(5)]
        for number, connection in enumerate(connections):
            connection.sendall(POST + b"X-Request-ID: client-%d\r\n\r\n" % number + BODY)
        connections[0].close()
        connections[3].close()
        responses = {number: connections[number].recv(65_536) for number in (1, 2, 4)}
        executions = metric_value(url, 'gateway_executed_operations_total{execution="interpreted"}')
    assert all(b"x-request-id: client-%d\r\n" % number in response for number, response in responses.items())
    assert all(response.startswith(b"HTTP/1.1 200 OK") for response in responses.values())
    assert executions == 1


async def compare_random_requests(first_url, second_url):
    async with httpx.AsyncClient(base_url=first_url) as first, httpx.AsyncClient(base_url=second_url) as second:
        # The responses to rankings depend on the time at which their loads end.
        requests = (each for each in random_requests(Random(7), 44, variants=2) if "ranking(" not in repr(each))
        for request in requests:
            for _ in range(3):
                assert await raw_response(first, request) == await raw_response(second, request), request


def test_executed_responses_equal_the_applications():
    config = partial(ServerConfig, header_timeout_s=5)
    with serve_gateway(config, **SETTINGS) as synchronous, serve_gateway(config, **SETTINGS) as endpoint:
        endpoint.app.state.lookup.__self__.execute = None
        asyncio.run(compare_random_requests(synchronous.url, endpoint.url))


def test_metric_reports_the_custom_protocol(running):
    assert metric_value(running[1], "gateway_custom_protocol") == 1


def test_gateway_works_with_uvicorns_own_protocol(caplog):
    with serve_gateway(partial(ServerConfig, header_timeout_s=5, find_protocol=lambda: None)) as (_, url):
        responses = [httpx.post(f"{url}/graphql", content=BODY, headers=JSON) for _ in range(4)]
        hits = metric_value(url, 'gateway_requests_total{cache="hit",operation="query",outcome="ok"}')
        assert metric_value(url, "gateway_custom_protocol") == 0
    assert {response.status_code for response in responses} == {200}
    assert hits == 2
    assert any(message.startswith("Custom HTTP protocol disabled") for message in caplog.messages)
