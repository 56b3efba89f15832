"""How one thing is remembered: fresh, stale, refreshed behind, overtaken; whatever it is and wherever it is from."""

import asyncio
from types import SimpleNamespace

import pytest

from gateway.deadline import Deadline
from gateway.errors import UpstreamBusy, UpstreamTimeout, UpstreamUnavailable
from gateway.shared.redis_link import RedisLink
from gateway.store.cache import Cache, Entry
from gateway.store.codec import PEAK
from gateway.store.redis_cache import SharedCache
from gateway.store.resource import REFRESH_PAUSE_S, Freshness, Memory, Resource, ResourceSpec
from gateway.store.tags import Generations

FRESH_S, STALE_S = 600, 3600


class Source:
    """Numbers its answers; fails, or makes its readers wait, if told to. Keeps what it was asked with."""

    def __init__(self):
        self.asked = []
        self.failure = None
        self.open = asyncio.Event()
        self.open.set()

    async def __call__(self, key, held, deadline):
        self.asked.append(deadline)
        number = len(self.asked)
        await self.open.wait()
        if self.failure:
            raise self.failure
        return Entry(number, 0.0)


@pytest.fixture
def store(clock):
    """A resource, the source that it reads, and what makes its values old."""
    return make(clock)


def make(clock, refreshable=lambda _: True, confirm=None):
    source, cache, generations = Source(), Cache(10_000), Generations(FRESH_S + STALE_S, clock=clock)
    kind = ResourceSpec("number", Freshness(FRESH_S, STALE_S), str, PEAK, refreshable)
    resource = Resource(kind, source, Memory(cache, generations, SharedCache(RedisLink(None)), 20.0, clock), confirm)
    return SimpleNamespace(resource=resource, source=source, cache=cache, generations=generations)


async def load(store, timeout_s=5.0):
    return await store.resource.load("key", Deadline.from_timeout(timeout_s))


async def soon():
    for _ in range(10):
        await asyncio.sleep(0)


async def test_readers_of_a_stale_value_cause_one_refresh_in_the_background(store, clock):
    await load(store)
    clock.move(FRESH_S)
    served = [store.resource.peek("key") for _ in range(5)]
    await soon()

    assert [(each.value, each.age_s) for each in served] == [(1, FRESH_S)] * 5
    assert [asked.background for asked in store.source.asked] == [False, True]
    assert store.resource.peek("key").value == 2


async def test_a_refresh_that_fails_is_not_tried_again_at_once(store, clock):
    await load(store)
    clock.move(FRESH_S)
    store.source.failure = UpstreamBusy("no budget")
    for _ in range(5):
        assert (await load(store)).value == 1
        await soon()
    assert len(store.source.asked) == 2

    clock.move(REFRESH_PAUSE_S)
    store.resource.peek("key")
    await soon()
    assert len(store.source.asked) == 3


async def test_what_is_too_old_is_served_by_nobody(store, clock):
    await load(store)
    clock.move(FRESH_S + STALE_S)
    store.source.failure = UpstreamUnavailable("down")

    with pytest.raises(UpstreamUnavailable):
        await load(store)


async def test_what_may_not_be_refreshed_behind_is_served_stale_when_it_fails_and_then_left_alone(clock):
    store = make(clock, refreshable=lambda _: False)
    await load(store)
    clock.move(FRESH_S)
    store.source.failure = UpstreamUnavailable("down")

    assert [(await load(store)).value for _ in range(3)] == [1, 1, 1]
    assert [asked.background for asked in store.source.asked] == [False, False]


async def test_who_can_not_wait_any_longer_gets_what_is_held(clock):
    store = make(clock, refreshable=lambda _: False)
    await load(store)
    clock.move(FRESH_S)
    store.source.open.clear()

    assert (await load(store, timeout_s=0.005)).age_s == FRESH_S


async def test_who_can_not_wait_any_longer_and_has_nothing_is_told_so(store):
    store.source.open.clear()

    with pytest.raises(UpstreamTimeout):
        await load(store, timeout_s=0.005)
    await store.resource.close()


async def test_a_late_joiner_does_not_inherit_the_haste_of_the_first(store):
    store.source.open.clear()
    hasty, late = asyncio.ensure_future(load(store, timeout_s=0.005)), asyncio.ensure_future(load(store))
    with pytest.raises(UpstreamTimeout):
        await hasty
    store.source.open.set()

    assert (await late).value == 1
    assert len(store.source.asked) == 1
    assert store.source.asked[0].remaining_s > 10


async def test_who_waits_does_not_join_a_refresh_in_the_background(store, clock):
    await load(store)
    clock.move(FRESH_S)
    store.source.open.clear()
    store.resource.peek("key")
    await soon()
    store.cache.discard(("number", "key"))
    waiting = asyncio.ensure_future(load(store))
    await soon()
    store.source.open.set()

    assert (await waiting).value == 3
    assert [asked.background for asked in store.source.asked] == [False, True, False]
