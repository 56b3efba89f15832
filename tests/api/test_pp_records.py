"""The pp records of all players equal a recomputation of the list of best plays, for one request and its price."""

import asyncio
import json

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from gateway.sandbox import Fault
from tests.support.best_play_rows import best_plays_upstream, random_rows
from tests.support.clock import DAY_S
from tests.support.gateway import start_gateway
from tests.support.input_errors import input_error

RECORDS = """query ($window: Window, $mode: GameMode! = OSU) { records(mode: $mode, window: $window) {
  completeSince plays { pp playedAt beatmapId score mods { bits } user { id } }
} }"""
BEST_PLAYS = """{ bestPlays(first: 10000) {
  nodes { pp playedAt beatmapId score mods { bits } user { id } }
} }"""
WINDOW = {"between": {"from": "2026-11-19", "to": "2026-11-20"}}
PLAY = {"user": 1, "beatmap_id": 1, "score": 1, "mods": 0, "rank": "S", "update_time": "2026-01-01T00:00:00.000Z"}

few_examples = settings(max_examples=12, phases=[Phase.explicit, Phase.generate])


def recomputed(plays):
    """Each play that has more pp than all plays before it, and than those at the same time."""
    ordered = sorted(plays, key=lambda play: (play["playedAt"], -play["pp"]))
    return [play for n, play in enumerate(ordered) if all(play["pp"] > earlier["pp"] for earlier in ordered[:n])]


def serve_plays(gateway, *plays):
    """Plays as pairs of a day of January 2026 and pp."""
    rows = [
        PLAY | {"beatmap_id": n, "pp": pp, "score_time": f"2026-01-{day:02}T00:00:00.000Z"}
        for n, (day, pp) in enumerate(plays, 1)
    ]
    body = json.dumps(sorted(rows, key=lambda row: -row["pp"]))
    gateway.sandbox.faults = (Fault(kind="garbage", path="/bestplays", body=body, content_type="application/json"),)


async def records_of(gateway, **variables):
    return (await gateway.ask(RECORDS, **variables))["records"]


async def days_of_records(gateway, **variables):
    return [(int(play["playedAt"][8:10]), play["pp"]) for play in (await records_of(gateway, **variables))["plays"]]


async def lists_of(rows, seed):
    async with start_gateway(transport=best_plays_upstream(rows, seed=seed)) as gateway:
        plays = (await gateway.ask(BEST_PLAYS))["bestPlays"]["nodes"]
        return plays, await records_of(gateway), await records_of(gateway, window=WINDOW)


@few_examples
@given(st.integers(0, 10**6), st.sampled_from([1, 5, 60, 400]))
def test_records_equal_a_naive_recomputation(seed, count):
    plays, records, inside = asyncio.run(lists_of(random_rows(seed, plays=count), seed))

    expected = recomputed(plays)
    earliest = min(play["playedAt"] for play in plays)
    assert records == {"plays": expected, "completeSince": earliest}
    in_window = [play for play in expected if "2026-11-19" <= play["playedAt"] < "2026-11-20"]
    assert inside == {"plays": in_window, "completeSince": earliest}


async def test_equal_pp_is_no_record(gateway):
    serve_plays(gateway, (3, 500.0), (1, 400.0), (2, 400.0), (4, 450.0), (5, 500.0))
    assert await days_of_records(gateway) == [(1, 400.0), (3, 500.0)]


async def test_one_record_for_plays_of_one_moment(gateway):
    serve_plays(gateway, (1, 400.0), (2, 450.0), (2, 500.0), (2, 475.0))
    assert await days_of_records(gateway) == [(1, 400.0), (2, 500.0)]


async def test_window_compares_with_earlier_plays(gateway):
    serve_plays(gateway, (1, 500.0), (4, 400.0), (5, 600.0))
    assert await days_of_records(gateway, window={"between": {"from": "2026-01-03"}}) == [(5, 600.0)]


async def test_records_without_plays_are_empty(gateway):
    serve_plays(gateway)
    assert await records_of(gateway) == {"plays": [], "completeSince": None}


async def test_all_windows_share_one_request(gateway):
    query = "{ records { completeSince } year: records(window: {days: 365}) { completeSince } }"
    response = await gateway.send(query)
    assert response["extensions"]["cost"] == {"requested": 2, "charged": 2}
    assert [query["limit"] for query in gateway.upstream_queries("/bestplays")] == ["10000"]


async def test_records_of_another_mode_are_another_request(gateway):
    for mode in ("OSU", "TAIKO", "OSU"):
        await records_of(gateway, mode=mode)
    assert [query["mode"] for query in gateway.upstream_queries("/bestplays")] == ["0", "1"]


async def test_stats_of_record_holders_are_too_expensive(gateway):
    error = await gateway.error("{ records { plays { user { stats { tracked } } } } }")
    assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
    assert gateway.sandbox.count() == 0


async def test_dropped_rows_of_records_cause_a_warning(gateway):
    body = json.dumps([{}, PLAY | {"pp": 1.0, "score_time": "2026-01-01T00:00:00.000Z"}])
    gateway.sandbox.faults = (Fault(kind="garbage", path="/bestplays", body=body, content_type="application/json"),)
    warnings = (await gateway.send(RECORDS))["extensions"]["warnings"]
    assert [(warning["code"], warning["path"]) for warning in warnings] == [("ROWS_DROPPED", ["records"])]


async def test_stale_records_are_served_with_a_warning(gateway):
    records = await records_of(gateway)
    gateway.sandbox.faults = (Fault(kind="status", status=503),)
    gateway.clock.move(DAY_S / 2)
    response = await gateway.send(RECORDS)
    assert response["data"]["records"] == records
    assert [warning["code"] for warning in response["extensions"]["warnings"]] == ["STALE_DATA"]


@pytest.mark.parametrize("window", [{"days": 0}, {"between": {"from": "2026-02-01", "to": "2026-02-01"}}])
async def test_invalid_window_of_records_is_refused(gateway, window):
    await input_error(gateway, RECORDS, "window", window=window)


async def test_records_are_compiled_at_second_use():
    async with start_gateway({"response_cache_max_bytes": 0}) as gateway:
        for _ in range(3):
            await records_of(gateway)
        assert gateway.parts.engine.tally["compiled"] == 2
