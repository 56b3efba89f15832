"""Invalidation by updates: of entries, and of loads in flight."""

import asyncio

import pytest

from gateway.deadline import Deadline
from gateway.errors import UpstreamUnavailable
from tests.support.event_loop import run_ready_tasks
from tests.support.resources import FRESH_S


async def test_load_overtaken_by_an_update_is_repeated(numbers):
    numbers.source.open.clear()
    reading = [asyncio.ensure_future(numbers.read()) for _ in range(3)]
    await run_ready_tasks()
    numbers.invalidate()
    reading += [asyncio.ensure_future(numbers.read()) for _ in range(3)]
    await run_ready_tasks()
    numbers.source.open.set()

    assert [(await each).value for each in reading] == [2] * 6
    assert numbers.peek().value == 2


async def test_refresh_overtaken_by_an_update_is_repeated(numbers, clock):
    await numbers.read()
    clock.move(FRESH_S)
    numbers.source.open.clear()
    numbers.peek()
    await run_ready_tasks()
    numbers.invalidate()
    numbers.source.open.set()
    await run_ready_tasks()

    assert numbers.peek().value == 3


async def test_invalidated_value_is_not_served_on_failure(numbers):
    await numbers.read()
    numbers.invalidate()
    numbers.source.failure = UpstreamUnavailable("down")

    with pytest.raises(UpstreamUnavailable):
        await numbers.read()


async def test_invalidated_value_stays_invalid_when_generations_expire(numbers, clock):
    await numbers.read()
    numbers.invalidate()
    for hour in range(30):
        clock.move(100)
        numbers.generations.bump(f"another {hour}")

    assert numbers.peek() is None


async def test_close_ends_all_tasks(numbers, clock):
    before = asyncio.all_tasks()
    await numbers.read()
    clock.move(FRESH_S)
    numbers.source.open.clear()
    numbers.peek()
    reading = asyncio.ensure_future(numbers.resource.read("another", Deadline.from_timeout(5)))
    await run_ready_tasks()
    await numbers.resource.close()
    await asyncio.gather(reading, return_exceptions=True)

    assert asyncio.all_tasks() == before
