"""What an update does to what is remembered and to what is on its way."""

import asyncio

import pytest

from gateway.errors import UpstreamUnavailable
from tests.unit.store.test_resource import FRESH_S, load, make, soon


@pytest.fixture
def store(clock):
    return make(clock)


async def test_a_load_that_an_update_overtakes_is_done_again_and_its_value_is_never_seen(store):
    store.source.open.clear()
    waiting = [asyncio.ensure_future(load(store)) for _ in range(3)]
    await soon()
    store.generations.bump("key")
    waiting += [asyncio.ensure_future(load(store)) for _ in range(3)]
    await soon()
    store.source.open.set()

    assert [(await each).value for each in waiting] == [2] * 6
    assert store.resource.peek("key").value == 2


async def test_a_refresh_that_an_update_overtakes_is_not_kept(store, clock):
    await load(store)
    clock.move(FRESH_S)
    store.source.open.clear()
    store.resource.peek("key")
    await soon()
    store.generations.bump("key")
    store.source.open.set()
    await soon()

    assert store.resource.peek("key").value == 3


async def test_after_an_update_the_older_value_does_not_even_stand_in_for_a_failure(store):
    await load(store)
    store.generations.bump("key")
    store.source.failure = UpstreamUnavailable("down")

    with pytest.raises(UpstreamUnavailable):
        await load(store)


async def test_an_older_value_does_not_come_back_when_the_update_is_forgotten(store, clock):
    await load(store)
    store.generations.bump("key")
    for hour in range(30):
        clock.move(100)
        store.generations.bump(f"another {hour}")

    assert store.resource.peek("key") is None


async def test_closing_leaves_nothing_behind(store, clock):
    before = asyncio.all_tasks()
    await load(store)
    clock.move(FRESH_S)
    store.source.open.clear()
    store.resource.peek("key")
    waiting = asyncio.ensure_future(store.resource.load("another", store.source.asked[0]))
    await soon()
    await store.resource.close()
    await asyncio.gather(waiting, return_exceptions=True)

    assert asyncio.all_tasks() == before
