"""Redis' content is untrusted: other bytes, types and messages in all keys and channels are ignored.

The keys are those that the gateway uses in a scenario of all its features, as reported by Redis.
"""

import asyncio
import logging
import random
import re
from contextlib import asynccontextmanager
from hashlib import sha256
from itertools import cycle
from typing import Any

import pytest
from msgspec import msgpack
from redis.asyncio import Redis

from gateway.sandbox import players
from gateway.shared.local_window import WINDOW_S
from gateway.shared.redis_content import KEY_TYPES, PREFIX, key_type
from gateway.shared.redis_link import CHANNEL, RedisLink
from gateway.shared.request_window import started_key
from gateway.store.tags import REDIS_KEY
from tests.support.clock import HOUR_S
from tests.support.cluster import Cluster
from tests.support.gateway import NAMES
from tests.support.operations import UPDATE
from tests.support.redis_server import redis_server
from tests.support.waiting import eventually

AMEO = str(players.AMEO)
READ = """{
  user(id: 131464) { username stats { latest { at pp } peak { globalRank } hiscores(first: 3) { nodes { pp } } } }
  bestPlays(window: {days: 1}, first: 3) { nodes { pp } }
  hiscoresByUsername(username: "[brackets]-_x", first: 3) { nodes { pp } }
  userByName(username: "ameo") { id }
}"""
DOCUMENT = "{ __typename }"
PERSISTED = {"persistedQuery": {"version": 1, "sha256Hash": sha256(DOCUMENT.encode()).hexdigest()}}
BUDGETS = dict.fromkeys(("reads", "hiscores", "updates", "names"), 1000)
SETTINGS: dict[str, Any] = {**NAMES} | {f"{name}_per_minute": count for name, count in BUDGETS.items()}
CENTURIES_MS = 10**14

STRINGS = {
    "nothing": b"",
    "no UTF-8": b"\xff\xfe\xfd",
    "text in msgpack that is no UTF-8": msgpack.encode(["a", "b"]).replace(b"a", b"\xff"),
    "deep lists": b"\x91" * 20_000,
    "lists of another release": msgpack.encode([1, "a", None, [2.5]]),
    "maps of another release": msgpack.encode({"owner": "a", "outcome": None}),
    "NaN": b"nan",
    "infinity": b"inf",
    "a huge number": b"9" * 5000,
    "random bytes": random.Random(1).randbytes(200),
}
TYPES = {
    "list": lambda redis, key: redis.rpush(key, "x"),
    "hash": lambda redis, key: redis.hset(key, "x", "y"),
    "set": lambda redis, key: redis.sadd(key, "x"),
    "stream": lambda redis, key: redis.xadd(key, {"x": "y"}),
    "sorted set": lambda redis, key: redis.zadd(key, {b"\xff": float("inf"), "x": -float("inf"), AMEO: 1e300}),
    "string": lambda redis, key: redis.set(key, b"\xc1"),
}


@pytest.fixture
def cluster(tmp_path, clock):
    with redis_server(tmp_path) as server:
        yield Cluster(server.url, clock)


@pytest.fixture
async def redis(cluster):
    async with Redis.from_url(cluster.redis_url) as redis:
        yield redis


@pytest.fixture
async def keys(cluster, redis):
    """The keys of the scenario, used by a replica that has stopped."""
    async with monitored(redis) as commands, replica(cluster) as gateway:
        await use_everything(gateway)
    return sorted({key for command in commands for key in re.findall(rf'"({PREFIX}:[^"]*)"', command)} - {CHANNEL})


@pytest.fixture
async def data(cluster, keys, redis):
    """The types of the query's data without content in Redis."""
    await redis.flushall()
    async with replica(cluster) as gateway:
        return await use_everything(gateway)


