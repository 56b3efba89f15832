"""Redis hangs, refuses writes, or has invalid content; connections to it break or fall silent."""

import asyncio
import os
import signal
import time

import pytest
from msgspec import structs
from redis.asyncio import Redis

from gateway.osutrack import decode
from gateway.records import Mode, Rows, UserMode
from gateway.sandbox import Fault, players
from gateway.shared.lock import exclusive_lock
from gateway.shared.redis_content import PREFIX
from gateway.shared.redis_link import CHANNEL, POLL_S, RedisLink
from gateway.store import value_codecs
from gateway.store.history import History
from gateway.store.keys import Name, Username, tag_of
from gateway.store.redis_cache import SharedCache
from gateway.store.tags import REDIS_KEY, Generations, Invalidations
from gateway.store.update_records import Outcome, success
from gateway.store.update_registry import UpdateRegistry
from tests.support import recordings
from tests.support.cluster import Cluster
from tests.support.operations import LATEST, UPDATE
from tests.support.redis_proxy import redis_proxy
from tests.support.redis_server import RedisServer, redis_server
from tests.support.resources import entry
from tests.support.waiting import eventually

AMEO = str(players.AMEO)
UPDATED_AT = "2026-11-20T12:00:00.000Z"
USER_MODE = UserMode(1, Mode.OSU)


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


def have_equal_generations(*gateways):
    """Whether all replicas know the same invalidations of this player."""
    return len({gateway.parts.tracker.generations.of(f"user:{AMEO}:OSU") for gateway in gateways}) == 1


async def latest(gateway):
    return (await gateway.ask(LATEST, id=AMEO))["user"]["stats"]["latest"]["at"]


# Messages


async def test_invalidations_during_a_broken_subscription_are_caught_up(cluster, redis):
    async with cluster.replica() as gateway:
        generations = gateway.parts.tracker.generations
        number = 10**9
        async with redis.pipeline() as at_once:
            at_once.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
            at_once.zadd(REDIS_KEY, {"user:1:OSU": number})
            await at_once.execute()

        await eventually(lambda: generations.of("user:1:OSU") == number)


async def test_silent_subscription_is_detected(cluster, server):
    async with (
        redis_proxy(server.port) as proxy,
        cluster.replica() as one,
        cluster.replica(redis_url=proxy.url) as other,
    ):
        await latest(other)
        proxy.muted.add(b"subscribe")
        await one.ask(UPDATE, id=AMEO)
        await eventually(lambda: not other.parts.redis_link.connected)
        proxy.muted.clear()
        await eventually(lambda: other.parts.redis_link.connected)

        assert await latest(other) == UPDATED_AT


@pytest.mark.parametrize(
    "message",
    [
        b"\xc1",
        b"\x93\xa1a\xa6bumped\x01",
        b"\x93\xa1a\xaarestricted\x93\xa7unknown\x01\x01",
        b"\x92\xa1a\xa1b",
    ],
)
async def test_invalid_message_does_not_end_the_subscription(cluster, redis, message):
    async with cluster.replica() as one, cluster.replica() as other:
        await latest(other)
        await redis.publish(CHANNEL, message)
        await one.ask(UPDATE, id=AMEO)
        await eventually(lambda: have_equal_generations(one, other))

        assert await latest(other) == UPDATED_AT


async def test_invalidation_during_the_start_is_shared_too(server, redis):
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

    assert await redis.zrange(REDIS_KEY, 0, -1) == [b"before", b"meanwhile"]


# Hanging and refusing


async def test_queued_commands_fail_together_when_redis_hangs(server, redis_link):
    os.kill(server.pid, signal.SIGSTOP)
    start = time.monotonic()
    try:
        await asyncio.gather(
            *(redis_link.run(lambda redis: redis.get("x")) for _ in range(200)), return_exceptions=True
        )
    finally:
        os.kill(server.pid, signal.SIGCONT)

    assert time.monotonic() - start < 1.8


