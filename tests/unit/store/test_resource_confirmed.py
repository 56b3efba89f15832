"""Refreshes without a fetch: other data confirm that the entry is current."""

import asyncio
from types import SimpleNamespace

import pytest

from tests.support.event_loop import run_ready_tasks
from tests.support.resources import FRESH_S, REVALIDATE_S, STALE_S, NumberResource


@pytest.fixture
def proof(clock):
    """The confirmation: its age (None for no confirmation), an event that delays it, and the priority of each call."""
    opened = asyncio.Event()
    opened.set()
    return SimpleNamespace(open=opened, age_s=0, background=[])


@pytest.fixture
def confirm(clock, proof):
    async def confirm(_key, _entry, *, background):
        await proof.open.wait()
        proof.background.append(background)
        return None if proof.age_s is None else clock.monotonic() - proof.age_s

    return confirm


@pytest.fixture
def numbers(clock, confirm):
    return NumberResource(clock, confirm=confirm)


async def refreshed(numbers):
    numbers.peek()
    await run_ready_tasks()
    return numbers.peek()


async def test_confirmed_entry_is_fresh_without_a_fetch(numbers, clock):
    await numbers.read()
    clock.move(FRESH_S)

    result = await refreshed(numbers)
    assert (result.value, result.age_s, result.fresh_until) == (1, None, clock.monotonic() + FRESH_S)


async def test_stale_entry_is_confirmed_before_it_is_served(numbers, clock, proof):
    await numbers.read()
    clock.move(FRESH_S + REVALIDATE_S)
    result = await numbers.read()

    assert (result.value, result.age_s, result.loaded) == (1, None, False)
    assert proof.background == [False]


async def test_unrefreshable_entry_is_fetched_without_confirmation(clock, confirm):
    numbers = NumberResource(clock, refreshable=False, confirm=confirm)
    await numbers.read()
    clock.move(FRESH_S)

    assert (await numbers.read()).value == 2


@pytest.mark.parametrize("age_s", [FRESH_S, None])
async def test_entry_without_recent_confirmation_is_fetched(numbers, clock, proof, age_s):
    await numbers.read()
    clock.move(FRESH_S + REVALIDATE_S - 1)
    proof.age_s = age_s

    assert (await refreshed(numbers)).value == 2


async def test_invalidated_confirmation_does_not_replace_newer_entry(numbers, clock, proof):
    await numbers.read()
    clock.move(FRESH_S)
    proof.open.clear()
    numbers.peek()
    await run_ready_tasks()
    numbers.invalidate()
    await numbers.read()
    proof.open.set()
    await run_ready_tasks()

    assert numbers.peek().value == 2


async def test_entry_is_confirmed_after_its_generation_expired(numbers, clock):
    numbers.invalidate()
    clock.move(FRESH_S + REVALIDATE_S + STALE_S - 1)
    await numbers.read()
    clock.move(FRESH_S)
    numbers.generations.bump("another")

    assert (await refreshed(numbers)).age_s is None
