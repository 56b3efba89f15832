"""What is remembered, for how long, and how little is asked of osu!track to keep it so."""

import asyncio
import time

import pytest
import stamina

from gateway.sandbox import Fault, players

LATEST = "query($id: ID!) { user(id: $id) { stats { latest { at pp } } } }"
SNAPSHOTS = "query($id: ID!) { user(id: $id) { stats { snapshots { at pp playCount } } } }"
PEAK = "query($id: ID!) { user(id: $id) { stats { peak { globalRank accuracy } } } }"
HISCORES = "query($id: ID!) { user(id: $id) { stats { hiscores { totalCount } } } }"
BY_NAME = """{ hiscoresByUsername(username: "nobody") { totalCount } }"""
MIN_S, HOUR_S = 60, 3600


@pytest.fixture(autouse=True)
def at_once():
    with stamina.set_testing(testing=True, attempts=1):
        yield


def asked(gateway, path="/stats_history"):
    return [request.query for request in gateway.sandbox.requests if request.path == path]


async def test_what_is_fresh_is_not_asked_for_again(gateway):
    await gateway.ask(LATEST, id="1001")
    gateway.clock.move(9 * MIN_S)
    await gateway.ask(LATEST, id="1001")
    assert gateway.sandbox.count() == 1


async def test_what_is_stale_is_served_with_its_age_and_refreshed_once_behind(gateway):
    await gateway.ask(LATEST, id="1001")
    gateway.clock.move(HOUR_S)
    answers = await asyncio.gather(*(gateway.send(LATEST, id="1001") for _ in range(20)))
    await gateway.finish_refreshes()
    assert {answer["extensions"]["warnings"][0]["ageSeconds"] for answer in answers} == {HOUR_S}
    assert gateway.sandbox.count() == 2
    assert "warnings" not in (await gateway.send(LATEST, id="1001"))["extensions"]


async def test_a_refresh_asks_for_the_rows_from_the_last_but_one(gateway):
    rows = (await gateway.ask(SNAPSHOTS, id="131464"))["user"]["stats"]["snapshots"]
    gateway.clock.move(HOUR_S)
    await gateway.ask(SNAPSHOTS, id="131464")
    await gateway.finish_refreshes()
    assert asked(gateway) == [{"user": "131464", "mode": "0"}, {"user": "131464", "mode": "0", "from": rows[-2]["at"]}]
    assert (await gateway.ask(SNAPSHOTS, id="131464"))["user"]["stats"]["snapshots"] == rows


async def test_a_newest_row_that_has_moved_is_followed(gateway):
    before = (await gateway.ask(SNAPSHOTS, id=str(players.EQUAL_LAST_ROWS)))["user"]["stats"]["snapshots"]
    gateway.clock.move(HOUR_S)
    await gateway.ask(f"mutation {{ updateUser(id: {players.EQUAL_LAST_ROWS}) {{ __typename }} }}")
    after = (await gateway.ask(SNAPSHOTS, id=str(players.EQUAL_LAST_ROWS)))["user"]["stats"]["snapshots"]
    assert len(after) == len(before)
    assert after[:-1] == before[:-1]
    assert after[-1]["at"] > before[-1]["at"]


async def test_once_a_day_a_history_is_read_whole(gateway):
    await gateway.ask(LATEST, id="131464")
    gateway.clock.move(23 * HOUR_S)
    await gateway.ask(LATEST, id="131464")
    await gateway.finish_refreshes()
    gateway.clock.move(2 * HOUR_S)
    await gateway.ask(LATEST, id="131464")
    await gateway.finish_refreshes()
    assert ["from" in query for query in asked(gateway)] == [False, True, False]


async def test_what_is_too_old_is_asked_for_before_the_answer(gateway):
    await gateway.ask(LATEST, id="1001")
    gateway.clock.move(25 * HOUR_S)
    answer = await gateway.send(LATEST, id="1001")
    assert "warnings" not in answer["extensions"]
    assert gateway.sandbox.count() == 2


async def test_that_there_is_nothing_is_remembered_too(gateway):
    await gateway.ask(LATEST, id="4040404")
    await gateway.ask(LATEST, id="4040404")
    assert gateway.sandbox.count() == 1


