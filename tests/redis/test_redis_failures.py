"""Redis is there, but hangs, refuses, forgets, or says what it should not; or what is on the way to it does."""

import asyncio
import os
import signal
import time

import pytest
from msgspec import structs
from redis.asyncio import Redis

from gateway.osutrack import decode
from gateway.records import Mode, Rows, UserMode
from gateway.sandbox import Fault
from gateway.shared.lock import exclusive_lock
from gateway.shared.redis_link import CHANNEL, PREFIX, RedisLink
from gateway.store import codec
from gateway.store.cache import Entry
from gateway.store.history import History
from gateway.store.redis_cache import SharedCache
from gateway.store.tags import KEY, Generations, Invalidations
from gateway.store.update_registry import UpdateRegistry
from tests.support import recordings
from tests.support.cluster import Cluster
from tests.support.redis_proxy import redis_proxy
from tests.support.redis_server import RedisServer, redis_server
from tests.support.waiting import eventually

LATEST = "query ($id: ID!) { user(id: $id) { stats { latest { at pp } } } }"
UPDATE = "mutation ($id: ID!) { updateUser(id: $id) { __typename } }"
AMEO = "131464"
UPDATED_AT = "2026-11-20T12:00:00.000Z"
NOBODYS = UserMode(1, Mode.OSU)


@pytest.fixture
def server(tmp_path):
    with redis_server(tmp_path) as server:
        yield server


@pytest.fixture
async def redis(server: RedisServer):
    async with Redis.from_url(server.url) as redis:
        yield redis


@pytest.fixture
def cluster(server: RedisServer, clock):
    return Cluster(server.url, clock)


@pytest.fixture
async def redis_link(server: RedisServer):
    redis_link = RedisLink(server.url)
    await redis_link.start()
    yield redis_link
    await redis_link.close()


def redis_link_of(gateway):
    return gateway.app.state.gateway.redis_link


async def latest(gateway):
    return (await gateway.ask(LATEST, id=AMEO))["user"]["stats"]["latest"]["at"]


# Messages


async def test_what_is_told_while_the_connection_for_messages_breaks_is_caught_up_with(cluster, redis):
    async with cluster.replica() as gateway:
        generations = gateway.app.state.gateway.tracker.generations
        number = generations.oldest + 10**9
        async with redis.pipeline() as at_once:
            at_once.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
            at_once.zadd(KEY, {"user:1:OSU": number})
            await at_once.execute()

        await eventually(lambda: generations.of("user:1:OSU") == number)


async def test_a_connection_for_messages_that_has_fallen_silent_is_noticed(cluster, server):
    async with (
        redis_proxy(server.port) as proxy,
        cluster.replica() as one,
        cluster.replica(redis_url=proxy.url) as other,
    ):
        await latest(other)
        proxy.mute.add(b"SUBSCRIBE")
        await one.ask(UPDATE, id=AMEO)
        await eventually(lambda: not redis_link_of(other).connected)
        proxy.mute.clear()
        await eventually(lambda: redis_link_of(other).connected)

        assert await latest(other) == UPDATED_AT


@pytest.mark.parametrize(
    "message",
    [
        b"\xc1",
        b"\x93\xa1a\xa6raised\x01",
        b"\x93\xa1a\xa6paused\x92\xa7unknown\x01",
        b"\x92\xa1a\xa1b",
    ],
)
async def test_a_message_that_cannot_be_read_does_not_end_the_listening(cluster, redis, message):
    async with cluster.replica() as one, cluster.replica() as other:
        await latest(other)
        await redis.publish(CHANNEL, message)
        await one.ask(UPDATE, id=AMEO)
        await asyncio.sleep(0.1)

        assert await latest(other) == UPDATED_AT


async def test_what_is_raised_while_others_are_caught_up_with_is_told_too(server, redis):
    redis_link = RedisLink(server.url)
    generations = Generations(1000)
    invalidations = Invalidations(generations, redis_link)
    generations.bump("before")
    await redis.execute_command("CLIENT", "PAUSE", 300, "WRITE")
    starting = asyncio.create_task(redis_link.start())
    await asyncio.sleep(0.1)

    await invalidations.invalidate("meanwhile")
    await starting
    await redis_link.close()

    assert await redis.zrange(KEY, 0, -1) == [b"before", b"meanwhile"]


# Hanging and refusing


async def test_who_waits_for_a_turn_does_not_wait_for_a_redis_that_hangs(server, redis_link):
    os.kill(server.pid, signal.SIGSTOP)
    began = time.monotonic()
    try:
        await asyncio.gather(
            *(redis_link.run(lambda redis: redis.get("x")) for _ in range(200)), return_exceptions=True
        )
    finally:
        os.kill(server.pid, signal.SIGCONT)

    assert time.monotonic() - began < 1.8


@pytest.mark.parametrize("setting", [("replicaof", "127.0.0.1 1"), ("maxmemory", "1")], ids=["READONLY", "OOM"])
async def test_a_redis_that_refuses_to_be_written_to_is_away_for_as_long(cluster, redis, setting):
    async with cluster.replica() as gateway:
        name, value = setting
        await (redis.replicaof(*value.split()) if name == "replicaof" else redis.config_set(name, value))
        assert await latest(gateway)
        await eventually(lambda: not redis_link_of(gateway).connected)
        await asyncio.sleep(2.5)

        assert not redis_link_of(gateway).connected
        assert redis_link_of(gateway).disconnects == 1

        await (redis.replicaof("NO", "ONE") if name == "replicaof" else redis.config_set(name, "0"))
        await eventually(lambda: redis_link_of(gateway).connected)


