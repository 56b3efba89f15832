"""What operators see: probes, and metrics that tell what happened."""

import json
import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from gateway.sandbox import Fault
from tests.support import recordings

OPERATIONS = (Path(__file__).parents[2] / "docs/operations.md").read_text()
QUERY = '{ user(id: "2") { stats { latest { pp } snapshots { at pp } } } }'


async def metrics(gateway):
    """Each sample by its name and the values of its labels, by the labels' names."""
    answer = await gateway.http.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain")
    samples = (sample for family in text_string_to_metric_families(answer.text) for sample in family.samples)
    return {(sample.name, *sample.labels.values()): sample.value for sample in samples}


async def test_it_is_alive_and_ready(gateway):
    assert (await gateway.http.get("/healthz")).json() == {"status": "alive"}
    ready = (await gateway.http.get("/readyz")).json()
    assert ready == {
        "status": "ready",
        "upstream": "UP",
        "servingFrom": "osu!track and cache",
        "redis": "not configured",
    }


async def test_it_is_ready_to_serve_of_its_memory_when_osu_track_is_down(gateway):
    gateway.sandbox.faults = (Fault(kind="status", status=500),)
    for user in range(1001, 1012):
        await gateway.send(QUERY.replace('"2"', f'"{user}"'))
    ready = await gateway.http.get("/readyz")
    assert (ready.status_code, ready.json()["servingFrom"]) == (200, "cache")
    assert (await metrics(gateway))["gateway_upstream_state", "DOWN"] == 1


async def test_requests_are_counted_by_operation_outcome_and_cache(gateway):
    await gateway.ask(QUERY)
    await gateway.error("{ nobody }")
    await gateway.ask('mutation { updateUser(id: "2") { __typename } }')
    await gateway.send('{ status { upstream } hiscoresByUsername(username: "nobody_here") { totalCount } }')
    seen = await metrics(gateway)
    assert seen["gateway_requests_total", "miss", "query", "ok"] == 1
    assert seen["gateway_requests_total", "miss", "none", "refused"] == 1
    assert seen["gateway_requests_total", "miss", "mutation", "ok"] == 1
    assert seen["gateway_requests_total", "miss", "query", "errors"] == 1
    assert seen["gateway_request_duration_seconds_count", "query"] == 2


async def test_what_is_sent_again_is_counted_as_a_hit_and_takes_no_time(gateway):
    before = await metrics(gateway)
    for _ in range(5):
        await gateway.ask(QUERY)
    seen = await metrics(gateway)
    assert before["gateway_requests_total", "hit", "query", "ok"] == 0
    assert seen["gateway_requests_total", "hit", "query", "ok"] == 3
    assert seen["gateway_requests_total", "miss", "query", "ok"] == 2
    assert seen["gateway_request_duration_seconds_count", "query"] == 2


async def test_requests_to_osu_track_are_counted_by_endpoint_and_outcome(gateway):
    await gateway.ask(QUERY)
    gateway.sandbox.faults = (Fault(kind="status", status=500),)
    await gateway.send(QUERY.replace('"2"', '"1001"'))
    seen = await metrics(gateway)
    assert seen["gateway_upstream_requests_total", "/stats_history", "ok"] == 1
    assert seen["gateway_upstream_requests_total", "/stats_history", "UPSTREAM_UNAVAILABLE"] == 1


@pytest.mark.parametrize(
    "fault, outcome",
    [
        (Fault(kind="garbage", body="[[]]"), "UPSTREAM_INVALID_RESPONSE"),
        (Fault(kind="status", status=400), "UPSTREAM_REJECTED"),
    ],
)
async def test_an_answer_that_makes_no_sense_is_counted_as_such(gateway, fault, outcome):
    gateway.sandbox.faults = (fault,)
    await gateway.send(QUERY)
    assert (await metrics(gateway))["gateway_upstream_requests_total", "/stats_history", outcome] == 1


async def test_rows_that_can_not_be_read_are_counted(gateway):
    rows = [*recordings.rows("stats_history_pp_rank_zero"), {"pp_raw": 1}, {"pp_raw": 2}]
    gateway.sandbox.faults = (Fault(kind="garbage", body=json.dumps(rows)),)
    await gateway.send(QUERY)
    assert (await metrics(gateway))["gateway_upstream_rows_dropped_total", "/stats_history"] == 2


async def test_what_is_remembered_is_counted(gateway):
    for _ in range(3):
        await gateway.ask(QUERY)
    gateway.clock.move(700)
    await gateway.ask(QUERY)
    seen = await metrics(gateway)
    assert seen["gateway_records_served_total", "loaded", "history"] == 1
    assert seen["gateway_records_served_total", "fresh", "history"] == 1
    assert seen["gateway_records_served_total", "stale", "history"] == 1
    assert seen["gateway_fast_lists_total", "fast"] == 3
    assert seen["gateway_cache_entries", "records"] == 1
    assert seen["gateway_cache_bytes", "records"] > 10**6


class TestWithBudgets:
    @pytest.fixture
    def settings(self):
        return {"reads_per_minute": 50}

    async def test_what_is_left_of_a_budget_is_told_where_there_is_a_limit(self, gateway):
        await gateway.ask(QUERY)
        left = {name: value for name, value in (await metrics(gateway)).items() if "budget" in name[0]}
        assert left == {("gateway_upstream_budget_remaining", "reads"): 49}


async def test_documentation_lists_exactly_the_exposed_metrics(gateway):
    text = (await gateway.http.get("/metrics")).text
    names = set(re.findall(r"^# TYPE (gateway_\w+) (?:counter|gauge|histogram)$", text, re.MULTILINE))
    created = {name for name in names if name.endswith("_created")}
    assert set(re.findall(r"^\| `(gateway_\w+)` \|", OPERATIONS, re.MULTILINE)) == names - created
