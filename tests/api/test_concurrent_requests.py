"""Concurrent equal queries share one execution; each client has its own response, and no client's failure spreads."""

import asyncio

import pytest

from gateway.sandbox import Fault
from gateway.web.cache.flights import MAX_WAIT_S
from tests.support.event_loop import run_ready_tasks

QUERY = '{ user(id: "2") { stats { latest { pp } } } }'
PERSONAL = '{ rateLimit { remaining } user(id: "2") { stats { latest { pp } } } }'
PATH = "/stats_history"
ERROR = Fault(kind="status", status=500, times=1)
COUNT = 20


def start(gateway, count=COUNT, query=QUERY):
    return [asyncio.create_task(gateway.post(query)) for _ in range(count)]


def codes(response):
    return [error["extensions"]["code"] for error in response.json().get("errors", [])]


def charges(responses):
    return [response.json()["extensions"]["cost"]["charged"] for response in responses]


class TestWithPoints:
    @pytest.fixture
    def settings(self):
        return {"client_points": 10, "client_points_per_minute": 10}

    async def test_equal_queries_share_one_execution(self, gateway, request_log):
        responses = await asyncio.gather(*start(gateway))
        assert gateway.parts.engine.tally.total() == 1
        assert len(gateway.upstream_queries(PATH)) == 1
        assert len({str(response.json()["data"]) for response in responses}) == 1
        assert len({response.headers["X-Request-ID"] for response in responses}) == COUNT
        assert sorted(record["cache"] for record in request_log) == ["hit"] * (COUNT - 1) + ["miss"]

    async def test_first_client_pays_and_the_others_are_free(self, gateway):
        responses = await asyncio.gather(*start(gateway))
        assert sorted(charges(responses)) == [0] * (COUNT - 1) + [1]
        assert [response.headers["RateLimit"] for response in responses if "RateLimit" in response.headers] == [
            '"points";r=9;t=6'
        ]

    async def test_get_requests_share_an_execution(self, gateway):
        gets = [gateway.http.get("/graphql", params={"query": QUERY}) for _ in range(COUNT)]
        responses = await asyncio.gather(*gets)
        assert gateway.parts.engine.tally.total() == 1
        assert sum("ETag" in response.headers for response in responses) == COUNT - 1


class TestWithoutResponseCache:
    @pytest.fixture
    def settings(self):
        return {"response_cache_max_bytes": 0}

    async def test_equal_queries_are_executed_on_the_loaded_data(self, gateway):
        responses = await asyncio.gather(*start(gateway))
        assert sorted(charges(responses)) == [0] * (COUNT - 1) + [1]


async def test_duration_includes_the_wait(gateway, request_log):
    gateway.sandbox.faults = (Fault(kind="latency", seconds=0.1),)
    await asyncio.gather(*start(gateway, 2))
    assert [record["cache"] for record in request_log] == ["miss", "hit"]
    assert min(record["duration_ms"] for record in request_log) > 90


async def test_personal_query_waits_for_no_other(gateway):
    gateway.sandbox.faults = (Fault(kind="latency", seconds=0.05),)
    tasks = start(gateway, 2, PERSONAL)
    await run_ready_tasks()
    assert gateway.parts.engine.prepare(PERSONAL, {}, None).operation.uses == 2
    await asyncio.gather(*tasks)


async def test_updates_are_not_shared_by_responses(gateway):
    mutation = 'mutation { updateUser(id: "2") { __typename } }'
    await asyncio.gather(*start(gateway, 2, mutation))
    assert gateway.parts.engine.tally.total() == 2


async def test_disconnect_of_the_first_client_fails_no_other(gateway):
    gateway.sandbox.faults = (Fault(kind="latency", seconds=0.1),)
    first, *others = start(gateway, 5)
    await run_ready_tasks()
    first.cancel()
    responses = await asyncio.gather(*others)
    assert [codes(response) for response in responses] == [[]] * 4


async def test_failure_is_reported_to_one_client_only(gateway):
    gateway.sandbox.faults = (ERROR,)
    first, *others = await asyncio.gather(*start(gateway, 5))
    assert codes(first) == ["UPSTREAM_UNAVAILABLE"]
    assert [codes(response) for response in others] == [[]] * 4


async def test_failures_do_not_delay_one_another(gateway):
    gateway.sandbox.faults = (Fault(kind="status", status=500),)
    responses = await asyncio.gather(*start(gateway, 5))
    errors = [response.json()["errors"][0]["extensions"] for response in responses]
    assert len({error["requestId"] for error in errors}) == 5
    # One of the first client, and one that the others share.
    assert len(gateway.upstream_queries(PATH)) == 2


async def test_slow_execution_is_waited_for_briefly(gateway, loop_clock):
    gateway.sandbox.faults = (Fault(kind="hang"),)
    tasks = start(gateway, 3)
    operation = gateway.parts.engine.prepare(QUERY, {}, None).operation
    await run_ready_tasks()
    assert operation.uses == 1
    loop_clock.move(MAX_WAIT_S)
    await run_ready_tasks()
    assert operation.uses == 3
    # They have joined the request to osu!track.
    assert len(gateway.upstream_queries(PATH)) == 1
    while not all(task.done() for task in tasks):
        loop_clock.move(1)
        await run_ready_tasks()
