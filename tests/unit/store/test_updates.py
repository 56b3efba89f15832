"""Updates: sharing, cooldowns, and invalidation by outcome."""

import asyncio
from types import SimpleNamespace

import httpx
import pytest

from gateway.deadline import Deadline
from gateway.errors import UpdateOutcomeUnknown, UpstreamBusy, UpstreamUnavailable
from gateway.osutrack.upstream import Upstream
from gateway.records import Mode, Update, UserMode
from gateway.settings import Settings
from gateway.store.cache import Cache
from gateway.store.keys import Name, Username, tag_of, tag_of_name
from gateway.store.tracker import Tracker
from gateway.store.updates import Cooldown, Updates
from tests.support import recordings
from tests.support.event_loop import run_ready_tasks

COOLDOWN_S = 900
PLAYER = UserMode(3000013, Mode.OSU)
NAME = Name(Username("MixedCaseName"), Mode.OSU)
UPDATED = httpx.Response(200, content=recordings.body("update_changes"))


@pytest.fixture
async def store(clock):
    """Updates and their tracker, above an upstream with one response; `sent` counts the requests."""
    store = SimpleNamespace(response=UPDATED, sent=0, open=asyncio.Event())
    store.open.set()

    async def respond(_request):
        store.sent += 1
        await store.open.wait()
        if isinstance(store.response, Exception):
            raise store.response
        return httpx.Response(store.response.status_code, content=store.response.content)

    settings = Settings(upstream_url="http://osutrack", updates_per_minute=0, _env_file=None)
    upstream = Upstream(settings, transport=httpx.MockTransport(respond), clock=clock, monotonic=clock.monotonic)
    store.tracker = Tracker(upstream.client, Cache(10_000), settings, clock=clock, monotonic=clock.monotonic)
    store.updates = Updates(upstream.client, store.tracker, clock=clock)
    store.breaker = upstream.breakers["updates"]
    yield store
    await store.updates.close()
    await upstream.close()


def update(store):
    return store.updates.update(PLAYER, Deadline.from_timeout(5))


def is_invalidated(store):
    return store.tracker.generations.of(tag_of(PLAYER)) > 0


async def test_fifty_concurrent_updates_are_sent_once(store):
    store.open.clear()
    updating = [asyncio.ensure_future(update(store)) for _ in range(50)]
    await run_ready_tasks()
    store.open.set()
    outcomes = await asyncio.gather(*updating)

    assert store.sent == 1
    assert outcomes == [outcomes[0]] * 50
    assert isinstance(outcomes[0], Update)


async def test_cooldown_starts_at_the_end_of_a_failure(store, clock):
    store.open.clear()
    store.response = httpx.Response(500)
    updating = asyncio.ensure_future(update(store))
    await run_ready_tasks()
    clock.move(20)
    store.open.set()
    with pytest.raises(UpdateOutcomeUnknown):
        await updating

    assert await update(store) == Cooldown(COOLDOWN_S, clock.now + COOLDOWN_S)


async def test_update_invalidates_data_by_id_and_name(store):
    await update(store)

    assert is_invalidated(store)
    assert store.tracker.generations.of(tag_of_name(NAME)) > 0
    assert await store.tracker.names.usernames.known(PLAYER.user_id) == "MixedCaseName"


async def test_unknown_user_has_a_cooldown(store, clock):
    store.response = httpx.Response(404, content=recordings.body("update_unknown_404"))
    cooldown = Cooldown(COOLDOWN_S, clock.now + COOLDOWN_S, user_exists=False)

    assert [await update(store) for _ in range(3)] == [None, cooldown, cooldown]
    assert store.sent == 1
    clock.move(COOLDOWN_S)
    await update(store)
    assert store.sent == 2


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(500),
        httpx.Response(502),
        httpx.Response(202),
        httpx.Response(204),
        httpx.Response(200, content=b"null"),
        httpx.Response(200, content=b"[]"),
        httpx.Response(200, content=b"<br />\n<b>Warning</b>"),
        httpx.ReadTimeout("slow"),
        httpx.ReadError("cut"),
    ],
    ids=["500", "502", "202", "204", "null", "[]", "warning", "timeout", "cut"],
)
async def test_failure_after_sending_invalidates_and_starts_cooldown(store, response):
    store.response = response
    with pytest.raises(UpdateOutcomeUnknown, match="read the player again in 15 s"):
        await update(store)

    assert is_invalidated(store)
    assert isinstance(await update(store), Cooldown)


@pytest.mark.parametrize(
    "response,error",
    [(httpx.Response(429), UpstreamBusy), (httpx.ConnectError("refused"), UpstreamUnavailable)],
    ids=["429", "refused"],
)
async def test_failure_before_sending_changes_nothing(store, response, error):
    store.response = response
    with pytest.raises(error):
        await update(store)

    assert not is_invalidated(store)
    with pytest.raises((UpstreamBusy, UpstreamUnavailable)):
        await update(store)


async def test_open_circuit_breaker_changes_nothing(store, clock):
    store.breaker.confirm_block("refused")
    with pytest.raises(UpstreamUnavailable):
        await update(store)
    assert (store.sent, is_invalidated(store)) == (0, False)

    store.breaker.dispel_block()
    assert isinstance(await update(store), Update)


async def test_failed_update_invalidates_the_last_known_name(store, clock):
    await update(store)
    before = store.tracker.generations.of(tag_of_name(NAME))
    clock.move(COOLDOWN_S)
    store.response = httpx.Response(500)
    with pytest.raises(UpdateOutcomeUnknown):
        await update(store)

    assert store.tracker.generations.of(tag_of_name(NAME)) > before


async def test_update_continues_when_its_caller_is_cancelled(store):
    store.open.clear()
    updating = asyncio.ensure_future(update(store))
    await run_ready_tasks()
    updating.cancel()
    await run_ready_tasks()
    store.open.set()
    await store.updates.close()

    assert (store.sent, is_invalidated(store)) == (1, True)