@asynccontextmanager
async def monitored(redis):
    """The commands that Redis executes meanwhile."""
    options, commands = redis.connection_pool.connection_kwargs, list[str]()
    reader, writer = await asyncio.open_connection(options["host"], options["port"], limit=2**26)
    writer.write(b"MONITOR\r\n")
    await reader.readline()
    try:
        yield commands
        await redis.echo("the end")
        while b"the end" not in (command := await reader.readline()):
            commands.append(command.decode())
    finally:
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def replica(cluster):
    """A replica that starts with its whole budgets."""
    async with Redis.from_url(cluster.redis_url) as redis, cluster.replica(**SETTINGS) as gateway:
        await eventually(lambda: gateway.parts.redis_link.connected)
        await redis.mset({started_key(budget): 1 for budget in BUDGETS})
        cluster.clock.move(WINDOW_S)
        yield gateway


async def use_everything(gateway):
    """The types of the data of a query, after the use of all features that use Redis."""
    response = await gateway.send(READ)
    updated = await gateway.send(UPDATE, id=AMEO)
    registered = await gateway.http.post("/graphql", json={"query": DOCUMENT, "extensions": PERSISTED})
    named = await gateway.http.post("/graphql", json={"extensions": PERSISTED})
    rate_limiter = gateway.parts.upstream.rate_limiter
    rate_limiter.pause("hiscores", 0.001)
    rate_limiter._restrictions.add("hiscores", 900, 1.0)  # noqa: SLF001 - a rate that the scenario does not reach
    assert [part for part in (response, updated, registered.json(), named.json()) if "errors" in part] == []
    return types(response["data"])


def types(value):
    """The value with its leaves replaced by their types."""
    if isinstance(value, dict):
        return {name: types(part) for name, part in value.items()}
    return [types(part) for part in value] if isinstance(value, list) else type(value)


def problems(caplog):
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


async def test_scenario_uses_every_kind_of_key(keys, redis):
    kinds = {kind for kind in KEY_TYPES for key in keys if re.fullmatch(f"{PREFIX}:{kind}", key)}
    assert kinds == set(KEY_TYPES)
    assert [key for key in keys if await redis.type(key) not in {str(key_type(key.encode())).encode(), b"none"}] == []


@pytest.mark.parametrize("content", STRINGS)
async def test_other_bytes_are_missing_values(cluster, redis, keys, data, caplog, content):
    lifetimes = cycle([None, CENTURIES_MS, 60_000])
    for key, lifetime in zip(keys, lifetimes, strict=False):
        await redis.set(key, STRINGS[content], px=lifetime)
    async with replica(cluster) as gateway:
        assert await use_everything(gateway) == data
    assert problems(caplog) == []


@pytest.mark.parametrize("kind", TYPES)
async def test_other_types_are_missing_values(cluster, redis, keys, data, caplog, kind):
    async with replica(cluster) as running:
        await redis.delete(*keys)
        for key in keys:
            await TYPES[kind](redis, key)
        assert await use_everything(running) == data
        async with replica(cluster) as started:
            assert await use_everything(started) == data
            await eventually(lambda: running.parts.redis_link.connected)
    assert problems(caplog) == []


SUBJECTS = {
    "bumped": [{"user:131464:OSU": 2**63}, {"user:131464:OSU": -1}, {"user:131464:OSU": 1.5}, {"": 1}, ["x"]],
    "restricted": [("reads", -1, 1.0), ("reads", 0, float("inf")), ("reads", 0, float("nan")), ("reads", 0, 1e9)],
    "unsettled": [(131464, 99), (0, 0), (2**40, 0), (131464,), ("x", 0)],
    "blocked": ["nothing", ["reads"]],
    "finished-update": [
        ("x", ["a", 1], 1.0),
        ("x", ["a", False, None], -1.0),
        ("x", ["a", False, [float("inf")]], 1.0),
    ],
    "served": [("reads", [1]), ("nothing", ["x"]), ("reads", "x"), ("reads", [])],
    "unknown": [None],
}
CONTENTS: list[object] = [None, 1, "x", [], {}, [1, 2, 3], 2**63, float("nan")]


