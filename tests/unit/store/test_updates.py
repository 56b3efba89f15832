"""Updates below the schema: how often they are sent, and what each outcome makes of what is remembered."""

import asyncio
from types import SimpleNamespace

import httpx
import pytest

from gateway.deadline import Deadline
from gateway.errors import UpstreamBusy, UpstreamInvalid, UpstreamTimeout, UpstreamUnavailable
from gateway.osutrack.upstream import Upstream
from gateway.records import Mode, Update, UserMode
from gateway.settings import Settings
from gateway.shared.redis_link import RedisLink
from gateway.store.cache import Cache
from gateway.store.keys import Name, tag_of, tag_of_name
from gateway.store.tracker import Tracker
from gateway.store.update_registry import UpdateRegistry
from gateway.store.updates import Cooldown, Unknown, Updates
from tests.support import recordings

PLAYER = UserMode(3000013, Mode.OSU)
NAME = Name("MixedCaseName", Mode.OSU)
UPDATED = httpx.Response(200, content=recordings.body("update_changes"))


@pytest.fixture
async def store(clock):
    """Updates and what they make old, above an upstream that gives one answer, and tells how often."""
    store = SimpleNamespace(answer=UPDATED, sent=0, open=asyncio.Event())
    store.open.set()

    async def answer(_):
        store.sent += 1
        await store.open.wait()
        if isinstance(store.answer, Exception):
            raise store.answer
        return httpx.Response(store.answer.status_code, content=store.answer.content)

    settings = Settings(upstream_url="http://osutrack", updates_per_minute=0, _env_file=None)
    connection = Upstream(settings, transport=httpx.MockTransport(answer), clock=clock)
    store.tracker = Tracker(connection.client, Cache(10_000), settings, clock=clock)
    registry = UpdateRegistry(RedisLink(None), cooldown_s=900, timeout_s=5, clock=clock)
    store.updates = Updates(connection.client, store.tracker, registry)
    store.breaker = connection.breaker
    yield store
    await store.updates.close()
    await connection.close()


def update(store):
    return store.updates.update(PLAYER, Deadline.from_timeout(5))


def raised(store):
    return store.tracker.generations.of(tag_of(PLAYER)) > 0


async def soon():
    for _ in range(20):
        await asyncio.sleep(0)


async def test_fifty_overlapping_updates_are_one(store):
    store.open.clear()
    waiting = [asyncio.ensure_future(update(store)) for _ in range(50)]
    await soon()
    store.open.set()
    outcomes = await asyncio.gather(*waiting)

    assert store.sent == 1
    assert outcomes == [outcomes[0]] * 50
    assert isinstance(outcomes[0], Update)


async def test_the_cooldown_of_an_update_that_fails_begins_when_it_has_failed(store, clock):
    store.open.clear()
    store.answer = httpx.Response(500)
    updating = asyncio.ensure_future(update(store))
    await soon()
    clock.move(20)
    store.open.set()
    with pytest.raises(UpstreamUnavailable):
        await updating

    assert await update(store) == Cooldown(clock.now + 900)


async def test_an_update_makes_old_what_is_known_by_id_and_by_name(store):
    await update(store)

    assert raised(store)
    assert store.tracker.generations.of(tag_of_name(NAME)) > 0
    assert store.tracker.username(PLAYER.user_id) == "MixedCaseName"


async def test_that_nobody_is_there_is_remembered_as_long(store, clock):
    store.answer = httpx.Response(404, content=recordings.body("update_unknown_404"))

    assert [await update(store) for _ in range(3)] == [Unknown(asked=True), Unknown(), Unknown()]
    assert store.sent == 1
    clock.move(900)
    await update(store)
    assert store.sent == 2


@pytest.mark.parametrize(
    "answer,error",
    [
        (httpx.Response(500), UpstreamUnavailable),
        (httpx.Response(200, content=b"null"), UpstreamInvalid),
        (httpx.ReadTimeout("slow"), UpstreamTimeout),
        (httpx.ReadError("cut"), UpstreamUnavailable),
    ],
    ids=["500", "null", "timeout", "cut"],
)
async def test_what_has_probably_been_made_counts_as_made(store, answer, error):
    store.answer = answer
    with pytest.raises(error):
        await update(store)

    assert raised(store)
    assert isinstance(await update(store), Cooldown)


@pytest.mark.parametrize(
    "answer,error",
    [(httpx.Response(429), UpstreamBusy), (httpx.ConnectError("refused"), UpstreamUnavailable)],
    ids=["429", "refused"],
)
async def test_what_has_not_been_made_leaves_everything_as_it_was(store, answer, error):
    store.answer = answer
    with pytest.raises(error):
        await update(store)

    assert not raised(store)
    with pytest.raises((UpstreamBusy, UpstreamUnavailable)):
        await update(store)


async def test_while_the_breaker_is_open_nothing_is_made_old_and_nothing_cools_down(store, clock):
    store.breaker.retry_at = clock.now + 30
    with pytest.raises(UpstreamUnavailable):
        await update(store)
    assert (store.sent, raised(store)) == (0, False)

    store.breaker.retry_at = None
    assert isinstance(await update(store), Update)


async def test_an_update_that_fails_makes_old_what_is_known_by_the_name_of_before(store, clock):
    await update(store)
    before = store.tracker.generations.of(tag_of_name(NAME))
    clock.move(900)
    store.answer = httpx.Response(500)
    with pytest.raises(UpstreamUnavailable):
        await update(store)

    assert store.tracker.generations.of(tag_of_name(NAME)) > before


async def test_an_update_goes_on_when_who_asked_for_it_has_gone(store):
    store.open.clear()
    asking = asyncio.ensure_future(update(store))
    await soon()
    asking.cancel()
    await soon()
    store.open.set()
    await store.updates.close()

    assert (store.sent, raised(store)) == (1, True)
