"""Single flight: sharing and cancellation."""

import asyncio

from gateway.errors import UpstreamTimeout
from gateway.store.singleflight import SingleFlight
from gateway.telemetry.clients import Clients, current_clients, running_for
from tests.support.event_loop import run_ready_tasks


class SlowFunction:
    """A function that waits for `done`, and counts its calls and cancellations."""

    def __init__(self):
        self.calls = 0
        self.cancelled = 0
        self.done = asyncio.Event()

    async def __call__(self, _key):
        self.calls += 1
        try:
            await self.done.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            # Like closing a connection, the cleanup takes a moment.
            await asyncio.sleep(0)
            raise
        return self.calls


def flight_of(slow):
    return SingleFlight[int](slow)


def call(flight, key="key"):
    return asyncio.ensure_future(flight.do(key))


async def test_concurrent_calls_share_one_task():
    slow = SlowFunction()
    flight = flight_of(slow)
    calls = [call(flight) for _ in range(50)]
    await run_ready_tasks()
    slow.done.set()

    assert await asyncio.gather(*calls) == [1] * 50
    assert len(flight) == 0


async def test_task_runs_for_all_its_waiters():
    clients: list[str] = []
    slow = SlowFunction()

    async def inner(key):
        current_clients().follow(clients.append)
        return await slow(key)

    async def outer(key):
        return await flight_of(inner).do(key)

    flight = flight_of(outer)
    with running_for(Clients("a")):
        first = call(flight)
    await run_ready_tasks()
    with running_for(Clients("b")):
        second = call(flight)
    await run_ready_tasks()
    slow.done.set()

    await asyncio.gather(first, second)
    assert clients == ["a", "b"]


async def test_other_arguments_have_their_own_task():
    slow = SlowFunction()
    flight = flight_of(slow)
    calls = [call(flight, key) for key in range(3)]
    await run_ready_tasks()
    slow.done.set()
    await asyncio.gather(*calls)

    assert slow.calls == 3


async def test_cancelled_waiter_leaves_the_task_running():
    slow = SlowFunction()
    flight = flight_of(slow)
    cancelled, other = call(flight), call(flight)
    await run_ready_tasks()
    cancelled.cancel()
    await run_ready_tasks()
    slow.done.set()

    assert await other == 1
    assert slow.cancelled == 0


async def test_last_cancelled_waiter_cancels_the_task():
    slow = SlowFunction()
    flight = flight_of(slow)
    calls = [call(flight) for _ in range(2)]
    await run_ready_tasks()
    for each in calls:
        each.cancel()
    await run_ready_tasks()

    assert (slow.cancelled, len(flight)) == (1, 0)


async def test_call_during_a_cancellation_starts_a_new_task():
    slow = SlowFunction()
    flight = flight_of(slow)
    cancelled = call(flight)
    await run_ready_tasks()
    cancelled.cancel()
    await asyncio.sleep(0)
    second = call(flight)
    await run_ready_tasks()
    slow.done.set()

    assert await second == 2


async def test_failure_is_shared_but_not_stored():
    async def fail():
        raise UpstreamTimeout("slow")

    flight = SingleFlight[None](fail)
    outcomes = await asyncio.gather(*(flight.do() for _ in range(3)), return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [UpstreamTimeout] * 3
    assert len(flight) == 0


async def test_close_waits_for_tasks_being_cancelled():
    slow = SlowFunction()
    flight = flight_of(slow)
    cancelled, other = call(flight, "a"), call(flight, "b")
    await run_ready_tasks()
    cancelled.cancel()
    await asyncio.sleep(0)
    await flight.close()

    assert (slow.cancelled, len(flight)) == (2, 0)
    await asyncio.gather(cancelled, other, return_exceptions=True)


async def test_task_can_outlive_its_waiters():
    slow = SlowFunction()
    flight = SingleFlight[int](slow, outlives_waiters=True)
    first = call(flight)
    await run_ready_tasks()
    first.cancel()
    await run_ready_tasks()
    later = call(flight)
    slow.done.set()

    assert await later == 1
    assert (slow.calls, slow.cancelled, len(flight)) == (1, 0, 0)
