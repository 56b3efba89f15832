"""Background loads: failures are remembered for a time, refusals are retried, and their number is bounded."""

import asyncio

import pytest

from gateway.errors import UpstreamBusy, UpstreamTimeout
from gateway.store import background_loads
from gateway.store.background_loads import FAILURE_S, MAX_WAIT_S, BackgroundLoads
from tests.support.clock import Clock
from tests.support.event_loop import run_ready_tasks


class Source:
    """A resource whose loads have these outcomes, one after the other; without outcomes they do not end."""

    def __init__(self, *outcomes):
        self.outcomes = list(outcomes)
        self.loads = 0

    async def revalidate(self, _key, *, background):
        assert not background
        self.loads += 1
        if not self.outcomes:
            await asyncio.Event().wait()
        if error := self.outcomes.pop(0):
            raise error


def create(source, clock):
    async def sleep(seconds):
        clock.move(seconds)
        await asyncio.sleep(0)

    return BackgroundLoads(source, monotonic=clock.monotonic, sleep=sleep)


async def load(loads, key="2"):
    loads.start(key)
    await loads._running[key]  # noqa: SLF001
    await run_ready_tasks()
    assert not loads.is_running(key)


async def test_load_ends_without_failure(clock: Clock):
    loads = create(Source(None), clock)
    await load(loads)
    assert loads.failure("2") is None


@pytest.mark.parametrize("retry_after_s,forgotten_after_s", [(None, FAILURE_S), (90, 90)])
async def test_failure_is_remembered_until_retry(clock, retry_after_s, forgotten_after_s):
    error = UpstreamTimeout("late", retry_after_s=retry_after_s)
    loads = create(Source(error), clock)
    await load(loads)
    clock.move(forgotten_after_s - 1)
    failure = loads.failure("2")
    assert failure.error is error
    assert loads.wait_s(failure) == 1
    clock.move(1)
    assert loads.failure("2") is None


async def test_new_load_replaces_failure(clock):
    loads = create(Source(UpstreamTimeout("late"), None), clock)
    await load(loads)
    await load(loads)
    assert loads.failure("2") is None


async def test_busy_budget_is_waited_for(clock):
    busy = UpstreamBusy("busy", retry_after_s=40, unsent=True)
    source = Source(busy, busy, None)
    loads = create(source, clock)
    await load(loads)
    assert (source.loads, loads.failure("2")) == (3, None)


async def test_wait_for_budget_ends_with_failure(clock):
    busy = UpstreamBusy("busy", retry_after_s=61, unsent=True)
    source = Source(*[busy] * 100)
    loads = create(source, clock)
    await load(loads)
    assert source.loads <= 1 + MAX_WAIT_S / 60
    assert loads.failure("2").error is busy


async def test_number_of_loads_is_bounded(clock, monkeypatch):
    monkeypatch.setattr(background_loads, "MAX_RUNNING", 2)
    loads = create(Source(), clock)
    loads.start("2")
    assert loads.can_start
    loads.start("3")
    assert not loads.can_start
    await loads.close()
    assert loads.can_start