async def test_an_empty_list_of_hiscores_is_never_asked_for_behind_an_answer(gateway):
    await gateway.ask(HISCORES, id=str(players.NO_PLAYS))
    gateway.clock.move(14 * MIN_S)
    await gateway.ask(HISCORES, id=str(players.NO_PLAYS))
    assert len(gateway.sandbox.side_effects) == 1
    gateway.clock.move(2 * MIN_S)
    answer = await gateway.send(HISCORES, id=str(players.NO_PLAYS))
    assert "warnings" not in answer["extensions"]
    assert len(gateway.sandbox.side_effects) == 2


async def test_a_name_that_nobody_has_is_never_asked_for_behind_an_answer(gateway):
    await gateway.error(BY_NAME)
    gateway.clock.move(16 * MIN_S)
    answer = await gateway.send(BY_NAME)
    assert answer["errors"][0]["extensions"]["code"] == "USER_NOT_FOUND"
    assert "warnings" not in answer["extensions"]
    assert gateway.sandbox.count() == 2


async def test_hiscores_that_have_not_changed_come_without_a_body(gateway):
    await gateway.ask(HISCORES, id="2")
    sent = gateway.sandbox.bytes_sent
    gateway.clock.move(HOUR_S)
    await gateway.ask(HISCORES, id="2")
    await gateway.finish_refreshes()
    assert (gateway.sandbox.count("/hiscores"), gateway.sandbox.bytes_sent) == (2, sent)


async def test_a_peak_is_worked_out_from_a_history_that_is_held(gateway):
    peak = (await gateway.ask(PEAK, id="1001"))["user"]["stats"]["peak"]
    gateway.clock.move(25 * HOUR_S)
    await gateway.ask(LATEST, id="1001")
    assert (await gateway.ask(PEAK, id="1001"))["user"]["stats"]["peak"] == peak
    assert gateway.sandbox.count("/peak") == 1


async def test_a_peak_rank_of_zero_is_replaced_by_the_best_of_the_history(gateway):
    peak = (await gateway.ask(PEAK, id=str(players.UNRANKED)))["user"]["stats"]["peak"]
    ranks = [row.pp_rank for row in gateway.sandbox.database.snapshots(players.UNRANKED, 0)]
    assert min(ranks) == 0
    assert peak["globalRank"] == min(rank for rank in ranks if rank)


async def test_a_load_that_an_update_overtakes_is_not_kept(gateway):
    gateway.sandbox.faults = (Fault(kind="latency", seconds=0.05, path="/stats_history", times=1),)
    reading = asyncio.ensure_future(gateway.ask(LATEST, id="1001"))
    await asyncio.sleep(0.01)
    gateway.clock.move(1)
    await gateway.ask("mutation { updateUser(id: 1001) { __typename } }")
    newest = gateway.sandbox.database.snapshots(1001, 0)[-1].pp_raw
    assert (await reading)["user"]["stats"]["latest"]["pp"] == newest
    assert (await gateway.ask(LATEST, id="1001"))["user"]["stats"]["latest"]["pp"] == newest


async def test_who_goes_away_does_not_take_the_answer_from_the_others(gateway):
    gateway.sandbox.faults = (Fault(kind="latency", seconds=0.05),)
    first, second = (asyncio.ensure_future(gateway.ask(LATEST, id="1001")) for _ in range(2))
    await asyncio.sleep(0.01)
    first.cancel()
    assert (await second)["user"]["stats"]["latest"]
    assert gateway.sandbox.count() == 1


class TestWithLittleMemory:
    @pytest.fixture
    def settings(self):
        return {"cache_max_bytes": 200_000}

    async def test_what_is_larger_than_the_memory_is_served_and_not_kept(self, gateway):
        rows = (await gateway.ask(SNAPSHOTS, id="2"))["user"]["stats"]["snapshots"]
        await gateway.ask(LATEST, id="2")
        assert len(rows) == 5000
        assert gateway.sandbox.count() == 2

    async def test_what_was_used_least_recently_leaves_first(self, gateway):
        cache = gateway.app.state.gateway.tracker.cache
        for user in range(1001, 1041):
            await gateway.ask(LATEST, id="1001")
            await gateway.ask(LATEST, id=str(user))
        assert cache.evictions > 0
        assert cache.used_bytes <= 200_000
        assert len([query for query in asked(gateway) if query["user"] == "1001"]) == 1


async def test_the_parts_end_without_leaving_anything_behind(gateway):
    gateway.sandbox.faults = (Fault(kind="hang"),)
    reading = asyncio.ensure_future(gateway.send(LATEST, id="1001"))
    await asyncio.sleep(0.01)
    began = time.monotonic()
    reading.cancel()
    await gateway.app.state.gateway.close()
    assert time.monotonic() - began < 1
