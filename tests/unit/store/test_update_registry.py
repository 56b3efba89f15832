"""Claims of one process: their ends, their waiters, and the merger of names with IDs."""

import asyncio

import pytest

from gateway.records import Mode, UserMode
from gateway.shared.redis_link import RedisLink
from gateway.store.keys import Name, Username
from gateway.store.update_records import Outcome
from gateway.store.update_registry import UpdateRegistry
from tests.support.event_loop import run_ready_tasks

COOLDOWN_S = 900
PLAYER = UserMode(1, Mode.OSU)
NAME = Name(Username("ameo"), Mode.OSU)


@pytest.fixture
def registry(clock):
    return UpdateRegistry(RedisLink(None), cooldown_s=COOLDOWN_S, timeout_s=30, monotonic=clock.monotonic)


async def claims(registry, *subjects):
    """Whether each subject can be claimed."""
    return [await registry.claim(subject) is None for subject in subjects]


async def test_claim_forbids_others_until_its_cooldown_ends(registry, clock):
    await registry.claim(PLAYER)
    clock.move(20)
    await registry.finish(PLAYER, Outcome(COOLDOWN_S))
    clock.move(COOLDOWN_S - 1)
    assert await claims(registry, PLAYER) == [False]
    clock.move(1)
    assert await claims(registry, PLAYER) == [True]


async def test_withdrawn_claim_forbids_nothing(registry):
    await registry.claim(PLAYER)
    await registry.finish(PLAYER, Outcome(0))
    assert await claims(registry, PLAYER) == [True]


async def test_claim_without_an_end_forbids_others_for_longer(registry, clock):
    await registry.claim(PLAYER)
    clock.move(30 + COOLDOWN_S - 1)
    record = await registry.claim(PLAYER)
    assert (registry.is_in_progress(record), registry.cooldown_left_s(record)) == (False, 1)


@pytest.mark.parametrize("cooldown_s", [0, COOLDOWN_S])
async def test_waiters_get_the_outcome(registry, cooldown_s):
    await registry.claim(PLAYER)
    waiting = [asyncio.ensure_future(registry.wait(PLAYER, await registry.claim(PLAYER))) for _ in range(3)]
    await run_ready_tasks()
    await registry.finish(PLAYER, Outcome(cooldown_s, is_answered=True))
    assert await asyncio.gather(*waiting) == [Outcome(cooldown_s, is_answered=True)] * 3


async def test_merged_name_forbids_updates_in_all_modes(registry):
    await registry.claim(NAME._replace(mode=Mode.MANIA))
    await registry.merge(NAME, PLAYER.user_id)
    assert await claims(registry, PLAYER._replace(mode=Mode.MANIA), PLAYER) == [False, True]


async def test_merger_keeps_a_claim_in_progress(registry, clock):
    await registry.claim(PLAYER)
    clock.move(1)
    await registry.claim(NAME)
    await registry.merge(NAME, PLAYER.user_id)
    waiting = asyncio.ensure_future(registry.wait(PLAYER, await registry.claim(PLAYER)))
    await run_ready_tasks()
    await registry.finish(PLAYER, Outcome(COOLDOWN_S))
    assert await waiting == Outcome(COOLDOWN_S)
    record = await registry.claim(NAME)
    assert registry.is_in_progress(record)
    await registry.finish(NAME, Outcome(COOLDOWN_S))


async def test_later_end_of_merged_records_counts(registry, clock):
    await registry.finish(PLAYER, Outcome(COOLDOWN_S))
    clock.move(100)
    await registry.finish(NAME, Outcome(COOLDOWN_S))
    await registry.merge(NAME, PLAYER.user_id)
    clock.move(COOLDOWN_S - 1)
    assert await claims(registry, PLAYER) == [False]


async def test_merged_claim_ends_under_both_keys(registry):
    await registry.claim(NAME)
    await registry.merge(NAME, PLAYER.user_id)
    waiting = asyncio.ensure_future(registry.wait(PLAYER, await registry.claim(PLAYER)))
    await run_ready_tasks()
    await registry.finish(NAME, Outcome(COOLDOWN_S))
    assert await waiting == Outcome(COOLDOWN_S)
    assert not registry.is_in_progress(await registry.claim(PLAYER))


async def test_withdrawn_claim_keeps_the_merged_record(registry, clock):
    await registry.finish(NAME, Outcome(COOLDOWN_S))
    clock.move(100)
    await registry.claim(PLAYER)
    await registry.merge(NAME, PLAYER.user_id)
    await registry.finish(PLAYER, Outcome(0))
    assert registry.cooldown_left_s(await registry.claim(PLAYER)) == COOLDOWN_S - 100
