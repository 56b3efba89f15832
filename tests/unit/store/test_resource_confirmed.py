"""A value of which something else tells that it is still right: a refresh does not ask for it again."""

import asyncio
from types import SimpleNamespace

import pytest

from tests.unit.store.test_resource import FRESH_S, STALE_S, load, make, soon


@pytest.fixture
def witness(clock):
    """Says that what is held is right now; or until when it was, or later, if told to."""
    opened = asyncio.Event()
    opened.set()
    return SimpleNamespace(open=opened, ago_s=0)


@pytest.fixture
def store(clock, witness):
    async def confirm(_, held):
        await witness.open.wait()
        return None if witness.ago_s is None else clock.now - witness.ago_s

    return make(clock, confirm=confirm)


async def refreshed(store):
    """What is served when a refresh that a reader has caused is over."""
    store.resource.peek("key")
    await soon()
    return store.resource.peek("key")


async def test_what_is_confirmed_is_fresh_again_and_not_asked_for(store, clock):
    await load(store)
    clock.move(FRESH_S)

    served = await refreshed(store)
    assert (served.value, served.age_s, served.fresh_until) == (1, None, clock.now + FRESH_S)


@pytest.mark.parametrize("ago_s", [FRESH_S, None])
async def test_what_is_not_confirmed_or_not_of_late_is_asked_for(store, clock, witness, ago_s):
    await load(store)
    clock.move(2 * FRESH_S)
    witness.ago_s = ago_s

    assert (await refreshed(store)).value == 2


async def test_what_is_confirmed_while_an_update_overtakes_it_does_not_come_in_the_way_of_what_is_newer(
    store, clock, witness
):
    await load(store)
    clock.move(FRESH_S)
    witness.open.clear()
    store.resource.peek("key")
    await soon()
    store.generations.bump("key")
    await load(store)
    witness.open.set()
    await soon()

    assert store.resource.peek("key").value == 2


async def test_what_was_read_after_an_update_that_is_forgotten_by_now_can_be_confirmed(store, clock):
    store.generations.bump("key")
    clock.move(FRESH_S + STALE_S - 1)
    await load(store)
    clock.move(FRESH_S)
    store.generations.bump("another")

    assert (await refreshed(store)).age_s is None
