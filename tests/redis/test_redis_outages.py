"""Redis outages: no request fails, each replica uses its share of the budgets, and invalidations are caught up."""

import asyncio
import logging
import subprocess

import pytest

from gateway.records import Mode, UserMode
from gateway.sandbox import players
from gateway.shared.local_window import WINDOW_S
from tests.support.cluster import Cluster
from tests.support.operations import HISCORES, LATEST, UPDATE
from tests.support.redis_server import RedisServer, redis_server
from tests.support.waiting import eventually

AMEO = str(players.AMEO)


@pytest.fixture
def redis(tmp_path):
    with redis_server(tmp_path) as server:
        yield server


@pytest.fixture
def cluster(redis: RedisServer, clock):
    return Cluster(redis.url, clock)


async def test_gateway_starts_without_redis_with_a_warning(cluster, redis, caplog):
    redis.kill()

    async with cluster.replica() as gateway:
        assert await gateway.ask(LATEST, id=AMEO)

    assert [record.levelno for record in caplog.records if "Redis" in record.message] == [logging.WARNING]


async def test_readiness_reports_a_redis_outage(cluster, redis):
    async with cluster.replica() as gateway:
        before = await gateway.http.get("/readyz")
        redis.kill()
        await eventually(lambda: not gateway.parts.redis_link.connected)
        after = await gateway.http.get("/readyz")

    assert [(response.status_code, response.json()["redis"]) for response in (before, after)] == [
        (200, "up"),
        (200, "down"),
    ]


async def test_redis_outage_under_load_fails_no_request(cluster, redis, caplog):
    caplog.set_level(logging.INFO)
    async with cluster.replica() as one, cluster.replica() as other:
        stop = asyncio.Event()
        loads = [asyncio.create_task(load(gateway, cluster.sandbox.players, stop)) for gateway in (one, other)]
        await more_requests(cluster.sandbox)
        redis.kill()
        await eventually(lambda: not one.parts.redis_link.connected and not other.parts.redis_link.connected)
        await more_requests(cluster.sandbox)
        redis.start()
        await eventually(lambda: one.parts.redis_link.connected and other.parts.redis_link.connected)
        await more_requests(cluster.sandbox)
        stop.set()
        await asyncio.gather(*loads)
        player = str(cluster.sandbox.players[20])
        await one.ask(LATEST, id=player)
        cluster.sandbox.reset_counts()
        await other.ask(LATEST, id=player)

    # Background refreshes of the load may still be in progress.
    assert [request for request in cluster.sandbox.requests if request.query["user"] == player] == []
    messages = [record.message for record in caplog.records if "Redis" in record.message]
    assert sum("Redis unavailable" in message for message in messages) == 2
    assert sum("Connected to Redis" in message for message in messages) == 4


async def load(gateway, user_ids, stop):
    """Query ten players repeatedly until `stop`; any error fails the test."""
    while not stop.is_set():
        gateway.clock.move(601)
        await asyncio.gather(*(gateway.ask(LATEST, id=str(player)) for player in user_ids[:10]))


async def more_requests(sandbox, count=20):
    """Return when the sandbox has received further requests."""
    expected = sandbox.count() + count
    await eventually(lambda: sandbox.count() >= expected)


async def test_update_during_the_outage_is_shared_afterwards(cluster, redis):
    async with cluster.replica() as one, cluster.replica() as other:
        before = await other.ask(LATEST, id=AMEO)
        redis.kill()
        await eventually(lambda: not one.parts.redis_link.connected and not other.parts.redis_link.connected)
        await one.ask(UPDATE, id=AMEO)
        redis.start()
        await eventually(lambda: one.parts.redis_link.connected and other.parts.redis_link.connected)
        tag = f"user:{AMEO}:OSU"
        generations = [gateway.parts.tracker.generations for gateway in (one, other)]
        await eventually(lambda: generations[0].of(tag) == generations[1].of(tag))

        after = await other.ask(LATEST, id=AMEO)

    assert (
        before["user"]["stats"]["latest"]["at"] < after["user"]["stats"]["latest"]["at"] == "2026-11-20T12:00:00.000Z"
    )