async def test_a_key_of_another_type_is_no_reason_to_be_alone(cluster, redis):
    async with cluster.replica() as gateway:
        await latest(gateway)
        for key in [key async for key in redis.scan_iter(f"{PREFIX}:*:history:*")]:
            await redis.delete(key)
            await redis.rpush(key, "x")
    async with cluster.replica() as gateway:
        assert await latest(gateway)
        assert redis_link_of(gateway).disconnects == 0


# Locks


async def test_a_lock_whose_taking_is_cancelled_is_let_go(server, redis):
    async with redis_proxy(server.port) as proxy:
        redis_link = RedisLink(proxy.url)
        await redis_link.start()
        proxy.tardy = {b"lock": 0.3}
        taking = asyncio.create_task(hold(redis_link))
        await asyncio.sleep(0.1)
        taking.cancel()
        await asyncio.gather(taking, return_exceptions=True)
        await asyncio.sleep(0.1)

        assert await redis.keys(f"{PREFIX}:lock:*") == []
        await redis_link.close()


async def hold(redis_link):
    async with exclusive_lock(redis_link, "x", for_s=10):
        pass


async def test_what_another_has_loaded_just_before_ones_turn_is_not_loaded_again(cluster, server):
    async with (
        redis_proxy(server.port) as proxy,
        cluster.replica() as one,
        cluster.replica(redis_url=proxy.url) as other,
    ):
        proxy.slow = {b":lock:": 0.3}
        late = asyncio.create_task(latest(other))
        await asyncio.sleep(0.1)
        await latest(one)
        await late

    assert cluster.sandbox.count("/stats_history") == 1


async def test_who_waits_does_not_wait_for_a_refresh_that_an_update_overtook(cluster):
    async with cluster.replica() as gateway:
        await latest(gateway)
        cluster.clock.move(601)
        cluster.sandbox.faults = [Fault(kind="latency", path="/stats_history", seconds=2, times=1)]
        await latest(gateway)
        await asyncio.sleep(0.1)
        await gateway.ask(UPDATE, id=AMEO)
        began = time.monotonic()

        await latest(gateway)

    assert time.monotonic() - began < 1


# Updates


def registry(redis_link):
    return UpdateRegistry(redis_link, cooldown_s=900, timeout_s=30)


def page_key(player):
    return f"{PREFIX}:update:{player.user_id}:{player.mode.name}"


async def test_two_that_find_an_ended_page_do_not_both_send(server, redis_link):
    async with redis_proxy(server.port) as proxy:
        slow = RedisLink(proxy.url)
        await slow.start()
        first = registry(redis_link)
        await first.claim(NOBODYS)
        await first.finish(NOBODYS, None, retry_at=0.0)

        proxy.slow = {b"del": 0.3, b"DEL": 0.3}
        late = asyncio.create_task(registry(slow).claim(NOBODYS))
        await asyncio.sleep(0.1)
        quick = await registry(redis_link).claim(NOBODYS)

        assert quick is None
        assert await late is not None
        await slow.close()


async def test_an_update_whose_opening_was_not_heard_of_stands_in_nobodys_way_here(redis_link):
    one = registry(redis_link)
    await one.claim(NOBODYS)

    assert await one.claim(NOBODYS) is None
    assert await registry(redis_link).claim(NOBODYS) is not None


async def test_a_page_that_cannot_be_read_stands_in_nobodys_way(cluster, redis):
    await redis.set(page_key(UserMode(int(AMEO), Mode.OSU)), b"garbage")

    async with cluster.replica() as gateway:
        assert (await gateway.ask(UPDATE, id=AMEO))["updateUser"]["__typename"] == "UpdateUserSuccess"


async def test_an_update_whose_author_died_is_on_cooldown(cluster, redis_link):
    await UpdateRegistry(redis_link, cooldown_s=900, timeout_s=30, clock=cluster.clock).claim(
        UserMode(int(AMEO), Mode.OSU)
    )

    async with cluster.replica() as gateway:
        cluster.clock.move(31)

        assert (await gateway.ask(UPDATE, id=AMEO))["updateUser"]["__typename"] == "UpdateOnCooldown"


# Entries and documents


async def test_an_entry_with_a_number_too_large_for_redis_is_not_kept_there(redis_link, redis):
    row = decode.history(recordings.body("stats_history_pp_rank_zero"), NOBODYS).value[0]
    history = History(NOBODYS, Rows([structs.replace(row, ranked_score=2**70)]), 0.0)

    await SharedCache(redis_link).put(("history", NOBODYS), Entry(history, 0.0), codec.HISTORY, 10.0)

    assert await redis.keys(f"{PREFIX}:*:history:*") == []


@pytest.mark.parametrize("found", [b"\xff", b"{ __typename }"])
async def test_a_document_in_redis_that_is_not_the_one_meant_is_not_executed(cluster, redis, found):
    digest = "0" * 64
    await redis.set(f"{PREFIX}:document:{digest}", found)
    async with cluster.replica() as gateway:
        named = {"persistedQuery": {"version": 1, "sha256Hash": digest}}
        answer = await gateway.http.post("/graphql", json={"extensions": named})

    assert answer.json()["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
