"""The caching policy: fresh, stale while revalidating, stale on failure, expired."""

import asyncio

import pytest

from gateway.deadline import GRACE_S
from gateway.errors import UpstreamBusy, UpstreamTimeout, UpstreamUnavailable
from gateway.store.resource import REFRESH_PAUSE_S
from tests.support.event_loop import run_ready_tasks
from tests.support.resources import FRESH_S, STALE_S, NumberResource

NO_TIME_S = -2 * GRACE_S


@pytest.fixture
def unrefreshable(clock):
    return NumberResource(clock, refreshable=False)


async def test_stale_value_is_served_and_refreshed_once(numbers, clock):
    await numbers.read()
    clock.move(FRESH_S)
    results = [numbers.peek() for _ in range(5)]
    await run_ready_tasks()

    assert [(result.value, result.age_s) for result in results] == [(1, FRESH_S)] * 5
    assert numbers.source.background == [False, True]
    assert numbers.peek().value == 2


async def test_failed_refresh_is_repeated_after_a_pause(numbers, clock):
    await numbers.read()
    clock.move(FRESH_S)
    numbers.source.failure = UpstreamBusy("no budget")
    for _ in range(5):
        assert (await numbers.read()).value == 1
        await run_ready_tasks()
    assert len(numbers.source.deadlines) == 2

    clock.move(REFRESH_PAUSE_S)
    numbers.peek()
    await run_ready_tasks()
    assert len(numbers.source.deadlines) == 3


async def test_expired_value_is_not_served(numbers, clock):
    await numbers.read()
    clock.move(FRESH_S + STALE_S)
    numbers.source.failure = UpstreamUnavailable("down")

    with pytest.raises(UpstreamUnavailable):
        await numbers.read()


async def test_unrefreshable_value_is_served_stale_after_one_failure(unrefreshable, clock):
    await unrefreshable.read()
    clock.move(FRESH_S)
    unrefreshable.source.failure = UpstreamUnavailable("down")

    assert [(await unrefreshable.read()).value for _ in range(3)] == [1, 1, 1]
    assert unrefreshable.source.background == [False, False]


async def test_stale_value_is_served_after_the_deadline(unrefreshable, clock):
    await unrefreshable.read()
    clock.move(FRESH_S)
    unrefreshable.source.open.clear()

    assert (await unrefreshable.read(NO_TIME_S)).age_s == FRESH_S


async def test_read_without_cached_value_times_out(numbers):
    numbers.source.open.clear()

    with pytest.raises(UpstreamTimeout):
        await numbers.read(NO_TIME_S)
    await numbers.resource.close()


async def test_joined_load_outlives_the_first_reads_deadline(numbers):
    numbers.source.open.clear()
    first, second = asyncio.ensure_future(numbers.read(NO_TIME_S)), asyncio.ensure_future(numbers.read())
    with pytest.raises(UpstreamTimeout):
        await first
    numbers.source.open.set()

    assert (await second).value == 1
    assert len(numbers.source.deadlines) == 1
    assert numbers.source.deadlines[0].remaining_s > 10


async def test_read_does_not_join_a_background_refresh(numbers, clock):
    await numbers.read()
    clock.move(FRESH_S)
    numbers.source.open.clear()
    numbers.peek()
    await run_ready_tasks()
    numbers.cache.discard(("number", "key"))
    reading = asyncio.ensure_future(numbers.read())
    await run_ready_tasks()
    numbers.source.open.set()

    assert (await reading).value == 3
    assert numbers.source.background == [False, True, False]


async def test_only_the_read_that_loads_is_charged(numbers):
    assert [(await numbers.read()).loaded for _ in range(2)] == [True, False]
