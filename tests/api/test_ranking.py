"""`ranking`: cached players at once, missing ones in the background, each load for one point."""

import asyncio
from functools import partial

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from gateway.records import Mode, UserMode
from gateway.sandbox import Fault
from gateway.settings import Settings
from gateway.web.client_limits import TokenBucket
from tests.support.clock import MINUTE_S, Clock
from tests.support.cpu_time import fastest_s
from tests.support.event_loop import VirtualTimeLoop
from tests.support.gateway import create_upstream, start_gateway
from tests.support.snapshots import raw_snapshot, raw_snapshots
from tests.support.waiting import eventually

RANKING = """query Ranking($ids: [ID!]!, $by: RankingOrder! = PP, $window: Window! = { days: 36500 }) {
  ranking(ids: $ids, by: $by, window: $window) {
    entries { position value user { id } latest { pp } gain { delta { pp ranksGained playCount } } }
    pending failed { user { id } code message retryAfterSeconds } retryAfterSeconds
  }
}"""
PLACES = """query ($ids: [ID!]!, $by: RankingOrder!) {
  ranking(ids: $ids, by: $by) { entries { position value user { id } latest { pp } } }
}"""
HUNDRED = [str(1001 + number) for number in range(100)]
LIMITS = {"client_points": 60, "client_points_per_minute": 60}
SERVED = {
    "1": raw_snapshots(1, pp_rank=0, pp_raw=95, playcount=7) + raw_snapshots(2, pp_rank=500, pp_raw=100, playcount=10),
    "2": raw_snapshots(1, pp_rank=900, pp_raw=90) + raw_snapshots(2, pp_rank=700, pp_raw=100),
    "3": raw_snapshots(1, pp_rank=90, pp_raw=80) + raw_snapshots(2, pp_rank=95, pp_raw=300),
    "4": raw_snapshots(1, pp_rank=700, pp_raw=120),
}


def upstream(histories):
    async def respond(request):
        return JSONResponse(histories.get(request.query_params["user"], []))

    return httpx.ASGITransport(Starlette(routes=[Route("/stats_history", respond)]))


async def ranking(gateway, ids, **variables):
    response = await gateway.send(RANKING, ids=ids, **variables)
    assert "errors" not in response, response["errors"]
    return response["data"]["ranking"], response["extensions"]


async def complete(gateway, ids, **variables):
    """The ranking of players whose data has been loaded."""
    while True:
        page, extensions = await ranking(gateway, ids, **variables)
        if not page["pending"]:
            return page, extensions
        await gateway.finish_loads()


def users(page):
    return [entry["user"]["id"] for entry in page["entries"]]


async def test_missing_players_are_pending_until_loaded(gateway):
    page, extensions = await ranking(gateway, ["2", "1001"])
    assert (page["entries"], page["pending"]) == ([], ["2", "1001"])
    assert page["retryAfterSeconds"] >= 1
    assert extensions["cost"] == {"requested": 0, "charged": 2}
    await gateway.finish_loads()
    page, extensions = await ranking(gateway, ["2", "1001"])
    assert (sorted(users(page)), page["pending"], page["retryAfterSeconds"]) == (["1001", "2"], [], None)
    assert extensions["cost"] == {"requested": 0, "charged": 0}


@pytest.mark.parametrize("per_minute,wait_s", [(0, 2), (120, 2), (36, 7), (20, 15)])
async def test_wait_depends_on_the_budget_left(per_minute, wait_s):
    async with start_gateway({"reads_per_minute": per_minute}) as gateway:
        page, _ = await ranking(gateway, HUNDRED)
        assert (len(page["pending"]), page["retryAfterSeconds"]) == (100, wait_s)


