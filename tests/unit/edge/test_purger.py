"""The queue of purges: collection, retries, bounds, and the end of the process."""

import asyncio
import logging
from itertools import pairwise

import pytest

from gateway.edge import purger as limits
from gateway.edge.purger import MAX_BYTES, MAX_TAGS, MAX_WAITING, Purger
from gateway.errors import UpstreamBusy, UpstreamRejected, UpstreamUnavailable
from gateway.store.tags import MANY_TAGS
from gateway.telemetry.request_context import RequestContext, current_request
from tests.support.event_loop import VirtualTimeLoop, run_ready_tasks

PLAYER = "user:2:OSU"
DOWN = UpstreamUnavailable("The edge cache failed (status 500).")


class Edge:
    """A purge API with a failure for each of the next purges. `purges` has the time and the tags of each."""

    def __init__(self):
        self.failures = []
        self.purges = []
        self.contexts = []

    async def purge(self, tags):
        self.purges.append((asyncio.get_running_loop().time(), set(tags)))
        self.contexts.append(current_request.get())
        if self.failures:
            raise self.failures.pop(0)

    @property
    def tags(self):
        return [tags - {MANY_TAGS} for _, tags in self.purges]

    @property
    def pauses(self):
        """The times between two purges, in tenths of a second."""
        times = [time for time, _ in self.purges]
        return [round(later - earlier, 1) for earlier, later in pairwise(times)]


@pytest.fixture
def edge():
    return Edge()