@pytest.mark.parametrize("setting", [("replicaof", "127.0.0.1 1"), ("maxmemory", "1")], ids=["READONLY", "OOM"])
async def test_read_only_or_full_redis_counts_as_unavailable(cluster, redis, setting):
    async with cluster.replica() as gateway:
        name, value = setting
        await (redis.replicaof(*value.split()) if name == "replicaof" else redis.config_set(name, value))
        assert await latest(gateway)
        await eventually(lambda: not gateway.parts.redis_link.connected)
        # Long enough for two attempts to reconnect.
        await asyncio.sleep(2.5 * POLL_S)

        assert not gateway.parts.redis_link.connected
        assert gateway.parts.redis_link.disconnects == 1

        await (redis.replicaof("NO", "ONE") if name == "replicaof" else redis.config_set(name, "0"))
        await eventually(lambda: gateway.parts.redis_link.connected)


async def test_key_of_another_type_does_not_disconnect(cluster, redis):
    async with cluster.replica() as gateway:
        await latest(gateway)
        for key in [key async for key in redis.scan_iter(f"{PREFIX}:*:history:*")]:
            await redis.delete(key)
            await redis.rpush(key, "x")
    async with cluster.replica() as gateway:
        assert await latest(gateway)
        assert gateway.parts.redis_link.disconnects == 0


# Locks


async def test_cancelled_lock_acquisition_releases_the_lock(server, redis):
    async with redis_proxy(server.port) as proxy:
        redis_link = RedisLink(proxy.url)
        await redis_link.start()
        response = proxy.hold_responses(b"lock")
        acquisition = asyncio.create_task(acquire_lock(redis_link))
        await response.reached.wait()
        assert len(await lock_keys(redis)) == 1
        acquisition.cancel()
        response.release()
        await asyncio.gather(acquisition, return_exceptions=True)

        async def is_released():
            return await lock_keys(redis) == []

        await eventually(is_released)
        await redis_link.close()


async def acquire_lock(redis_link):
    async with exclusive_lock(redis_link, "x", for_s=10):
        pass


async def lock_keys(redis):
    return await redis.keys(f"{PREFIX}:lock:*")


async def test_value_loaded_elsewhere_before_the_lock_is_reused(cluster, server):
    async with (
        redis_proxy(server.port) as proxy,
        cluster.replica() as one,
        cluster.replica(redis_url=proxy.url) as other,
    ):
        acquisition = proxy.hold_requests(b":lock:")
        read = asyncio.create_task(latest(other))
        await acquisition.reached.wait()
        await latest(one)
        acquisition.release()
        await read

    assert cluster.sandbox.count("/stats_history") == 1


async def test_read_does_not_wait_for_an_outdated_refresh(cluster):
    async with cluster.replica() as gateway:
        await latest(gateway)
        cluster.clock.move(601)
        cluster.sandbox.faults = [Fault(kind="hang", path="/stats_history", times=1)]
        await latest(gateway)
        await eventually(lambda: cluster.sandbox.count("/stats_history") == 2)
        await gateway.ask(UPDATE, id=AMEO)

        async with asyncio.timeout(5):
            assert await latest(gateway) == "2026-11-20T12:10:01.000Z"


# Updates


def registry(redis_link):
    return UpdateRegistry(redis_link, cooldown_s=900, timeout_s=30)


def record_key(player):
    """The key of the player's update record."""
    return f"{PREFIX}:update:{tag_of(player)}"


async def is_stored(redis, key):
    return bool(await redis.exists(key))


async def test_finished_record_is_claimed_by_one_replica_only(server, redis_link):
    async with redis_proxy(server.port) as proxy:
        slow = RedisLink(proxy.url)
        await slow.start()
        first = registry(redis_link)
        await first.claim(USER_MODE)
        await first.finish(USER_MODE, success(None, cooldown_s=0))

        deletion = proxy.hold_requests(b"del")
        slow_claim = asyncio.create_task(registry(slow).claim(USER_MODE))
        await deletion.reached.wait()
        quick_claim = await registry(redis_link).claim(USER_MODE)
        deletion.release()

        assert quick_claim is None
        assert await slow_claim is not None
        await slow.close()


