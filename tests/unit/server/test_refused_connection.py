"""A connection after a refusal: nothing is sent behind it, and the application learns of it."""

import asyncio
import time

import pytest

from tests.support.server_connection import ServerConnection

GET = b"GET / HTTP/1.1\r\nHost: gateway\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: gateway\r\nTransfer-Encoding: chunked\r\n\r\n"
REPEATED = 200, ((b"content-length", b"0"),), (), b""


@pytest.mark.parametrize("garbage", [b"garbage\r\n\r\n", POST + b"zz\r\n", GET.replace(b"Host", b"Other")])
async def test_nothing_follows_a_refusal(garbage):
    connection = ServerConnection(repeat=lambda data, scope: REPEATED if data == GET else None)
    statuses = await connection.feed(GET, garbage, GET, GET + GET)
    connection.close()
    assert statuses == [200, 400]


@pytest.mark.parametrize("pieces", [[GET, GET, b"garbage\r\n\r\n"], [GET + GET + b"garbage\r\n\r\n"]])
async def test_earlier_requests_are_answered_first(pieces):
    connection = ServerConnection()
    statuses = await connection.feed(*pieces)
    connection.close()
    assert statuses == [200, 200, 400]
    assert connection.transport.has_ended


async def test_application_learns_of_an_invalid_body():
    received = []

    async def read(scope, receive, send):
        while (message := await receive())["type"] == "http.request":
            received.append(message["body"])
        received.append(message["type"])

    connection = ServerConnection(read)
    task = asyncio.create_task(connection.feed(POST + b"5000\r\n%b\r\n" % (b" " * 0x5000), b"zz\r\n"))
    async with asyncio.timeout(5):
        statuses = await task
    connection.close()
    assert statuses == [400]
    assert received == [b" " * 0x5000, "http.disconnect"]


async def test_discarded_data_has_a_limit():
    connection = ServerConnection()
    await connection.feed(b"garbage\r\n\r\n", *[b"x" * 2**16] * 16)
    assert not connection.transport.is_closed
    await connection.feed(b"x" * 2**16)
    assert connection.transport.is_closed
    connection.close()


async def test_spaces_in_a_header_delay_no_refusal():
    sent = b"GET / HTTP/1.1\r\nOrigin: a" + b" " * 4000 + b"b\r\nX Y: 1\r\n\r\n"
    start = time.thread_time()
    for _ in range(20):
        connection = ServerConnection()
        assert await connection.feed(sent) == [400]
        connection.close()
    assert time.thread_time() - start < 0.4