@pytest.mark.parametrize(
    "by,places",
    [
        ("PP", [("3", 1, 300), ("4", 2, 120), ("1", 3, 100), ("2", 3, 100), ("5", None, None)]),
        ("PEAK_RANK", [("3", 1, 90), ("1", 2, 500), ("2", 3, 700), ("4", 3, 700), ("5", None, None)]),
        ("PP_GAINED", [("3", 1, 220), ("2", 2, 10), ("1", 3, 5), ("4", None, None), ("5", None, None)]),
        ("RANKS_GAINED", [("2", 1, 200), ("3", 2, -5), ("1", None, None), ("4", None, None), ("5", None, None)]),
        ("PLAYS_GAINED", [("1", 1, 3), ("2", 2, 0), ("3", 2, 0), ("4", None, None), ("5", None, None)]),
    ],
)
async def test_orders_have_ties_and_players_without_value(by, places):
    async with start_gateway(transport=upstream(SERVED)) as gateway:
        page, _ = await complete(gateway, ["5", "4", "3", "2", "1", "3"], by=by)
    assert [(entry["user"]["id"], entry["position"], entry["value"]) for entry in page["entries"]] == places


@pytest.mark.parametrize("by", ["PP", "PP_GAINED", "RANKS_GAINED", "PLAYS_GAINED", "PEAK_RANK"])
async def test_values_equal_those_of_the_fields(gateway, by):
    ids = ["2", "39828", "131464", "1001"]
    page, _ = await complete(gateway, ids, by=by, window={"days": 30})
    stats = "stats { latest { pp } peak { globalRank } gain { delta { pp ranksGained playCount } } }"
    data = await gateway.ask(f"query ($ids: [ID!]!) {{ users(ids: $ids) {{ id {stats} }} }}", ids=ids)
    expected = {}
    for user in data["users"]:
        stats = user["stats"]
        delta = stats["gain"]["delta"] if stats["gain"] else dict.fromkeys(("pp", "ranksGained", "playCount"))
        expected[user["id"]] = {
            "PP": stats["latest"] and stats["latest"]["pp"],
            "PP_GAINED": delta["pp"],
            "RANKS_GAINED": delta["ranksGained"],
            "PLAYS_GAINED": delta["playCount"],
            "PEAK_RANK": stats["peak"] and stats["peak"]["globalRank"],
        }[by]
    assert {entry["user"]["id"]: entry["value"] for entry in page["entries"]} == expected
    known = [entry["value"] for entry in page["entries"] if entry["value"] is not None]
    assert known == sorted(known, reverse=by != "PEAK_RANK")


async def test_duplicates_count_once(gateway):
    page, extensions = await ranking(gateway, ["2", "2", "2"])
    assert (page["pending"], extensions["cost"]["charged"]) == (["2"], 1)


async def test_no_ids_have_empty_page(gateway):
    page, _ = await ranking(gateway, [])
    assert page == {"entries": [], "pending": [], "failed": [], "retryAfterSeconds": None}


@pytest.mark.parametrize("field", ["ranking(ids: $ids, by: PP) { pending }", "users(ids: $ids) { id }"])
@pytest.mark.parametrize("ids,is_valid", [(HUNDRED, True), ([*HUNDRED, "2"], False), (["2", "x"], False)])
async def test_ids_are_validated_before_any_load(gateway, field, ids, is_valid):
    response = await gateway.send(f"query ($ids: [ID!]!) {{ {field} }}", ids=ids)
    if is_valid:
        assert "errors" not in response
    else:
        [error] = response["errors"]
        assert (error["extensions"]["code"], error["extensions"]["argument"]) == ("BAD_USER_INPUT", "ids")
        assert gateway.sandbox.count() == 0


async def test_one_call_starts_thirty_loads(gateway):
    _, extensions = await ranking(gateway, HUNDRED)
    await gateway.finish_loads()
    assert extensions["cost"]["charged"] == 30
    assert gateway.sandbox.count() == 30
    page, _ = await ranking(gateway, HUNDRED)
    assert len(page["entries"]) == 30