async def test_lost_end_of_record_binds_other_processes(redis_link, redis, clock):
    one = UpdateRegistry(redis_link, cooldown_s=900, timeout_s=30, monotonic=clock.monotonic)
    await one.claim(USER_MODE)
    claimed = await redis.get(record_key(USER_MODE))
    await one.finish(USER_MODE, Outcome(0))
    await redis.set(record_key(USER_MODE), claimed, px=900_000)

    assert await registry(redis_link).claim(USER_MODE) is not None
    assert await one.claim(USER_MODE) is None


async def test_records_are_shared_after_redis_has_lost_them(server, redis_link, redis):
    one = registry(redis_link)
    await one.claim(USER_MODE)
    await one.finish(USER_MODE, Outcome(900))
    await redis.flushall()
    await redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
    await eventually(lambda: redis_link.disconnects == 1 and redis_link.connected)

    assert await registry(redis_link).claim(USER_MODE) is not None


async def test_records_are_shared_after_a_flush_while_connected(redis_link, redis):
    one = registry(redis_link)
    await one.claim(USER_MODE)
    await one.finish(USER_MODE, Outcome(900))
    await redis.flushall()
    await eventually(lambda: is_stored(redis, record_key(USER_MODE)))

    assert redis_link.disconnects == 0
    assert await registry(redis_link).claim(USER_MODE) is not None


async def test_merged_record_forbids_updates_by_id(redis_link):
    name = Name(Username("ameo"), Mode.TAIKO)
    await registry(redis_link).claim(name, is_read=True)
    await registry(redis_link).merge(Name(Username("ameo"), Mode.OSU), 1)

    assert await registry(redis_link).claim(UserMode(1, Mode.TAIKO)) is not None
    assert await registry(redis_link).claim(UserMode(1, Mode.OSU)) is None
    assert await registry(redis_link).claim(name) is not None


async def test_unreadable_update_record_is_ignored(cluster, redis):
    await redis.set(record_key(UserMode(int(AMEO), Mode.OSU)), b"garbage")

    async with cluster.replica() as gateway:
        assert (await gateway.ask(UPDATE, id=AMEO))["updateUser"]["__typename"] == "UpdateUserSuccess"


async def test_update_of_a_dead_replica_starts_the_cooldown(cluster, redis_link):
    await registry(redis_link).claim(UserMode(int(AMEO), Mode.OSU))

    async with cluster.replica() as gateway:
        waiting = asyncio.create_task(gateway.send(UPDATE, id=AMEO))
        await asyncio.sleep(2 * POLL_S)
        cluster.clock.move(31)
        unknown = await waiting
        refused = await gateway.ask(UPDATE, id=AMEO)

    assert unknown["errors"][0]["extensions"]["code"] == "UPDATE_OUTCOME_UNKNOWN"
    assert refused["updateUser"]["__typename"] == "UpdateOnCooldown"
    assert cluster.sandbox.updates == []


# Entries and documents


async def test_entry_with_huge_number_stays_out_of_redis(redis_link, redis):
    row = decode.history(recordings.body("stats_history_pp_rank_zero"), USER_MODE).value[0]
    history = History(USER_MODE, Rows([structs.replace(row, ranked_score=2**70)]))

    await SharedCache(redis_link).put(("history", USER_MODE), entry(history), value_codecs.HISTORY, 10.0)

    assert await redis.keys(f"{PREFIX}:*:history:*") == []


@pytest.mark.parametrize("stored", [b"\xff", b"{ __typename }"])
async def test_wrong_document_in_redis_is_not_executed(cluster, redis, stored):
    digest = "0" * 64
    await redis.set(f"{PREFIX}:document:{digest}", stored)
    async with cluster.replica() as gateway:
        named = {"persistedQuery": {"version": 1, "sha256Hash": digest}}
        response = await gateway.http.post("/graphql", json={"extensions": named})

    assert response.json()["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