@pytest.fixture
def run():
    """Run a coroutine in a loop that skips waits."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        yield runner.run


def numbered(count, start=0):
    return [f"user:{number}:OSU" for number in range(start, start + count)]


def test_invalidations_in_a_moment_are_one_purge(edge, run):
    async def update():
        purger, started = Purger(edge.purge), asyncio.get_running_loop().time()
        purger.add([PLAYER, "name:peppy:OSU"])
        await asyncio.sleep(0.05)
        purger.add(["username:2"])
        await asyncio.sleep(10)
        return edge.purges[0][0] - started

    after_s = run(update())
    assert edge.purges[0][1] == {"user-2-osu", "name-peppy-osu", "username-2", MANY_TAGS}
    assert len(edge.purges) == 1
    # Other replicas know of the invalidation, and no outdated response is served a second later.
    assert 0.15 < after_s < 0.5


def test_each_tag_waits_for_other_replicas(edge, run):
    async def update():
        purger, loop = Purger(edge.purge), asyncio.get_running_loop()
        added = []
        for number in range(40):
            added.append((loop.time(), f"user-{number}-osu"))
            purger.add([f"user:{number}:OSU"])
            await asyncio.sleep(0.013)
        await asyncio.sleep(5)
        return added

    added = run(update())
    for at, tag in added:
        [purged_at] = [time for time, tags in edge.purges if tag in tags]
        assert 0.1 <= purged_at - at < 0.5


def test_tag_is_purged_again_if_invalidated_meanwhile(edge, run):
    async def update_twice():
        purger = Purger(edge.purge)
        purger.add([PLAYER])
        await asyncio.sleep(0.15)
        purger.add([PLAYER])
        await asyncio.sleep(5)

    run(update_twice())
    assert edge.tags == [{"user-2-osu"}, {"user-2-osu"}]


def test_failed_purge_is_repeated_with_growing_pauses(edge, run, caplog):
    edge.failures = [DOWN] * 9

    async def wait():
        purger = Purger(edge.purge)
        purger.add([PLAYER])
        await asyncio.sleep(600)
        return purger

    with caplog.at_level(logging.INFO, "gateway.edge"):
        purger = run(wait())
    assert edge.pauses == [1.2, 2.2, 4.2, 8.2, 16.2, 32.2, 60.2, 60.2, 60.2]
    assert edge.tags == [{"user-2-osu"}] * 10
    assert (purger.tally, purger.waiting) == ({"ok": 1, "failed": 9}, 0)
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert caplog.records[0].cause == "The edge cache failed (status 500)"


def test_tags_added_during_failures_are_collected(edge, run):
    edge.failures = [DOWN] * 3

    async def wait():
        purger = Purger(edge.purge)
        for number in range(60):
            purger.add(numbered(1, number))
            await asyncio.sleep(0.1)
        await asyncio.sleep(60)

    run(wait())
    assert len(edge.purges) < 15
    assert set.union(*edge.tags[3:]) == {f"user-{number}-osu" for number in range(60)}


@pytest.mark.parametrize("retry_after_s, pause", [(12.0, 12.2), (0.5, 1.2), (3600.0, 60.2), (None, 1.2)])
def test_rate_limit_is_waited_for(edge, run, retry_after_s, pause):
    edge.failures = [UpstreamBusy("limited", retry_after_s=retry_after_s)]

    async def wait():
        Purger(edge.purge).add([PLAYER])
        await asyncio.sleep(100)

    run(wait())
    assert edge.pauses == [pause]


def test_each_state_is_logged_once(edge, run, caplog):
    edge.failures = [DOWN, DOWN, UpstreamRejected("refused", status=403)]

    async def fail_twice():
        purger = Purger(edge.purge)
        purger.add([PLAYER])
        await asyncio.sleep(100)
        edge.failures = [DOWN]
        purger.add([PLAYER])
        await asyncio.sleep(100)

    with caplog.at_level(logging.INFO, "gateway.edge"):
        run(fail_twice())
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"] * 2


@pytest.mark.parametrize("tags", [numbered(1050), [f"name:{'x' * 90}{number}:OSU" for number in range(300)]])
def test_purges_are_bounded(edge, run, tags):
    async def wait():
        Purger(edge.purge).add(tags)
        await asyncio.sleep(60)

    run(wait())
    assert len(set.union(*edge.tags)) == len(tags)
    for _, purged in edge.purges:
        assert len(purged) <= MAX_TAGS
        assert len(" ".join(purged)) <= MAX_BYTES + 200


def test_queue_is_bounded(edge, run):
    async def fill():
        purger = Purger(edge.purge)
        for start in range(0, 12_000, 1000):
            purger.add(numbered(1000, start))
        return purger.waiting, purger.dropped

    assert run(fill()) == (MAX_WAITING, 2002)


def test_unexpected_failure_loses_no_tag(edge, run):
    edge.failures = [RuntimeError("bug")]

    async def fail():
        purger = Purger(edge.purge)
        purger.add([PLAYER])
        await asyncio.sleep(1)
        waiting = purger.waiting
        # Retrieved, because asyncio would report it as a warning.
        assert isinstance(purger._task.exception(), RuntimeError)  # type: ignore[union-attr]  # noqa: SLF001
        purger.add(["user:3:OSU"])
        await asyncio.sleep(1)
        return waiting

    assert run(fail()) == 2
    assert edge.tags[-1] == {"user-2-osu", "user-3-osu"}


def test_end_of_process_purges_at_once(edge, run):
    async def end():
        purger, loop = Purger(edge.purge), asyncio.get_running_loop()
        purger.add(numbered(250))
        await run_ready_tasks()
        started = loop.time()
        await purger.close()
        return loop.time() - started, purger.waiting

    assert run(end()) == (0.0, 0)
    assert len(set.union(*edge.tags)) == 250


def test_end_of_process_repeats_an_interrupted_purge(edge, run):
    async def end():
        async def hang(tags):
            edge.purges.append((0.0, set(tags)))
            if len(edge.purges) == 1:
                await asyncio.sleep(60)

        purger = Purger(hang)
        purger.add([PLAYER])
        await asyncio.sleep(1)
        await purger.close()
        return purger.waiting

    assert run(end()) == 0
    assert edge.tags == [{"user-2-osu"}] * 2


@pytest.mark.parametrize("failure", [DOWN, None], ids=["failing", "hanging"])
def test_end_of_process_is_bounded(edge, run, caplog, failure):
    async def end():
        async def purge(_):
            if failure:
                raise failure
            await asyncio.sleep(1000)

        purger, loop = Purger(purge), asyncio.get_running_loop()
        purger.add([PLAYER])
        await asyncio.sleep(1)
        started = loop.time()
        await purger.close()
        return loop.time() - started, purger.waiting

    taken_s, waiting = run(end())
    assert (taken_s <= limits.CLOSE_S, waiting) == (True, 2)
    assert caplog.records[-1].getMessage() == "The edge cache may serve outdated responses until they expire"


def test_nothing_is_purged_without_tags(edge, run):
    async def add_none():
        Purger(edge.purge).add([])
        await asyncio.sleep(1)

    run(add_none())
    assert edge.purges == []


def test_idle_purger_closes(edge, run):
    run(Purger(edge.purge).close())
    assert edge.purges == []


def test_purge_does_not_belong_to_a_request(edge, run):
    async def update():
        token = current_request.set(RequestContext("request-1"))
        Purger(edge.purge).add([PLAYER])
        await asyncio.sleep(1)
        current_request.reset(token)

    run(update())
    assert edge.contexts == [None]
