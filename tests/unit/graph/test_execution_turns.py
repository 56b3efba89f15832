"""The queue of long operations, and the call stack of graphql-core."""

import asyncio

import pytest

from gateway.graph.call_stack import on_large_stack
from gateway.graph.execution_turns import CONTENTION_S, MAX_UNPAUSED_S, PAUSE, ExecutionTurns
from tests.support.event_loop import run_ready_tasks


class Client:
    """A client of the queue."""


class Time:
    """A clock that moves when someone sleeps, one sleeper after the other."""

    def __init__(self) -> None:
        self.now = 100.0
        self.sleeps: list[float] = []

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        await asyncio.sleep(0)
        self.now += seconds


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def turns(time):
    return ExecutionTurns(monotonic=time.monotonic, sleep=time.sleep)


async def test_first_operation_does_not_wait(turns, time):
    await turns.wait(Client())
    assert time.sleeps == []


async def execute_twice(turns, time, seconds):
    client = Client()
    for _ in range(2):
        await turns.wait(client)
        time.now += seconds
        turns.used(seconds)


async def test_very_long_operations_leave_time_between_them(turns, time):
    await execute_twice(turns, time, 0.1)
    assert time.sleeps == [pytest.approx(PAUSE * 0.1)]


async def test_operations_without_small_requests_do_not_pause(turns, time):
    await execute_twice(turns, time, MAX_UNPAUSED_S)
    assert time.sleeps == []


async def test_operations_pause_beside_small_operations(turns, time):
    turns.small_operations += 1
    await execute_twice(turns, time, 0.01)
    assert time.sleeps == [pytest.approx(PAUSE * 0.01)]


async def test_operations_pause_beside_cache_hits(turns, time):
    turns.watch(lambda: 1)
    await execute_twice(turns, time, 0.01)
    assert time.sleeps == [pytest.approx(PAUSE * 0.01)]


async def test_pauses_end_after_the_last_small_request(turns, time):
    turns.small_operations += 1
    turns.used(0.01)
    time.now += CONTENTION_S
    await execute_twice(turns, time, 0.01)
    assert time.sleeps == []


async def test_pause_ends_while_nobody_waits(turns, time):
    await turns.wait(Client())
    turns.used(0.1)
    time.now += 1
    await turns.wait(Client())
    assert time.sleeps == []


async def test_client_with_many_operations_waits_longer(turns, time):
    busy, other, order = Client(), Client(), []

    async def execute(client, name):
        await turns.wait(client)
        order.append(name)
        turns.used(0.1)

    operations = [asyncio.create_task(execute(busy, number)) for number in range(5)]
    await run_ready_tasks(1)
    operations.append(asyncio.create_task(execute(other, "other")))
    await asyncio.gather(*operations)
    assert order.index("other") <= 2
    assert [name for name in order if name != "other"] == [0, 1, 2, 3, 4]


async def test_cancelled_operation_leaves_the_queue(turns):
    client = Client()
    await turns.wait(client)
    turns.used(0.1)
    waiting = asyncio.create_task(turns.wait(client))
    await run_ready_tasks(1)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await turns.wait(client)
    assert waiting.cancelled()


async def test_large_stack_returns_results_and_exceptions():
    async def succeed(future):
        return await future + 1

    async def fail(future):
        raise KeyError(await future)

    future = asyncio.get_running_loop().create_future()
    results = asyncio.gather(on_large_stack(succeed(future)), on_large_stack(fail(future)), return_exceptions=True)
    await run_ready_tasks()
    future.set_result(1)
    value, error = await results
    assert value == 2
    assert isinstance(error, KeyError)


async def test_large_stack_is_cancelled():
    cleaned = []

    async def wait_forever():
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.append(True)

    async def run():
        await on_large_stack(wait_forever())

    task = asyncio.create_task(run())
    await run_ready_tasks()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert cleaned == [True]
