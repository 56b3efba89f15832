"""Requests that wait unparsed for the response to equal bytes."""

import asyncio

import pytest

from gateway.server.deliveries import LARGE_BYTES
from tests.support.event_loop import run_ready_tasks
from tests.support.server_connection import ServerConnection

GET = b"GET / HTTP/1.1\r\nHost: gateway\r\n\r\n"


def response(body=b""):
    return 200, ((b"content-length", b"%d" % len(body)),), (), body


class Repeat:
    """A `repeat` that has requests wait for `flight`, then returns the result."""

    def __init__(self, result=None):
        self.flight: asyncio.Future[None] = asyncio.Future()
        self.result = result
        self.states = []

    def __call__(self, data, scope):
        self.states.append(scope["state"])
        if self.flight.done():
            return self.result
        scope["state"]["waiting_since"] = 1.0
        return self.flight

    async def land(self):
        self.flight.set_result(None)
        await asyncio.sleep(0)


def refuse_to_parse(scope, body, data):
    raise AssertionError("The request was parsed.")


@pytest.fixture
async def waiting():
    """A connection with a request that waits, and will get a response unparsed."""
    repeat = Repeat(response())
    connection = ServerConnection(repeat=repeat, lookup=refuse_to_parse)
    assert await connection.feed(GET) == []
    yield connection, repeat
    connection.close()


async def test_response_is_sent_without_parsing(waiting):
    connection, repeat = waiting
    await repeat.land()
    assert await connection.feed() == [200]
    assert await connection.feed(GET) == [200, 200]


@pytest.mark.parametrize("result", [None, response(b"x" * (LARGE_BYTES + 1))], ids=["no response", "large response"])
async def test_other_requests_are_parsed_after_the_wait(result):
    states = []

    async def respond(scope, receive, send):
        states.append(dict(scope["state"]))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body"})

    repeat = Repeat(result)
    connection = ServerConnection(respond, repeat=repeat)
    assert await connection.feed(GET) == []
    await repeat.land()
    assert await connection.feed() == [200]
    connection.close()
    # It does not wait again.
    assert states == ([{"waiting_since": 1.0}] if result is None else [])
    assert len(repeat.states) == 2


@pytest.mark.parametrize("more", [[GET], [GET[:9], GET[9:]], [GET, GET]])
async def test_later_data_are_parsed_behind_the_request(more):
    repeat = Repeat(response())
    connection = ServerConnection(repeat=repeat)
    await connection.feed(GET, *more)
    await repeat.land()
    assert await connection.feed() == [200] * (1 + b"".join(more).count(GET))
    connection.close()


async def test_disconnect_ends_the_wait(waiting):
    connection, repeat = waiting
    connection.close()
    await repeat.land()
    assert connection.transport.sent == b""
    assert len(repeat.states) == 1


async def test_shutdown_waits_for_the_response():
    repeat = Repeat()
    connection = ServerConnection(repeat=repeat)
    assert await connection.feed(GET) == []
    connection.protocol.shutdown()
    await asyncio.sleep(0.2)  # longer than an idle connection is kept during the shutdown
    assert not connection.transport.is_closed
    await repeat.land()
    assert await connection.feed() == [200]
    assert connection.transport.is_closed
    connection.close()


async def test_wait_outlasts_the_timeouts_of_idle_connections(loop_clock):
    repeat = Repeat(response())
    connection = ServerConnection(repeat=repeat, lookup=refuse_to_parse)
    connection.protocol.on_response_complete()  # starts the timeout of idle connections
    assert await connection.feed(GET) == []
    loop_clock.move(60)
    await run_ready_tasks()
    assert not connection.transport.is_closed
    await repeat.land()
    assert await connection.feed() == [200]
    connection.close()
