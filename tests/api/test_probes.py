"""Probes and metrics for operators."""

import json
import re
from importlib.metadata import version
from pathlib import Path
from platform import python_version

import pytest
from prometheus_client.parser import text_string_to_metric_families

from gateway.osutrack.diagnosis import REMEDIES
from gateway.sandbox import Fault
from tests.support import recordings

OPERATIONS = (Path(__file__).parents[2] / "docs/operations.md").read_text()
QUERY = '{ user(id: "2") { stats { latest { pp } snapshots { at pp } } } }'


async def metrics(gateway):
    """Each sample by its name and label values, ordered by label name."""
    response = await gateway.http.get("/metrics")
    assert response.headers["Content-Type"].startswith("text/plain")
    samples = (sample for family in text_string_to_metric_families(response.text) for sample in family.samples)
    return {(sample.name, *sample.labels.values()): sample.value for sample in samples}


async def test_gateway_is_alive_and_ready(gateway):
    assert (await gateway.http.get("/healthz")).json() == {"status": "alive"}
    ready = (await gateway.http.get("/readyz")).json()
    assert ready == {
        "status": "ready",
        "upstream": "UP",
        "causes": {},
        "retryAfterSeconds": {},
        "servingFrom": "osu!track and cache",
        "redis": "not configured",
    }


async def test_gateway_is_ready_while_osutrack_is_down(gateway):
    gateway.sandbox.faults = (Fault(kind="status", status=500),)
    for user in range(1001, 1012):
        await gateway.send(QUERY.replace('"2"', f'"{user}"'))
    ready = await gateway.http.get("/readyz")
    assert (ready.status_code, ready.json()["servingFrom"]) == (200, "cache")
    assert ready.json()["retryAfterSeconds"] == {"reads": 30}
    assert ready.json()["causes"] == {"reads": "osu!track failed (status 500). " + REMEDIES["server_error"]}
    values = await metrics(gateway)
    assert values["gateway_upstream_state", "reads", "DOWN"] == 1
    assert values["gateway_upstream_failures_total", "reads", "server_error"] == 10
    assert values["gateway_upstream_failures_total", "updates", "dns"] == 0


async def test_requests_are_counted_by_operation_outcome_and_cache(gateway):
    await gateway.ask(QUERY)
    await gateway.error("{ nobody }")
    await gateway.ask('mutation { updateUser(id: "2") { __typename } }')
    await gateway.send('{ status { upstream } hiscoresByUsername(username: "nobody_here") { totalCount } }')
    values = await metrics(gateway)
    assert values["gateway_requests_total", "miss", "query", "ok"] == 1
    assert values["gateway_requests_total", "miss", "none", "refused"] == 1
    assert values["gateway_requests_total", "miss", "mutation", "ok"] == 1
    assert values["gateway_requests_total", "miss", "query", "errors"] == 1
    assert values["gateway_request_duration_seconds_count", "query"] == 2


async def test_cache_hits_are_counted_without_duration(gateway):
    before = await metrics(gateway)
    for _ in range(5):
        await gateway.ask(QUERY)
    values = await metrics(gateway)
    assert before["gateway_requests_total", "hit", "query", "ok"] == 0
    assert values["gateway_requests_total", "hit", "query", "ok"] == 3
    assert values["gateway_requests_total", "miss", "query", "ok"] == 2
    assert values["gateway_request_duration_seconds_count", "query"] == 2


async def test_upstream_requests_are_counted_by_endpoint_and_outcome(gateway):
    await gateway.ask(QUERY)
    gateway.sandbox.faults = (Fault(kind="status", status=500),)
    await gateway.send(QUERY.replace('"2"', '"1001"'))
    values = await metrics(gateway)
    assert values["gateway_upstream_requests_total", "/stats_history", "ok"] == 1
    assert values["gateway_upstream_requests_total", "/stats_history", "UPSTREAM_UNAVAILABLE"] == 1


