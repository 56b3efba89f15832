"""Requests that never reach the application: their responses, their log lines and their number."""

import json
import re
import time
from collections.abc import Mapping
from functools import partial
from typing import Any

import httpx
import pytest

from gateway.server.config import ServerConfig
from gateway.settings import Settings
from gateway.web.app import create_app
from tests.support.http_servers import serve
from tests.support.metrics import metric_value
from tests.support.sockets import connect, exchange, read_to_the_end

ORIGIN = b"Origin: https://site.example\r\n"
CHUNK = b"Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\nzz\r\n"
START = b"POST /graphql HTTP/1.1\r\nX-Request-ID: given\r\n" + ORIGIN
REFUSED = {
    "late": (START + b"Host: gateway\r\n", "REQUEST_TIMEOUT"),
    "late after the last header": (b"POST /graphql HTTP/1.1\r\nX-Request-ID: given\r\n" + ORIGIN, "REQUEST_TIMEOUT"),
    "late in a header": (START + b"Hos", "REQUEST_TIMEOUT"),
    "no host": (START + b"\r\n", "BAD_REQUEST"),
    "invalid header": (START + b"Host: gateway\r\nX: \x01\r\n\r\n", "BAD_REQUEST"),
    "invalid name": (b"GET / HTTP/1.1\r\n" + ORIGIN + b"X-Request-ID: given\r\nX Y: 1\r\n\r\n", "BAD_REQUEST"),
    "invalid chunk": (START + b"Host: gateway\r\n" + CHUNK, "BAD_REQUEST"),
    "long URL": (
        b"GET /graphql?query=%b HTTP/1.1\r\nX-Request-ID: given\r\n" % (b"a" * 20_000)
        + ORIGIN
        + b"X: %b" % (b"a" * 20_000),
        "URI_TOO_LONG",
    ),
    "large headers": (START + b"Host: gateway\r\nX: %b\r\n\r\n" % (b"a" * 40_000), "HEADERS_TOO_LARGE"),
}


class Refusing:
    """A gateway with its log."""

    def __init__(self, origins):
        settings = Settings(_env_file=None, cors_origins=origins)
        self.log: list[Mapping[str, Any]] = []
        self.app = create_app(settings, log_request=lambda level, fields: self.log.append(fields))

    def exchange(self, url, sent):
        self.log.clear()
        response = exchange(url, sent)
        head, _, body = response.partition(b"\r\n\r\n")
        lines = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
        return httpx.Headers(lines), json.loads(body)["errors"][0]["extensions"]


@pytest.fixture(scope="module", params=["*", "https://site.example"])
def gateway(request):
    return Refusing((request.param,))


@pytest.fixture(scope="module")
def url(gateway):
    with serve(gateway.app, partial(ServerConfig, header_timeout_s=0.5)) as address:
        yield address


@pytest.mark.parametrize("sent,code", REFUSED.values(), ids=REFUSED)
def test_refusal_has_the_headers_of_a_response(gateway, url, sent, code):
    headers, extensions = gateway.exchange(url, sent)
    assert (extensions["code"], extensions["requestId"]) == (code, "given")
    assert headers["X-Request-ID"] == "given"
    assert headers["Access-Control-Allow-Origin"] in {"*", "https://site.example"}
    assert "X-Request-ID" in headers["Access-Control-Expose-Headers"]
    assert (headers["X-Content-Type-Options"], headers["Cache-Control"]) == ("nosniff", "no-store")
    assert (headers["Connection"], headers["Content-Type"]) == ("close", "application/json; charset=utf-8")


@pytest.mark.parametrize("sent,code", REFUSED.values(), ids=REFUSED)
def test_refusal_is_logged_and_counted_once(gateway, url, sent, code):
    metric = 'gateway_requests_total{cache="miss",operation="none",outcome="refused"}'
    before = metric_value(url, metric)
    gateway.exchange(url, sent)
    [line] = [line for line in gateway.log if line["request_id"] == "given"]
    assert (line["outcome"], line["codes"]) == ("refused", [code])
    assert metric_value(url, metric) == before + 1


def test_refusal_without_headers_has_an_id(gateway, url):
    headers, extensions = gateway.exchange(url, b"EHLO gateway\r\n\r\n")
    assert headers["X-Request-ID"] == extensions["requestId"] == gateway.log[-1]["request_id"]


def test_id_of_an_earlier_request_is_not_reused(gateway, url):
    with connect(url) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: gateway\r\nX-Request-ID: earlier\r\n\r\n")
        assert b"x-request-id: earlier" in connection.recv(65_536)
        connection.sendall(b"\r\n")
        response = read_to_the_end(connection)
    assert b"REQUEST_TIMEOUT" in response
    assert b"earlier" not in response


def test_refusal_follows_the_responses_to_earlier_requests(url):
    query = b'{"query":"{ __typename }"}'
    post = b"POST /graphql HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
    requests = (post % (len(query), query)) * 3 + b"GET /nothing HTTP/1.1\r\nHost: gateway\r\n\r\n"
    response = exchange(url, requests + b"garbage\r\n\r\n")
    assert re.findall(rb"HTTP/1.1 (\d+)", response) == [b"200"] * 3 + [b"404", b"400"]


def test_silent_client_is_closed_in_time(url):
    started = time.monotonic()
    with connect(url) as connection:
        assert b" 408 " in read_to_the_end(connection)
    assert time.monotonic() - started < 3
