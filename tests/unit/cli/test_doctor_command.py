"""The command `doctor`: its player, output and exit code."""

import json
import os

import httpx
import pytest
from redis import Redis

from gateway.__main__ import main
from gateway.cli.commands import run_sandbox
from gateway.sandbox import players
from tests.support.redis_server import redis_server


@pytest.fixture
def upstream(monkeypatch):
    with run_sandbox() as url:
        monkeypatch.setenv("GATEWAY_UPSTREAM_URL", url)
        yield


@pytest.mark.parametrize("text", ["", "0", "-1", "2.0", "0x2", "peppy", "²", "2147483648"])
def test_invalid_user_is_a_usage_error(text, capsys):
    with pytest.raises(SystemExit) as exit_:
        main(["doctor", "--user", text])
    assert exit_.value.code == 2
    assert "must be a numeric osu! user ID" in capsys.readouterr().err


@pytest.mark.usefixtures("upstream")
def test_each_endpoint_is_reported_on_one_line(capsys):
    assert main(["doctor", "--user", str(players.AMEO)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{path}: as expected" for path in ("/bestplays", "/stats_history", "/peak", "/hiscores", "settings")
    ]


@pytest.mark.usefixtures("upstream")
def test_unknown_grade_causes_exit_code_1(capsys):
    assert main(["doctor", "--user", str(players.UNKNOWN_VALUES)]) == 1
    assert capsys.readouterr().out.splitlines()[3] == "/hiscores: `rank` has unknown grades: 'P'"


@pytest.mark.usefixtures("upstream")
def test_json_has_a_list_of_findings_per_endpoint(capsys):
    assert main(["doctor", "--json", "--user", str(players.UNKNOWN_VALUES)]) == 1
    assert json.loads(capsys.readouterr().out) == {
        "/bestplays": [],
        "/stats_history": [],
        "/peak": [],
        "/hiscores": ["`rank` has unknown grades: 'P'"],
        "settings": [],
    }


@pytest.mark.usefixtures("upstream")
def test_risky_setting_is_a_finding(monkeypatch, capsys):
    monkeypatch.setenv("GATEWAY_TRUSTED_PROXIES", "0.0.0.0/0")
    assert main(["doctor"]) == 1
    assert "settings: GATEWAY_TRUSTED_PROXIES: 0.0.0.0/0 trusts everyone" in capsys.readouterr().out


@pytest.mark.usefixtures("upstream")
def test_unreachable_redis_and_edge_cache_are_findings(monkeypatch, capsys):
    monkeypatch.setenv("GATEWAY_REDIS_URL", "redis://:secret@127.0.0.1:1")
    monkeypatch.setenv("GATEWAY_PURGE_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("GATEWAY_PURGE_KIND", "varnish")
    assert main(["doctor", "--json"]) == 1
    output = capsys.readouterr().out
    findings = json.loads(output)
    assert "Redis does not respond" in findings["redis"][0]
    assert "http://127.0.0.1:1 refused the connection" in findings["purge"][0]
    assert "secret" not in output


@pytest.mark.usefixtures("upstream")
@pytest.mark.parametrize("policy, findings", [("volatile-lru", 0), ("allkeys-lru", 1), ("noeviction", 1)])
def test_eviction_policy_of_redis_is_checked(monkeypatch, capsys, tmp_path, policy, findings):
    limit = ("--port", "{port}", "--maxmemory", "100mb", "--maxmemory-policy", policy)
    with redis_server(tmp_path, *limit) as redis:
        monkeypatch.setenv("GATEWAY_REDIS_URL", redis.url)
        assert main(["doctor", "--json"]) == findings
    assert len(json.loads(capsys.readouterr().out)["redis"]) == findings


@pytest.mark.usefixtures("upstream")
def test_requests_after_a_429_are_not_checked(monkeypatch, capsys):
    faults = [{"kind": "rate_limit", "retry_after": "60", "times": 1}]
    httpx.put(f"{os.environ['GATEWAY_UPSTREAM_URL']}/_sandbox/faults", json=faults)
    assert main(["doctor", "--json"]) == 1
    findings = json.loads(capsys.readouterr().out)
    assert findings["/bestplays"][0].startswith("osu!track's rate limit is reached. Wait")
    assert findings["/bestplays"][0].endswith("Retry in 60 s.")
    paused = "not checked: Requests for reads are paused, as their rate limit is reached. Retry in 60 s."
    assert findings["/stats_history"] == findings["/peak"] == [paused]


@pytest.mark.usefixtures("upstream")
def test_pauses_of_running_gateways_are_findings(monkeypatch, tmp_path, capsys):
    with redis_server(tmp_path) as server:
        monkeypatch.setenv("GATEWAY_REDIS_URL", server.url)
        with Redis.from_url(server.url) as redis:
            redis.set("osutrack-gateway:budget:reads:paused", 0, px=30_000)
            redis.set("osutrack-gateway:budget:updates:lowered", 1, px=3_000_000)
        assert main(["doctor", "--json"]) == 1
    reads, updates = json.loads(capsys.readouterr().out)["redis"]
    assert reads.startswith("the budget for reads is paused for ")
    assert updates.startswith("the budget for updates is lowered to 1 requests a minute for ")