def messages(subjects):
    """Messages that no gateway sends: to each subject, and of other forms."""
    for subject, special in subjects.items():
        for content in special + CONTENTS:
            yield msgpack.encode(("sender", subject, content))
        yield msgpack.encode(("sender", subject, ["a"])).replace(b"\xa1a", b"\xa1\xff")
        yield msgpack.encode(("sender", subject, None))[:-1] + b"\x91" * 20_000
    yield from STRINGS.values()


async def test_messages_do_not_end_the_subscription(cluster, redis, caplog):
    async with replica(cluster) as one, replica(cluster) as other:
        assert set(other.parts.redis_link._receivers) == set(SUBJECTS) - {"unknown"}  # noqa: SLF001
        for message in messages(SUBJECTS):
            await redis.publish(CHANNEL, message)
        await one.ask(UPDATE, id=AMEO)
        generations = one.parts.tracker.generations, other.parts.tracker.generations
        await eventually(lambda: len({each.of(f"user:{AMEO}:OSU") for each in generations}) == 1)
        assert generations[0].of(f"user:{AMEO}:OSU") > 0
        assert "errors" not in await other.send(READ)
        assert other.parts.redis_link.disconnects == 0
    assert problems(caplog) == []


async def test_failing_receiver_does_not_end_the_subscription(cluster, redis, caplog):
    def fail(_):
        raise RuntimeError("a bug")

    async with replica(cluster) as gateway:
        received: list[int] = []
        gateway.parts.redis_link.subscribe("failing", int, fail)
        gateway.parts.redis_link.subscribe("working", int, received.append)
        await redis.publish(CHANNEL, msgpack.encode(("sender", "failing", 1)))
        await redis.publish(CHANNEL, msgpack.encode(("sender", "working", 1)))
        await eventually(lambda: received == [1])
    assert problems(caplog) == ["Ignored a message from another process"]


async def test_failing_connection_command_is_repeated(cluster, caplog):
    failures = [RuntimeError("a bug"), OverflowError("another bug")]

    async def fail_twice(_):
        if failures:
            raise failures.pop()

    redis_link = RedisLink(cluster.redis_url)
    redis_link.on_reconnect(fail_twice)
    await redis_link.start()
    await eventually(lambda: redis_link.connected)
    await redis_link.close()
    assert any("another bug" in record.getMessage() for record in caplog.records)


async def test_absurd_generations_are_removed(cluster, redis):
    await redis.zadd(REDIS_KEY, {"user:131464:OSU": float("inf"), "user:2:OSU": 1e300, "user:3:OSU": -5, b"\xff": 7})
    async with replica(cluster) as one, replica(cluster) as other:
        await one.ask(UPDATE, id=AMEO)
        await eventually(lambda: other.parts.tracker.generations.of(f"user:{AMEO}:OSU") > 0)
        stored = dict(await redis.zrange(REDIS_KEY, 0, -1, withscores=True))
    assert stored[b"user:131464:OSU"] == one.parts.tracker.generations.of(f"user:{AMEO}:OSU")
    assert b"user:2:OSU" not in stored


@pytest.mark.parametrize("lifetime", [None, CENTURIES_MS])
async def test_foreign_restriction_ends(cluster, redis, lifetime):
    await redis.set(f"{PREFIX}:budget:reads:paused", "0", px=lifetime)
    async with replica(cluster) as gateway:
        cluster.clock.move(HOUR_S)
        assert "errors" not in await gateway.send(READ)


async def test_foreign_lock_delays_nothing(cluster, redis, keys):
    for key in [key for key in keys if ":lock:" in key]:
        await redis.set(key, "x", px=CENTURIES_MS)
    await redis.delete(*[key for key in keys if ":lock:" not in key])
    async with replica(cluster) as gateway, asyncio.timeout(5):
        assert "errors" not in await gateway.send(READ)