async def test_known_cooldown_holds_during_the_outage(cluster, redis):
    async with cluster.replica() as one, cluster.replica() as other:
        await one.ask(UPDATE, id=AMEO)
        await other.ask(UPDATE, id=AMEO)
        redis.kill()
        await eventually(lambda: not other.parts.redis_link.connected)

        refused = await other.ask(UPDATE, id=AMEO)

    assert refused["updateUser"]["__typename"] == "UpdateOnCooldown"
    assert cluster.sandbox.updates == [(131464, 0)]


@pytest.mark.parametrize("cause", [UPDATE, HISCORES], ids=["update", "hiscores"])
async def test_cooldown_of_another_replica_holds_during_the_outage(cluster, redis, cause):
    player = str(players.UNTRACKED[0])
    async with cluster.replica() as one, cluster.replica() as other:
        await one.ask(cause, id=player)
        await eventually(lambda: one.parts.tracker.registry.left_s(UserMode(players.UNTRACKED[0], Mode.OSU)) > 0)
        await eventually(lambda: other.parts.tracker.registry.left_s(UserMode(players.UNTRACKED[0], Mode.OSU)) > 0)
        redis.kill()
        await eventually(lambda: not other.parts.redis_link.connected)

        refused = await other.ask(UPDATE, id=player)

    assert refused["updateUser"]["__typename"] == "UpdateOnCooldown"


async def test_standalone_replica_uses_its_budget_share(cluster, redis):
    redis.kill()

    async with cluster.replica(reads_per_minute=10) as gateway:
        cluster.clock.move(WINDOW_S)
        user_ids = cluster.sandbox.players[:8]
        responses = await asyncio.gather(
            *(gateway.send_from(f"10.0.0.{n}", LATEST, id=str(player)) for n, player in enumerate(user_ids))
        )

    assert sum("errors" in response for response in responses) == 3
    assert cluster.sandbox.count("/stats_history") == 5


async def test_requests_before_a_redis_restart_still_count(cluster, redis):
    async with cluster.replica(reads_per_minute=40) as gateway:
        for player in cluster.sandbox.players[:8]:
            await gateway.ask(LATEST, id=str(player))
        redis.kill()
        await eventually(lambda: not gateway.parts.redis_link.connected)
        redis.start()
        await eventually(lambda: gateway.parts.redis_link.connected)

        refused = await gateway.error(LATEST, id=str(cluster.sandbox.players[8]))

    assert refused["extensions"]["code"] == "UPSTREAM_BUSY"
    assert cluster.sandbox.count("/stats_history") == 8


@pytest.mark.parametrize("replicas", [6, 20])
async def test_share_below_one_update_per_minute_allows_one(cluster, redis, replicas):
    redis.kill()

    async with cluster.replica(updates_per_minute=4, replicas=replicas) as gateway:
        outcomes = [await gateway.send(UPDATE, id=player) for player in ("2", AMEO)]

    assert ["errors" in outcome for outcome in outcomes] == [False, True]


@pytest.fixture
def tls_redis(tmp_path):
    """A server with TLS and one user."""
    certificate, key, users = tmp_path / "certificate.pem", tmp_path / "key.pem", tmp_path / "users"
    request = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
    )
    command = [*request.split(), "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    users.write_text("user gateway on >secret ~* &* +@all\nuser default off\n")
    options = f"--port 0 --tls-port {{port}} --tls-auth-clients no --tls-ca-cert-file {certificate} --aclfile {users}"
    options += f" --tls-cert-file {certificate} --tls-key-file {key}"
    url = f"rediss://gateway:secret@127.0.0.1:{{port}}/0?ssl_ca_certs={certificate}"
    with redis_server(tmp_path, *options.split(), url=url) as server:
        yield server


async def test_redis_works_over_tls_with_credentials(tls_redis, clock):
    async with Cluster(tls_redis.url, clock).replica() as gateway:
        assert await gateway.ask(LATEST, id=AMEO)
        assert gateway.parts.redis_link.connected
