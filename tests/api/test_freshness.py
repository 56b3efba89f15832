"""Freshness of cached data, background refreshes, and eviction."""

import asyncio

import pytest

from gateway.sandbox import Fault, players
from tests.support.clock import HOUR_S, MINUTE_S
from tests.support.operations import HISCORES, LATEST, PEAK
from tests.support.waiting import eventually

SNAPSHOTS = "query($id: ID!) { user(id: $id) { stats { snapshots { at pp playCount } } } }"
BY_NAME = """{ hiscoresByUsername(username: "nobody") { totalCount } }"""


async def test_fresh_value_causes_no_request(gateway):
    await gateway.ask(LATEST, id="1001")
    gateway.clock.move(9 * MINUTE_S)
    await gateway.ask(LATEST, id="1001")
    assert gateway.sandbox.count() == 1


async def test_refresh_requests_from_the_second_newest_row(gateway):
    rows = (await gateway.ask(SNAPSHOTS, id="131464"))["user"]["stats"]["snapshots"]
    gateway.clock.move(HOUR_S)
    await gateway.ask(SNAPSHOTS, id="131464")
    await gateway.finish_refreshes()
    assert gateway.upstream_queries("/stats_history") == [
        {"user": "131464", "mode": "0"},
        {"user": "131464", "mode": "0", "from": rows[-2]["at"]},
    ]
    assert (await gateway.ask(SNAPSHOTS, id="131464"))["user"]["stats"]["snapshots"] == rows


async def test_moved_newest_row_replaces_the_old_one(gateway):
    before = (await gateway.ask(SNAPSHOTS, id=str(players.EQUAL_LAST_ROWS)))["user"]["stats"]["snapshots"]
    gateway.clock.move(HOUR_S)
    await gateway.ask(f"mutation {{ updateUser(id: {players.EQUAL_LAST_ROWS}) {{ __typename }} }}")
    after = (await gateway.ask(SNAPSHOTS, id=str(players.EQUAL_LAST_ROWS)))["user"]["stats"]["snapshots"]
    assert len(after) == len(before)
    assert after[:-1] == before[:-1]
    assert after[-1]["at"] > before[-1]["at"]


async def test_full_history_is_requested_daily(gateway):
    await gateway.ask(LATEST, id="131464")
    gateway.clock.move(23 * HOUR_S)
    await gateway.ask(LATEST, id="131464")
    await gateway.finish_refreshes()
    gateway.clock.move(2 * HOUR_S)
    await gateway.ask(LATEST, id="131464")
    await gateway.finish_refreshes()
    assert ["from" in query for query in gateway.upstream_queries("/stats_history")] == [False, True, False]


async def test_expired_value_is_requested_before_the_response(gateway):
    await gateway.ask(LATEST, id="1001")
    gateway.clock.move(25 * HOUR_S)
    response = await gateway.send(LATEST, id="1001")
    assert "warnings" not in response["extensions"]
    assert gateway.sandbox.count() == 2


async def test_empty_history_is_cached(gateway):
    await gateway.ask(LATEST, id="4040404")
    await gateway.ask(LATEST, id="4040404")
    assert gateway.sandbox.count() == 1


async def test_empty_hiscores_are_never_refreshed_in_background(gateway):
    await gateway.ask(HISCORES, id=str(players.NO_PLAYS))
    gateway.clock.move(14 * MINUTE_S)
    await gateway.ask(HISCORES, id=str(players.NO_PLAYS))
    assert len(gateway.sandbox.side_effects) == 1
    gateway.clock.move(2 * MINUTE_S)
    response = await gateway.send(HISCORES, id=str(players.NO_PLAYS))
    assert "warnings" not in response["extensions"]
    assert len(gateway.sandbox.side_effects) == 2


