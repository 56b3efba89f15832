"""Synchronous execution: responses without the application equal those of the endpoint, and so do their side effects."""

import asyncio
from contextlib import AsyncExitStack
from random import Random

import pytest

from gateway.web import synchronous
from tests.support.clock import Clock
from tests.support.gateway import start_gateway
from tests.support.random_requests import SETTINGS, random_requests, raw_response

QUERY = '{ user(id: "2") { stats { latest { pp } } } }'
SERIES = '{ user(id: "2") { stats { snapshots { at pp } } } }'
DURATIONS = ("_sum", "_bucket", "_created")


class Client:
    """A gateway, and everything that its clients and its operator see."""

    def __init__(self, gateway, log):
        self.gateway = gateway
        self.log = log
        self.responded = asyncio.Event()
        # The time that has passed decides whether a long operation pauses the next one, and whether a ranking's load
        # ends before its operation: nothing pauses, and loads start after the response.
        gateway.parts.turns.used = lambda seconds: None
        loads = gateway.parts.tracker.history_loads
        self.load, loads._load = loads._load, self.load_later  # noqa: SLF001

    async def load_later(self, player):
        await self.responded.wait()
        await self.load(player)

    async def send(self, request):
        self.responded.clear()
        response = await raw_response(self.gateway.http, request)
        self.responded.set()
        await self.gateway.finish_loads()
        await self.gateway.finish_refreshes()
        return response

    async def metrics(self):
        lines = (await self.gateway.http.get("/metrics")).text.splitlines()
        # Both gateways are in one process, whose CPU time grows.
        lines = [line for line in lines if "process_" not in line]
        return [line for line in lines if not line.split("{")[0].split()[0].endswith(DURATIONS)]


async def start_client(stack):
    log = []

    def log_request(level, fields):
        log.append((level, {name: fields[name] for name in fields.keys() - {"duration_ms", "request_id"}}))

    gateway = await stack.enter_async_context(start_gateway(SETTINGS, clock=Clock(), log_request=log_request))
    return Client(gateway, log)


def dispatcher_of(gateway):
    return gateway.app.state.lookup.__self__


@pytest.fixture
def executed(gateway):
    """The synchronous responses of `gateway`."""
    return count_executed(gateway)


def count_executed(gateway):
    responses, dispatcher = [], dispatcher_of(gateway)
    execute = dispatcher.execute

    def recorded(*arguments):
        response = execute(*arguments)
        if response:
            responses.append(response)
        return response

    dispatcher.execute = recorded
    return responses


@pytest.mark.usefixtures("instant_retries")
async def test_random_requests_equal_the_endpoint():
    async with AsyncExitStack() as stack:
        first, second = [await start_client(stack) for _ in range(2)]
        executed, dispatcher_of(second.gateway).execute = count_executed(first.gateway), None
        for request in random_requests(Random(2026), 100, variants=2):
            for _ in range(3):
                assert await first.send(request) == await second.send(request), request
            assert first.log == second.log
            for client in (first, second):
                client.gateway.clock.move(7)
        assert await first.metrics() == await second.metrics()
    assert len(executed) > 100


async def test_waiting_operation_is_continued_by_the_endpoint(gateway, executed, request_log):
    operation = gateway.parts.engine.prepare(QUERY, {}, None).operation
    for _ in range(2):
        await gateway.post(QUERY)
    gateway.clock.move(86_400 * 2)
    await gateway.post(QUERY)
    assert operation.uses == 3
    assert [record["cost_charged"] for record in request_log] == [1, 0, 1]
    assert len(executed) == 1


@pytest.mark.parametrize(
    "limit,coding,count",
    [
        ("MAX_INLINE_VALUES", "identity", 0),
        ("MAX_COMPRESSED_VALUES", "gzip", 0),
        ("MAX_INLINE_BYTES", "gzip", 0),
        ("MAX_INLINE_BYTES", "identity", 1),
    ],
)
async def test_large_responses_are_left_to_threads(gateway, executed, monkeypatch, limit, coding, count):
    await gateway.ask(SERIES)
    monkeypatch.setattr(synchronous, limit, 1)
    response = await gateway.post(SERIES, **{"Accept-Encoding": coding})
    assert response.json()["data"]["user"]["stats"]["snapshots"]
    assert len(executed) == count
