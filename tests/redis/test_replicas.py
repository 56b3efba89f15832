"""The deployment of compose.yaml as processes: two gateways with one Redis behind nginx."""

import threading
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

import httpx
import pytest
import yaml

from gateway.sandbox import players
from tests.support.http_servers import serve_sandbox
from tests.support.metrics import metric_value
from tests.support.nginx import Proxy, proxy
from tests.support.operations import LATEST, UPDATE
from tests.support.processes import ROOT, GatewayProcess, gateway_process
from tests.support.redis_server import RedisServer, redis_server
from tests.support.waiting import wait_until

COMPOSED = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["gateway-1"]["environment"]


class Replicas(NamedTuple):
    """Two gateways, their proxy and their Redis."""

    proxy: Proxy
    gateways: list[GatewayProcess]
    ports: list[str]
    redis: RedisServer

    def post(self, query, user_id, *, client="127.0.0.1", **headers):
        """The response to an operation on a player, through the proxy. `client` is the client's address."""
        body = {"query": query, "variables": {"id": str(user_id)}}
        with httpx.Client(transport=httpx.HTTPTransport(local_address=client), timeout=30) as http:
            return http.post(f"{self.proxy.address}/graphql", json=body, headers=headers)


@pytest.fixture
def limits():
    return {}


@pytest.fixture
def replicas(tmp_path, limits):
    # The environment of compose.yaml, except for addresses.
    composed = {name.removeprefix("GATEWAY_").lower(): str(value) for name, value in COMPOSED.items()}
    with ExitStack() as stack:
        sandbox = stack.enter_context(serve_sandbox())
        redis = stack.enter_context(redis_server(tmp_path))
        addresses = {"upstream_url": sandbox.url, "redis_url": redis.url, "trusted_proxies": "127.0.0.1/32"}
        settings = composed | addresses | {"update_tokens": "", "log_format": "json"} | limits
        gateways = [stack.enter_context(gateway_process(**settings)) for _ in range(2)]
        ports = [gateway.url.rpartition(":")[2] for gateway in gateways]
        running = stack.enter_context(proxy(tmp_path, [int(port) for port in ports]))
        yield Replicas(running, gateways, ports, redis)


def test_proxy_uses_both_replicas_with_one_cooldown(replicas):
    for user in range(1001, 1009):
        assert replicas.post(LATEST, user).status_code == 200
    first, second = (replicas.post(UPDATE, players.AMEO).json()["data"]["updateUser"] for _ in range(2))
    assert set(replicas.proxy.replicas()) == set(replicas.ports)
    assert len(set(replicas.proxy.replicas()[-2:])) == 2
    assert (first["__typename"], second["__typename"]) == ("UpdateUserSuccess", "UpdateOnCooldown")


def test_proxy_hides_metrics_and_logs_request_ids(replicas):
    response = replicas.post(LATEST, 2)
    assert httpx.get(f"{replicas.proxy.address}/metrics").status_code == 404
    line = next(line for line in replicas.proxy.log() if line["method"] == "POST")
    assert (line["request_id"], line["client"]) == (response.headers["X-Request-ID"], "127.0.0.1")


def test_logs_share_ids_of_responses_without_them(replicas):
    for _ in range(4):
        response = httpx.get(f"{replicas.proxy.address}/graphql", params={"query": "{ user(id: 2) { id } }"})
    assert "X-Request-ID" not in response.headers
    wait_until(lambda: len([line for line in replicas.proxy.log() if line["method"] == "GET"]) > 4)
    request_id = replicas.proxy.log()[-1]["request_id"]
    wait_until(lambda: any(request_id in gateway.output for gateway in replicas.gateways))


class TestPoints:
    @pytest.fixture
    def limits(self):
        return {"client_points": "2", "client_points_per_minute": "1"}

    def test_points_are_counted_by_real_client_address(self, replicas):
        spent = [replicas.post(LATEST, user).status_code for user in range(1001, 1011)]
        other = replicas.post(LATEST, 1020, client="127.0.0.2")
        forged = replicas.post(LATEST, 1021, **{"X-Forwarded-For": "203.0.113.7"})
        assert (spent.count(200), spent[-1]) == (4, 429)
        assert other.status_code == 200
        assert forged.status_code == 429


def wait_for_more(responses, count):
    expected = len(responses) + count
    wait_until(lambda: len(responses) >= expected)


@contextmanager
def load(replicas):
    """Four clients that query player after player. The list of the response statuses so far."""
    stop, statuses = threading.Event(), []

    def query_players(first):
        user = first
        with httpx.Client(base_url=replicas.proxy.address, timeout=30) as http:
            while not stop.is_set():
                user += 1
                statuses.append(
                    http.post(
                        "/graphql", json={"query": LATEST, "variables": {"id": str(1000 + user % 3000)}}
                    ).status_code
                )

    clients = [threading.Thread(target=query_players, args=(number * 500,)) for number in range(4)]
    for client in clients:
        client.start()
    try:
        yield statuses
    finally:
        stop.set()
        for client in clients:
            client.join()


def test_stopped_replica_is_skipped_without_failed_requests(replicas):
    with load(replicas) as statuses:
        wait_for_more(statuses, 100)
        stopped, remaining_port = replicas.gateways[0], replicas.ports[1]
        code = stopped.stop()
        wait_for_more(statuses, 100)

    assert set(statuses) == {200}
    assert code in {0, -15}
    assert {line.rpartition(", ")[2] for line in replicas.proxy.replicas()[-20:]} == {remaining_port}


def values(replicas, metric):
    """The value of this metric in each replica."""
    return [metric_value(gateway.url, metric) for gateway in replicas.gateways]


def test_redis_restart_under_load_fails_no_request(replicas):
    with load(replicas) as statuses:
        wait_for_more(statuses, 100)
        replicas.redis.kill()
        wait_until(lambda: values(replicas, "gateway_redis_up") == [0, 0])
        wait_for_more(statuses, 100)
        replicas.redis.start()
        wait_until(lambda: values(replicas, "gateway_redis_up") == [1, 1])
        wait_for_more(statuses, 100)

    assert set(statuses) == {200}
    assert values(replicas, "gateway_redis_disconnects_total") == [1, 1]
    assert all("Redis unavailable" in gateway.output for gateway in replicas.gateways)