async def test_unknown_name_is_never_refreshed_in_background(gateway):
    await gateway.error(BY_NAME)
    gateway.clock.move(16 * MINUTE_S)
    response = await gateway.send(BY_NAME)
    assert response["errors"][0]["extensions"]["code"] == "USER_NOT_FOUND"
    assert "warnings" not in response["extensions"]
    assert gateway.sandbox.count() == 2


async def test_unchanged_hiscores_are_revalidated_without_a_body(gateway):
    await gateway.ask(HISCORES, id="2")
    sent = gateway.sandbox.bytes_sent
    gateway.clock.move(HOUR_S)
    await gateway.ask(HISCORES, id="2")
    await gateway.finish_refreshes()
    assert (gateway.sandbox.count("/hiscores"), gateway.sandbox.bytes_sent) == (2, sent)


async def test_peak_is_derived_from_a_cached_history(gateway):
    peak = (await gateway.ask(PEAK, id="1001"))["user"]["stats"]["peak"]
    gateway.clock.move(25 * HOUR_S)
    await gateway.ask(LATEST, id="1001")
    assert (await gateway.ask(PEAK, id="1001"))["user"]["stats"]["peak"] == peak
    assert gateway.sandbox.count("/peak") == 1


async def test_peak_rank_zero_is_derived_from_the_history(gateway):
    peak = (await gateway.ask(PEAK, id=str(players.UNRANKED)))["user"]["stats"]["peak"]
    ranks = [row.pp_rank for row in gateway.sandbox.database.snapshots(players.UNRANKED, 0)]
    assert min(ranks) == 0
    assert peak["globalRank"] == min(rank for rank in ranks if rank)


async def test_load_overtaken_by_an_update_is_discarded(gateway):
    gateway.sandbox.faults = (Fault(kind="latency", seconds=0.2, path="/stats_history", times=1),)
    reading = asyncio.ensure_future(gateway.ask(LATEST, id="1001"))
    await eventually(lambda: gateway.sandbox.count() == 1)
    gateway.clock.move(1)
    await gateway.ask("mutation { updateUser(id: 1001) { __typename } }")
    newest = gateway.sandbox.database.snapshots(1001, 0)[-1].pp_raw
    assert (await reading)["user"]["stats"]["latest"]["pp"] == newest
    assert (await gateway.ask(LATEST, id="1001"))["user"]["stats"]["latest"]["pp"] == newest


async def test_cancelled_request_keeps_the_shared_load(gateway):
    gateway.sandbox.faults = (Fault(kind="latency", seconds=0.2),)
    first, second = (asyncio.ensure_future(gateway.ask(LATEST, id="1001")) for _ in range(2))
    await eventually(lambda: gateway.sandbox.count() == 1)
    first.cancel()
    assert (await second)["user"]["stats"]["latest"]
    assert gateway.sandbox.count() == 1


class TestSmallCache:
    @pytest.fixture
    def settings(self):
        return {"cache_max_bytes": 200_000}

    async def test_oversized_value_is_served_but_not_cached(self, gateway):
        rows = (await gateway.ask(SNAPSHOTS, id="2"))["user"]["stats"]["snapshots"]
        await gateway.ask(LATEST, id="2")
        assert len(rows) == 5000
        assert gateway.sandbox.count() == 2

    async def test_least_recently_used_value_is_evicted_first(self, gateway):
        cache = gateway.parts.tracker.cache
        for user in range(1001, 1041):
            await gateway.ask(LATEST, id="1001")
            await gateway.ask(LATEST, id=str(user))
        assert cache.evictions > 0
        assert cache.used_bytes <= 200_000
        assert len([query for query in gateway.upstream_queries("/stats_history") if query["user"] == "1001"]) == 1


async def test_close_ends_a_hanging_request_at_once(gateway):
    gateway.sandbox.faults = (Fault(kind="hang"),)
    reading = asyncio.ensure_future(gateway.send(LATEST, id="1001"))
    await eventually(lambda: gateway.sandbox.count() == 1)
    reading.cancel()
    async with asyncio.timeout(2):
        await gateway.parts.close()
