"""Redis is away, or was: no request fails, each gateway keeps to its share, and what was missed is caught up with."""

import asyncio
import logging
import subprocess

import pytest

from gateway.shared.redis_link import POLL_S
from tests.support.cluster import Cluster
from tests.support.redis_server import RedisServer, redis_server
from tests.support.waiting import eventually

LATEST = "query ($id: ID!) { user(id: $id) { stats { latest { at pp } } } }"
UPDATE = "mutation ($id: ID!) { updateUser(id: $id) { __typename } }"
AMEO = "131464"


@pytest.fixture
def redis(tmp_path):
    with redis_server(tmp_path) as server:
        yield server


@pytest.fixture
def cluster(redis: RedisServer, clock):
    return Cluster(redis.url, clock)


def redis_link(gateway):
    return gateway.app.state.gateway.redis_link


async def test_a_gateway_starts_and_serves_without_redis_and_says_so(cluster, redis, caplog):
    redis.kill()

    async with cluster.replica() as gateway:
        assert await gateway.ask(LATEST, id=AMEO)

    assert [record.levelno for record in caplog.records if "Redis" in record.message] == [logging.WARNING]


async def test_a_gateway_whose_redis_goes_away_is_ready_and_says_so(cluster, redis):
    async with cluster.replica() as gateway:
        before = await gateway.http.get("/readyz")
        redis.kill()
        await eventually(lambda: not redis_link(gateway).connected)
        after = await gateway.http.get("/readyz")

    assert [(answer.status_code, answer.json()["redis"]) for answer in (before, after)] == [(200, "up"), (200, "down")]


async def test_redis_killed_under_load_costs_no_request_and_is_used_again_when_it_is_back(cluster, redis, caplog):
    caplog.set_level(logging.INFO)
    async with cluster.replica() as one, cluster.replica() as other:
        loads = [asyncio.create_task(load(gateway, cluster.sandbox.players)) for gateway in (one, other)]
        await asyncio.sleep(0.1)
        redis.kill()
        await eventually(lambda: not redis_link(one).connected and not redis_link(other).connected)
        await asyncio.sleep(0.1)
        redis.start()
        await eventually(lambda: redis_link(one).connected and redis_link(other).connected)
        await asyncio.gather(*loads)
        another = str(cluster.sandbox.players[20])
        await one.ask(LATEST, id=another)
        cluster.sandbox.reset_counts()
        await other.ask(LATEST, id=another)

    # Refreshes behind of what the load has asked for may still be under way.
    assert [asked for asked in cluster.sandbox.requests if asked.query["user"] == another] == []
    said = [record.message for record in caplog.records if "Redis" in record.message]
    assert sum("Redis unavailable" in message for message in said) == 2
    assert sum("Connected to Redis" in message for message in said) == 4


async def load(gateway, players):
    """Every player twice, a few at a time, for longer than Redis is away; `ask` fails with the first that fails."""
    loop = asyncio.get_running_loop()
    end = loop.time() + 3 * POLL_S
    while loop.time() < end:
        gateway.clock.move(601)
        await asyncio.gather(*(gateway.ask(LATEST, id=str(player)) for player in players[:10]))


async def test_what_one_updated_while_redis_was_away_is_old_for_the_other_when_it_is_back(cluster, redis):
    async with cluster.replica() as one, cluster.replica() as other:
        before = await other.ask(LATEST, id=AMEO)
        redis.kill()
        await eventually(lambda: not redis_link(one).connected and not redis_link(other).connected)
        await one.ask(UPDATE, id=AMEO)
        redis.start()
        await eventually(lambda: redis_link(one).connected and redis_link(other).connected)
        await asyncio.sleep(0.1)

        after = await other.ask(LATEST, id=AMEO)

    assert (
        before["user"]["stats"]["latest"]["at"] < after["user"]["stats"]["latest"]["at"] == "2026-11-20T12:00:00.000Z"
    )


async def test_a_cooldown_that_was_heard_of_holds_when_redis_is_away(cluster, redis):
    async with cluster.replica() as one, cluster.replica() as other:
        await one.ask(UPDATE, id=AMEO)
        await other.ask(UPDATE, id=AMEO)
        redis.kill()
        await eventually(lambda: not redis_link(other).connected)

        refused = await other.ask(UPDATE, id=AMEO)

    assert refused["updateUser"]["__typename"] == "UpdateOnCooldown"
    assert cluster.sandbox.updates == [(131464, 0)]


async def test_alone_each_keeps_to_its_share_of_the_budget(cluster, redis):
    redis.kill()

    async with cluster.replica(reads_per_minute=10) as gateway:
        players = cluster.sandbox.players[:8]
        answers = await asyncio.gather(*(gateway.send(LATEST, id=str(player)) for player in players))

    assert sum("errors" in answer for answer in answers) == 3
    assert cluster.sandbox.count("/stats_history") == 5


async def test_what_was_sent_before_redis_forgot_counts_when_it_is_back(cluster, redis):
    async with cluster.replica(reads_per_minute=10) as gateway:
        for player in cluster.sandbox.players[:8]:
            await gateway.ask(LATEST, id=str(player))
        redis.kill()
        await eventually(lambda: not redis_link(gateway).connected)
        redis.start()
        await eventually(lambda: redis_link(gateway).connected)

        refused = await gateway.error(LATEST, id=str(cluster.sandbox.players[8]))

    assert refused["extensions"]["code"] == "UPSTREAM_BUSY"
    assert cluster.sandbox.count("/stats_history") == 8


@pytest.mark.parametrize("replicas", [6, 20])
async def test_a_share_of_less_than_one_update_a_minute_is_one_in_several(cluster, redis, replicas):
    redis.kill()

    async with cluster.replica(updates_per_minute=4, replicas=replicas) as gateway:
        outcomes = [await gateway.send(UPDATE, id=player) for player in ("2", AMEO)]

    assert ["errors" in outcome for outcome in outcomes] == [False, True]


@pytest.fixture
def guarded(tmp_path):
    """A server that speaks TLS only, and knows one user."""
    certificate, key, users = tmp_path / "certificate.pem", tmp_path / "key.pem", tmp_path / "users"
    made = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
    command = [*made.split(), "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    users.write_text("user gateway on >secret ~* &* +@all\nuser default off\n")
    options = f"--port 0 --tls-port {{port}} --tls-auth-clients no --tls-ca-cert-file {certificate} --aclfile {users}"
    options += f" --tls-cert-file {certificate} --tls-key-file {key}"
    url = f"rediss://gateway:secret@127.0.0.1:{{port}}/0?ssl_ca_certs={certificate}"
    with redis_server(tmp_path, *options.split(), url=url) as server:
        yield server


async def test_redis_is_reached_through_tls_with_a_name_and_a_password(guarded, clock):
    async with Cluster(guarded.url, clock).replica() as gateway:
        assert await gateway.ask(LATEST, id=AMEO)
        assert redis_link(gateway).connected