async def test_several_rankings_of_one_operation_start_thirty(gateway):
    aliases = " ".join(f"a{n}: ranking(ids: $ids, by: {by}) {{ pending }}" for n, by in enumerate(("PP", "PEAK_RANK")))
    response = await gateway.send(f"query ($ids: [ID!]!) {{ {aliases} rateLimit {{ cost }} }}", ids=HUNDRED)
    assert response["extensions"]["cost"]["charged"] == 30
    await gateway.finish_loads()
    assert gateway.sandbox.count() == 30


async def test_points_limit_the_loads_of_a_client():
    async with start_gateway({"client_points": 10, "client_points_per_minute": 10}) as gateway:
        charged = [(await ranking(gateway, HUNDRED))[1]["cost"]["charged"] for _ in range(3)]
        assert charged == [10, 0, 0]
        page, _ = await ranking(gateway, HUNDRED)
        assert page["retryAfterSeconds"] >= 1
        await gateway.finish_loads()
        gateway.clock.move(MINUTE_S)
        assert (await ranking(gateway, HUNDRED))[1]["cost"]["charged"] == 10


async def test_points_of_loads_are_not_refunded():
    async with start_gateway(LIMITS) as gateway:
        remaining = "{ rateLimit { remaining } }"
        await ranking(gateway, HUNDRED[:7])
        await gateway.finish_loads()
        await ranking(gateway, HUNDRED[:7])
        assert (await gateway.ask(remaining))["rateLimit"]["remaining"] == 53


@pytest.mark.parametrize(
    "fields",
    [
        "ranking(ids: $ids, by: PP) { pending } user(id: 2) { stats { latest { pp } } }",
        "user(id: 2) { stats { latest { pp } } } ranking(ids: $ids, by: PP) { pending }",
    ],
)
async def test_load_beside_field_of_player_is_charged_once(gateway, fields):
    response = await gateway.send(f"query ($ids: [ID!]!) {{ {fields} }}", ids=["2", "1001"])
    await gateway.finish_loads()
    assert response["extensions"]["cost"] == {"requested": 1, "charged": 2}
    assert gateway.sandbox.count() == 2


async def test_running_load_is_not_charged_again(gateway):
    gateway.sandbox.faults = (Fault(kind="latency", seconds=0.2),)
    charged = [(await ranking(gateway, ["2"]))[1]["cost"]["charged"] for _ in range(3)]
    assert charged == [1, 0, 0]
    await gateway.finish_loads()
    assert gateway.sandbox.count() == 1


async def test_failed_player_has_reason_and_new_attempt(gateway):
    gateway.sandbox.faults = (Fault(kind="status", status=404),)
    await ranking(gateway, ["2"])
    await gateway.finish_loads()
    page, extensions = await ranking(gateway, ["2"])
    [failure] = page["failed"]
    assert (page["pending"], page["entries"], extensions["cost"]["charged"]) == ([], [], 0)
    assert (failure["user"], failure["code"]) == ({"id": "2"}, "UPSTREAM_REJECTED")
    gateway.sandbox.faults = ()
    gateway.clock.move(failure["retryAfterSeconds"])
    page, extensions = await ranking(gateway, ["2"])
    assert (page["pending"], page["failed"], extensions["cost"]["charged"]) == (["2"], [], 1)
    await gateway.finish_loads()
    assert users((await ranking(gateway, ["2"]))[0]) == ["2"]


async def test_stale_player_is_ranked_with_warning_and_refreshed(gateway):
    await complete(gateway, ["2"])
    gateway.clock.move(2 * 3600)
    page, extensions = await ranking(gateway, ["2"])
    assert (users(page), page["pending"]) == (["2"], [])
    assert [warning["code"] for warning in extensions["warnings"]] == ["STALE_DATA"]
    assert extensions["cost"]["charged"] == 1
    await gateway.finish_loads()
    _, extensions = await ranking(gateway, ["2"])
    assert "warnings" not in extensions


