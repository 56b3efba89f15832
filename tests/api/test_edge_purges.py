"""Purges of the edge cache after updates, and updates while the purge API fails."""

import asyncio
import logging

import pytest

from gateway.sandbox import Fault, players
from tests.support.edge_cache import response, serve_purge_api
from tests.support.gateway import start_gateway
from tests.support.operations import HISCORES, LATEST, UPDATE
from tests.support.waiting import eventually

AMEO = str(players.AMEO)
TAG = f"user-{AMEO}-osu"


@pytest.fixture
async def api():
    async with serve_purge_api() as running:
        yield running


@pytest.fixture
def settings(api):
    return api.settings


async def samples(gateway):
    lines = (await gateway.http.get("/metrics")).text.splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if line.startswith("gateway_purge") and "_created" not in line)
    return {name.removeprefix("gateway_"): float(value) for name, value in pairs}


async def test_update_causes_one_purge(gateway, api):
    await gateway.ask(UPDATE, id=AMEO)
    await eventually(lambda: gateway.parts.purger.tally["ok"] == 1)
    assert [TAG in purge.tags for purge in api.purges] == [True]
    assert await samples(gateway) == {
        'purges_total{outcome="ok"}': 1,
        'purges_total{outcome="failed"}': 0,
        "purge_tags_waiting": 0,
        "purge_tags_dropped_total": 0,
    }


async def test_tags_of_responses_are_purged(gateway, api):
    query = f'{{ user(id: "{AMEO}") {{ username stats {{ latest {{ pp }} }} }} }}'
    for _ in range(2):
        cached = await gateway.http.get("/graphql", params={"query": query})
    await gateway.ask(UPDATE, id=AMEO)
    await eventually(lambda: len(api.purges) == 1)
    assert set(cached.headers["Cache-Tag"].split(",")) <= api.purges[0].tags


async def test_update_with_unknown_outcome_causes_a_purge(gateway, api):
    gateway.sandbox.faults = (Fault(kind="status", status=500),)
    assert "errors" in await gateway.send(UPDATE, id=AMEO)
    await eventually(lambda: len(api.purges) == 1)
    assert TAG in api.purges[0].tags


async def test_reads_and_refused_updates_purge_nothing(gateway, api):
    await gateway.ask(UPDATE, id=AMEO)
    await eventually(lambda: len(api.purges) == 1)
    await gateway.ask(UPDATE, id=AMEO)
    await gateway.ask(LATEST, id=AMEO)
    await gateway.ask(HISCORES, id="2")
    await asyncio.sleep(0.3)
    assert len(api.purges) == 1


@pytest.mark.parametrize("answer", [None, b"", b"garbage", response(500), response(403, b"{}")])
async def test_failing_edge_delays_no_update(gateway, api, caplog, answer):
    api.answer = answer
    with caplog.at_level(logging.DEBUG):
        data = await gateway.ask(UPDATE, id=AMEO)
        await gateway.ask(LATEST, id=AMEO)
        assert gateway.parts.purger.tally["failed"] == 0
        await eventually(lambda: len(api.purges) >= 1)
    assert data["updateUser"]["__typename"] == "UpdateUserSuccess"
    assert "secret-token" not in caplog.text


async def test_failures_are_counted(gateway, api):
    api.answer = response(500)
    await gateway.ask(UPDATE, id=AMEO)
    await eventually(lambda: gateway.parts.purger.tally["failed"] == 1)
    found = await samples(gateway)
    assert (found['purges_total{outcome="failed"}'], found["purge_tags_waiting"] > 1) == (1, True)


async def test_end_of_process_sends_the_last_purge(clock, api):
    async with start_gateway(api.settings, clock=clock) as gateway:
        await gateway.ask(UPDATE, id=AMEO)
    assert [TAG in purge.tags for purge in api.purges] == [True]


async def test_no_edge_means_no_purge_metrics(clock):
    async with start_gateway(clock=clock) as gateway:
        await gateway.ask(UPDATE, id=AMEO)
        assert {name: value for name, value in (await samples(gateway)).items() if value} == {}