@pytest.mark.parametrize(
    "fault, outcome",
    [
        (Fault(kind="garbage", body="[[]]"), "UPSTREAM_INVALID_RESPONSE"),
        (Fault(kind="status", status=400), "UPSTREAM_REJECTED"),
    ],
)
async def test_invalid_upstream_responses_are_counted_by_code(gateway, fault, outcome):
    gateway.sandbox.faults = (fault,)
    await gateway.send(QUERY)
    assert (await metrics(gateway))["gateway_upstream_requests_total", "/stats_history", outcome] == 1


async def test_invalid_rows_are_counted(gateway):
    rows = [*recordings.rows("stats_history_pp_rank_zero"), {"pp_raw": 1}, {"pp_raw": 2}]
    gateway.sandbox.faults = (Fault(kind="garbage", body=json.dumps(rows)),)
    await gateway.send(QUERY)
    assert (await metrics(gateway))["gateway_upstream_rows_dropped_total", "/stats_history"] == 2


async def test_store_reads_and_cache_size_are_counted(gateway):
    for _ in range(3):
        await gateway.ask(QUERY)
    gateway.clock.move(700)
    await gateway.ask(QUERY)
    await gateway.finish_refreshes()
    gateway.sandbox.faults = (Fault(kind="status", status=500),)
    gateway.clock.move(1200)
    await gateway.ask(QUERY)
    values = await metrics(gateway)
    assert values["gateway_records_served_total", "loaded", "history"] == 1
    assert values["gateway_records_served_total", "fresh", "history"] == 1
    assert values["gateway_records_served_total", "revalidating", "history"] == 1
    assert values["gateway_records_served_total", "stale", "history"] == 1
    assert values["gateway_executed_operations_total", "lists"] == 1
    assert values["gateway_executed_operations_total", "compiled"] == 3
    assert values["gateway_cache_entries", "records"] == 1
    assert values["gateway_cache_bytes", "records"] > 10**6
    assert values["gateway_cache_bytes", "documents"] > 1000
    assert values["gateway_cache_bytes", "programs"] > 1000
    assert values["gateway_cache_bytes", "persisted"] == 0


class TestWithBudgets:
    @pytest.fixture
    def settings(self):
        return {"reads_per_minute": 50}

    async def test_budget_is_reported_if_limited(self, gateway):
        gateway.clock.move(61)
        await gateway.ask(QUERY)
        remaining = {name: value for name, value in (await metrics(gateway)).items() if "budget" in name[0]}
        assert remaining == {
            ("gateway_upstream_budget_remaining", "reads"): 49,
            ("gateway_upstream_budget_per_minute", "reads"): 50,
            ("gateway_upstream_budget_setting_per_minute", "reads"): 50,
        }


async def test_documentation_lists_exactly_the_exposed_metrics(gateway):
    text = (await gateway.http.get("/metrics")).text
    names = set(re.findall(r"^# TYPE (gateway_\w+) (?:counter|gauge|histogram)$", text, re.MULTILINE))
    created = {name for name in names if name.endswith("_created")}
    assert set(re.findall(r"^\| `(gateway_\w+)` \|", OPERATIONS, re.MULTILINE)) == names - created


async def test_refusals_are_counted_by_error_code(gateway):
    await gateway.error("{ nobody }")
    await gateway.error("{")
    values = await metrics(gateway)
    assert values["gateway_error_codes_total", "GRAPHQL_VALIDATION_FAILED"] == 1
    assert values["gateway_error_codes_total", "GRAPHQL_PARSE_FAILED"] == 1
    assert values["gateway_error_codes_total", "RATE_LIMITED"] == 0


async def test_build_and_process_are_described(gateway):
    values = await metrics(gateway)
    assert values["gateway_build_info", python_version(), version("osutrack-gateway")] == 1
    assert values["gateway_replicas",] == 1
    assert values["process_resident_memory_bytes",] > 2**24
    assert values["process_cpu_seconds_total",] > 0


@pytest.mark.parametrize("settings", [{"reads_per_minute": 8}])
async def test_lowered_budget_is_below_its_setting(gateway):
    gateway.sandbox.faults = (Fault(kind="status", status=429),)
    await gateway.send(QUERY)
    values = await metrics(gateway)
    assert values["gateway_upstream_budget_setting_per_minute", "reads"] == 8
    assert values["gateway_upstream_budget_per_minute", "reads"] < 8