async def test_stale_players_cause_one_warning(gateway):
    await complete(gateway, ["2"])
    gateway.clock.move(MINUTE_S)
    await complete(gateway, ["2", "131464"])
    gateway.clock.move(2 * 3600)
    _, extensions = await ranking(gateway, ["131464", "2"])
    found = [(warning["code"], warning["path"], warning["ageSeconds"]) for warning in extensions["warnings"]]
    assert found == [("STALE_DATA", ["ranking"], 2 * 3600 + MINUTE_S)]


async def test_dropped_rows_of_players_cause_one_warning():
    invalid = raw_snapshot("yesterday")
    histories = {"1": [*SERVED["1"], invalid], "2": [*SERVED["2"], invalid, invalid]}
    async with start_gateway(transport=upstream(histories)) as gateway:
        _, extensions = await complete(gateway, ["1", "2", "3"])
    assert [(warning["code"], warning["rows"]) for warning in extensions["warnings"]] == [("ROWS_DROPPED", 3)]


async def test_incomplete_page_is_not_cached_and_complete_is(gateway):
    async def get():
        return await gateway.http.get("/graphql", params={"query": '{ ranking(ids: ["2"], by: PP) { pending } }'})

    assert (await get()).headers["Cache-Control"] == "no-store"
    await gateway.finish_loads()
    complete = await get()
    assert complete.headers["Cache-Control"].startswith("public, max-age=600")
    executed = gateway.parts.engine.tally.total()
    await get()
    assert gateway.parts.engine.tally.total() == executed
    await gateway.ask('mutation { updateUser(id: "2") { __typename } }')
    assert (await get()).json()["data"]["ranking"]["pending"] == ["2"]


async def test_update_of_player_makes_it_pending(gateway):
    await complete(gateway, ["2", "1001"])
    await gateway.ask('mutation { updateUser(id: "2") { __typename } }')
    page, _ = await ranking(gateway, ["2", "1001"])
    assert (users(page), page["pending"]) == (["1001"], ["2"])


async def test_compiled_ranking_of_cached_players(gateway):
    await complete(gateway, ["2", "1001"])
    before = gateway.parts.engine.tally["compiled"]
    for _ in range(3):
        await ranking(gateway, ["1001", "2"])
        await gateway.http.get("/healthz")
    assert gateway.parts.engine.tally["compiled"] > before


async def test_cancelled_client_is_charged_for_started_loads():
    async with start_gateway(LIMITS) as gateway:
        gateway.sandbox.faults = (Fault(kind="latency", seconds=1),)
        slow = 'query ($ids: [ID!]!) { ranking(ids: $ids, by: PP) { pending } user(id: "9") { stats { tracked } } }'
        task = asyncio.ensure_future(gateway.send(slow, ids=["2", "1001"]))
        await eventually(lambda: gateway.parts.tracker.history_loads.is_running(UserMode(2, Mode.OSU)))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        gateway.sandbox.faults = ()
        await gateway.finish_loads()
        assert (await gateway.ask("{ rateLimit { remaining } }"))["rateLimit"]["remaining"] == 58
        assert len(users((await ranking(gateway, ["2", "1001"]))[0])) == 2


async def test_selected_stats_of_ranked_players_are_priced(gateway):
    nested = "query ($ids: [ID!]!) { ranking(ids: $ids, by: PP) { entries { user { stats { tracked } } } } }"
    error = await gateway.error(nested, ids=HUNDRED)
    assert (error["extensions"]["code"], error["extensions"]["value"]) == ("LIMIT_EXCEEDED", 100)


