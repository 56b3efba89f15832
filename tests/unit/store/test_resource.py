"""The caching policy: fresh, revalidating, stale, expired."""

import asyncio

import pytest

from gateway.deadline import GRACE_S
from gateway.errors import UpstreamBusy, UpstreamTimeout, UpstreamUnavailable
from gateway.store.resource import REFRESH_WAIT_S
from gateway.store.resource_cache import REFRESH_PAUSE_S
from tests.support.event_loop import run_ready_tasks
from tests.support.resources import FRESH_S, REVALIDATE_S, STALE_S, NumberResource

NO_TIME_S = -2 * GRACE_S
STALE_AFTER_S = FRESH_S + REVALIDATE_S


@pytest.fixture
def unrefreshable(clock):
    return NumberResource(clock, refreshable=False)


async def test_revalidating_value_is_served_and_refreshed_once(numbers, clock):
    await numbers.read()
    clock.move(FRESH_S)
    results = [numbers.peek() for _ in range(5)]
    await run_ready_tasks()

    assert [(result.value, result.age_s, result.revalidating) for result in results] == [(1, None, True)] * 5
    assert numbers.source.background == [False, True]
    assert (numbers.peek().value, numbers.peek().revalidating) == (2, False)


@pytest.mark.parametrize(
    "age_s,served", [(0, True), (FRESH_S, True), (STALE_AFTER_S - 1, True), (STALE_AFTER_S, False)]
)
async def test_values_are_served_at_once_until_stale(numbers, clock, age_s, served):
    await numbers.read()
    clock.move(age_s)

    assert (numbers.peek() is not None) == served


async def test_stale_value_is_refreshed_before_it_is_served(numbers, clock):
    await numbers.read()
    clock.move(STALE_AFTER_S)
    results = await asyncio.gather(*(numbers.read() for _ in range(5)))

    assert [(result.value, result.age_s, result.loaded) for result in results] == [(2, None, True)] * 5
    assert numbers.source.background == [False, False]


async def test_failed_background_refresh_is_repeated_after_a_pause(numbers, clock):
    await numbers.read()
    clock.move(FRESH_S)
    numbers.source.failure = UpstreamBusy("no budget")
    for _ in range(5):
        assert (await numbers.read()).age_s is None
        await run_ready_tasks()
    assert len(numbers.source.deadlines) == 2

    clock.move(REFRESH_PAUSE_S)
    numbers.peek()
    await run_ready_tasks()
    assert len(numbers.source.deadlines) == 3


async def test_pause_ends_with_the_phase_of_revalidation(numbers, clock):
    await numbers.read()
    clock.move(STALE_AFTER_S - 1)
    numbers.source.failure = UpstreamBusy("no budget for the background")
    numbers.peek()
    await run_ready_tasks()
    numbers.source.failure = None
    clock.move(1)

    assert (await numbers.read()).value == 3


async def test_stale_value_is_served_after_one_failure(numbers, clock):
    await numbers.read()
    clock.move(STALE_AFTER_S)
    numbers.source.failure = UpstreamUnavailable("down")
    results = [await numbers.read() for _ in range(3)]
    numbers.source.failure = None
    clock.move(REFRESH_PAUSE_S)

    assert [(result.value, result.age_s) for result in results] == [(1, STALE_AFTER_S)] * 3
    assert (await numbers.read()).value == 3


async def test_slow_refresh_continues_after_its_readers_left(numbers, clock, loop_clock):
    await numbers.read()
    clock.move(STALE_AFTER_S)
    numbers.source.open.clear()
    reading = [asyncio.ensure_future(numbers.read(20)) for _ in range(3)]
    await run_ready_tasks()
    loop_clock.move(REFRESH_WAIT_S)
    assert [(await each).age_s for each in reading] == [STALE_AFTER_S] * 3
    assert (await numbers.read()).age_s == STALE_AFTER_S
    numbers.source.open.set()
    await run_ready_tasks()

    assert (numbers.peek().value, numbers.peek().age_s) == (2, None)


async def test_refresh_continues_after_its_reader_is_cancelled(numbers, clock):
    await numbers.read()
    clock.move(STALE_AFTER_S)
    numbers.source.open.clear()
    reading = asyncio.ensure_future(numbers.read())
    await run_ready_tasks()
    reading.cancel()
    await run_ready_tasks()
    numbers.source.open.set()
    await run_ready_tasks()

    assert numbers.peek().value == 2


async def test_value_invalidated_during_its_refresh_is_loaded(numbers, clock, loop_clock):
    await numbers.read()
    clock.move(STALE_AFTER_S)
    numbers.source.open.clear()
    reading = asyncio.ensure_future(numbers.read(20))
    await run_ready_tasks()
    numbers.invalidate()
    loop_clock.move(REFRESH_WAIT_S)
    await run_ready_tasks()
    numbers.source.open.set()

    assert (await reading).value == 3


async def test_expired_value_is_not_served(numbers, clock):
    await numbers.read()
    clock.move(STALE_AFTER_S + STALE_S)
    numbers.source.failure = UpstreamUnavailable("down")

    with pytest.raises(UpstreamUnavailable):
        await numbers.read()


async def test_unrefreshable_value_has_no_phase_of_revalidation(unrefreshable, clock):
    await unrefreshable.read()
    clock.move(FRESH_S)
    assert unrefreshable.peek() is None
    unrefreshable.source.failure = UpstreamUnavailable("down")

    assert [(await unrefreshable.read()).age_s for _ in range(3)] == [FRESH_S] * 3
    assert unrefreshable.source.background == [False, False]


async def test_stale_value_is_served_after_the_deadline(numbers, clock):
    await numbers.read()
    clock.move(STALE_AFTER_S)
    numbers.source.open.clear()

    assert (await numbers.read(NO_TIME_S)).age_s == STALE_AFTER_S
    await numbers.resource.close()


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
    clock.move(REVALIDATE_S)
    reading = asyncio.ensure_future(numbers.read())
    await run_ready_tasks()
    numbers.source.open.set()

    assert (await reading).value == 3
    assert numbers.source.background == [False, True, False]


async def test_revalidation_joins_the_load_of_a_read(numbers):
    numbers.source.open.clear()
    reading = asyncio.ensure_future(numbers.read())
    await run_ready_tasks()
    revalidating = asyncio.ensure_future(numbers.resource.revalidate("key", background=True))
    await run_ready_tasks()
    numbers.source.open.set()

    assert (await reading).value == (await revalidating).value == 1
    assert numbers.source.background == [False]


async def test_only_the_read_that_loads_is_charged(numbers):
    assert [(await numbers.read()).loaded for _ in range(2)] == [True, False]


async def test_loaded_value_is_never_stale(clock):
    slow = NumberResource(clock, fresh_s=0)

    assert ((await slow.read()).age_s, slow.peek().revalidating) == (None, True)
