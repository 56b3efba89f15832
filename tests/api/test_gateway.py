"""The gateway's main guarantees, one test each. A good place to start reading."""

import asyncio

import httpx

from gateway.sandbox import Fault, players
from tests.support.clock import HOUR_S, MINUTE_S


async def test_one_query_returns_all_data_of_a_player(gateway):
    data = await gateway.ask("""{ user(id: 131464) {
      profileUrl
      osu: stats { latest { pp globalRank } peak { globalRank } hiscores(first: 1) { totalCount nodes { pp mods { label } } } }
      mania: stats(mode: MANIA) { tracked latest { pp } }
    } }""")

    assert data["user"]["profileUrl"] == "https://osu.ppy.sh/users/131464"
    assert data["user"]["osu"]["latest"] == {"pp": 5956.511, "globalRank": 47482}
    assert data["user"]["osu"]["hiscores"]["nodes"] == [{"pp": 323.6645, "mods": {"label": "HDHR"}}]
    assert data["user"]["mania"]["tracked"] is True


async def test_unknown_player_is_untracked_without_an_error(gateway):
    data = await gateway.ask("{ user(id: 4040404) { stats { tracked latest { pp } peak { globalRank } } } }")

    assert data["user"]["stats"] == {"tracked": False, "latest": None, "peak": None}


async def test_shared_fields_cause_one_upstream_request(gateway):
    await gateway.ask("""{
      a: user(id: 2) { stats { latest { at } month: gain { delta { pp } } } }
      b: user(id: 2) { stats { snapshots(every: MONTH) { at } } }
    }""")

    assert [request.path for request in gateway.sandbox.requests] == ["/stats_history"]


async def test_concurrent_equal_queries_cause_one_upstream_request(gateway):
    await asyncio.gather(*(gateway.ask("{ user(id: 2) { stats { latest { at } } } }") for _ in range(50)))

    assert gateway.sandbox.count() == 1


async def test_fresh_data_is_served_from_the_cache(gateway):
    first = await gateway.ask("{ user(id: 2) { stats { latest { at pp } } } }")
    gateway.clock.move(9 * MINUTE_S)

    assert await gateway.ask("{ user(id: 2) { stats { latest { at pp } } } }") == first
    assert gateway.sandbox.count() == 1


async def test_stale_data_with_its_age_during_an_outage(gateway):
    first = await gateway.ask("{ user(id: 2) { stats { latest { at pp } } } }")
    gateway.sandbox.faults = [Fault(kind="reset")]
    gateway.clock.move(HOUR_S)

    later = await gateway.send("{ user(id: 2) { stats { latest { at pp } } } }")

    (warning,) = later["extensions"]["warnings"]
    assert later["data"] == first
    assert (warning["code"], warning["ageSeconds"]) == ("STALE_DATA", HOUR_S)


async def test_window_includes_from_but_not_to(gateway):
    data = await gateway.ask("""{ user(id: 2) { stats {
      snapshots(window: {between: {from: "2026-11-01", to: "2026-11-10"}}) { at }
    } } }""")

    days = [row["at"][:10] for row in data["user"]["stats"]["snapshots"]]
    assert (days[0], days[-1]) == ("2026-11-01", "2026-11-09")


async def test_update_response_and_later_reads_have_new_snapshot(gateway):
    old = await gateway.ask("{ user(id: 131464) { stats { latest { playCount } } } }")

    updated = await gateway.ask("""mutation { updateUser(id: 131464) { ... on UpdateUserSuccess {
      delta { playCount } newHiscores { position accuracy } stats { latest { playCount } }
    } } }""")
    new = await gateway.ask("{ user(id: 131464) { stats { latest { playCount } } } }")

    plays = updated["updateUser"]["delta"]["playCount"]
    assert new["user"]["stats"] == updated["updateUser"]["stats"]
    assert new["user"]["stats"]["latest"]["playCount"] == old["user"]["stats"]["latest"]["playCount"] + plays


async def test_second_update_is_refused_during_the_cooldown(gateway):
    update = "mutation { updateUser(id: 2) { __typename ... on UpdateOnCooldown { retryAfterSeconds } } }"
    await gateway.ask(update)
    gateway.clock.move(5 * MINUTE_S)

    refused = await gateway.ask(update)

    assert refused["updateUser"] == {"__typename": "UpdateOnCooldown", "retryAfterSeconds": 10 * MINUTE_S}
    assert gateway.sandbox.updates == [(2, 0)]


async def test_upstream_failure_costs_one_field(gateway):
    response = await gateway.send(
        "query ($ids: [ID!]!) { users(ids: $ids) { stats { hiscores(first: 1) { nodes { pp } } } } }",
        ids=["2", str(players.HISCORES_FAIL), "131464"],
    )

    (error,) = response["errors"]
    assert error["path"] == ["users", 1, "stats", "hiscores"]
    assert error["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"
    assert [bool(user["stats"]["hiscores"]) for user in response["data"]["users"]] == [True, False, True]


async def test_invalid_argument_is_named_without_an_upstream_request(gateway):
    error = await gateway.error("{ user(id: 2) { stats { hiscores(first: 10001) { totalCount } } } }")

    assert (error["extensions"]["code"], error["extensions"]["argument"]) == ("BAD_USER_INPUT", "first")
    assert gateway.sandbox.count() == 0


async def test_liveness_probe_succeeds(gateway):
    assert (await gateway.http.get("/healthz")).status_code == httpx.codes.OK