@pytest.mark.parametrize("count,cost", [(30, 30), (31, 31), (100, 100)])
async def test_every_id_of_users_is_priced(gateway, count, cost):
    query = "query ($ids: [ID!]!) { users(ids: $ids) { stats { latest { pp } } } }"
    response = await gateway.send(query, ids=[*HUNDRED[:count]])
    if cost <= 30:
        assert response["extensions"]["cost"]["requested"] == cost
        return
    [error] = response["errors"]
    assert (error["extensions"]["code"], error["extensions"]["value"]) == ("LIMIT_EXCEEDED", cost)
    assert "`ranking`" in error["message"]
    literal = f"{{ users(ids: [{','.join(HUNDRED[:count])}]) {{ stats {{ latest {{ pp }} }} }} }}"
    assert (await gateway.error(literal))["extensions"]["value"] == cost


async def test_ranking_of_100_cached_players_is_fast():
    limit_s = 0.005
    days = [f"20{year}-{month:02}-{day:02}" for year in (24, 25) for month in range(1, 13) for day in range(1, 29)]
    histories = {
        user_id: [raw_snapshot(f"{day}T00:00:00.000Z", pp_rank=str(rank)) for day in days]
        for rank, user_id in enumerate(HUNDRED, 1)
    }
    async with start_gateway(transport=upstream(histories)) as gateway:
        await complete(gateway, HUNDRED)
        engine = gateway.parts.engine

        async def execute(by):
            variables = {"ids": HUNDRED, "by": by}
            priced = engine.prepare(PLACES, variables, None)
            result = await engine.execute(priced, TokenBucket(0, 0, gateway.clock.monotonic), may_update=False)
            assert "errors" not in result.content

        for by in ("PP", "PP_GAINED", "RANKS_GAINED", "PLAYS_GAINED", "PEAK_RANK"):
            await execute(by)
            assert await fastest_s(partial(execute, by), limit_s) <= limit_s


def test_loads_of_a_client_do_not_delay_others():
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        waited_s, pending = runner.run(_read_beside_loads())
    assert waited_s < 1
    assert pending > 10


async def _read_beside_loads():
    """The time of another client's read, and the number of loads that are running after it."""
    loop = asyncio.get_running_loop()
    async with start_gateway({"reads_per_minute": 16}, clock=_LoopClock()) as gateway:
        await asyncio.sleep(2 * MINUTE_S)
        await gateway.send_from("10.0.0.1", RANKING, ids=HUNDRED)
        await asyncio.sleep(10)
        started = loop.time()
        response = await gateway.send_from("10.0.0.2", '{ user(id: "2") { stats { tracked } } }')
        assert "errors" not in response
        page, _ = await ranking(gateway, HUNDRED)
        return loop.time() - started, len(page["pending"])


def test_hundred_players_complete_within_four_minutes():
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        started, finished, requested_at = runner.run(_complete_hundred())
    assert finished - started <= 4 * MINUTE_S
    assert len(requested_at) == 100
    defaults = Settings(_env_file=None)
    for first, later in zip(requested_at, requested_at[defaults.reads_per_minute :], strict=False):
        assert later - first > MINUTE_S
    assert sum(moment < started + MINUTE_S for moment in requested_at) <= defaults.reads_per_minute / 4


async def _complete_hundred():
    """The times of the first and the last call, and those of the requests to osu!track."""
    loop = asyncio.get_running_loop()
    defaults = Settings(_env_file=None)
    limits = ("client_points", "client_points_per_minute", "reads_per_minute")
    requested_at = []
    sandbox = create_upstream(Clock())

    async def recording(scope, receive, send):
        requested_at.append(loop.time())
        await sandbox(scope, receive, send)

    settings = {name: getattr(defaults, name) for name in limits}
    transport = httpx.ASGITransport(recording)
    async with start_gateway(settings, clock=_LoopClock(), transport=transport) as gateway:
        started = loop.time()
        while True:
            page, _ = await ranking(gateway, HUNDRED)
            assert page["failed"] == []
            if not page["pending"]:
                return started, loop.time(), requested_at
            await asyncio.sleep(page["retryAfterSeconds"])


class _LoopClock(Clock):
    """The clock of a gateway in the time of the event loop."""

    def monotonic(self):
        return asyncio.get_running_loop().time()
