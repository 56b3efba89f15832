"""What the gateway promises, a test each: begin to read here."""

import asyncio

import httpx

from gateway.sandbox import Fault, players


async def test_one_query_gives_everything_osutrack_knows_of_a_player(gateway):
    data = await gateway.ask("""{ user(id: 131464) {
      profileUrl
      osu: stats { latest { pp globalRank } peak { globalRank } hiscores(first: 1) { totalCount nodes { pp mods { label } } } }
      mania: stats(mode: MANIA) { tracked latest { pp } }
    } }""")

    assert data["user"]["profileUrl"] == "https://osu.ppy.sh/users/131464"
    assert data["user"]["osu"]["latest"] == {"pp": 2326.372, "globalRank": 1028763}
    assert data["user"]["osu"]["hiscores"]["nodes"] == [{"pp": 720.688, "mods": {"label": "HDPF"}}]
    assert data["user"]["mania"]["tracked"] is True


async def test_nobody_is_no_error_but_a_player_who_is_not_tracked(gateway):
    data = await gateway.ask("{ user(id: 4040404) { stats { tracked latest { pp } peak { globalRank } } } }")

    assert data["user"]["stats"] == {"tracked": False, "latest": None, "peak": None}


async def test_fields_that_need_the_same_answer_cause_one_request(gateway):
    await gateway.ask("""{
      a: user(id: 2) { stats { latest { at } month: gain { delta { pp } } } }
      b: user(id: 2) { stats { snapshots(every: MONTH) { at } } }
    }""")

    assert [request.path for request in gateway.sandbox.requests] == ["/stats_history"]


async def test_clients_that_ask_the_same_at_the_same_moment_cause_one_request(gateway):
    await asyncio.gather(*(gateway.ask("{ user(id: 2) { stats { latest { at } } } }") for _ in range(50)))

    assert gateway.sandbox.count() == 1


async def test_what_was_asked_is_remembered(gateway):
    first = await gateway.ask("{ user(id: 2) { stats { latest { at pp } } } }")
    gateway.clock.move(minutes(9))

    assert await gateway.ask("{ user(id: 2) { stats { latest { at pp } } } }") == first
    assert gateway.sandbox.count() == 1


async def test_what_is_remembered_is_served_while_osutrack_is_down_and_says_how_old_it_is(gateway):
    first = await gateway.ask("{ user(id: 2) { stats { latest { at pp } } } }")
    gateway.sandbox.faults = [Fault(kind="reset")]
    gateway.clock.move(minutes(60))

    later = await gateway.send("{ user(id: 2) { stats { latest { at pp } } } }")

    (warning,) = later["extensions"]["warnings"]
    assert later["data"] == first
    assert (warning["code"], warning["ageSeconds"]) == ("STALE_DATA", minutes(60))


async def test_a_window_has_its_first_day_and_not_the_day_it_goes_to(gateway):
    data = await gateway.ask("""{ user(id: 2) { stats {
      snapshots(window: {between: {from: "2026-11-01", to: "2026-11-10"}}) { at }
    } } }""")

    days = [row["at"][:10] for row in data["user"]["stats"]["snapshots"]]
    assert (days[0], days[-1]) == ("2026-11-01", "2026-11-09")


async def test_after_an_update_the_same_response_and_every_later_read_see_the_new_snapshot(gateway):
    old = await gateway.ask("{ user(id: 131464) { stats { latest { playCount } } } }")

    made = await gateway.ask("""mutation { updateUser(id: 131464) { ... on UpdateUserSuccess {
      delta { playCount } newHiscores { position accuracy } stats { latest { playCount } }
    } } }""")
    new = await gateway.ask("{ user(id: 131464) { stats { latest { playCount } } } }")

    played = made["updateUser"]["delta"]["playCount"]
    assert new["user"]["stats"] == made["updateUser"]["stats"]
    assert new["user"]["stats"]["latest"]["playCount"] == old["user"]["stats"]["latest"]["playCount"] + played


async def test_a_player_is_not_updated_again_before_the_cooldown_is_over(gateway):
    update = "mutation { updateUser(id: 2) { __typename ... on UpdateOnCooldown { retryAfterSeconds } } }"
    await gateway.ask(update)
    gateway.clock.move(minutes(5))

    again = await gateway.ask(update)

    assert again["updateUser"] == {"__typename": "UpdateOnCooldown", "retryAfterSeconds": minutes(10)}
    assert gateway.sandbox.updates == [(2, 0)]


async def test_one_failure_costs_one_field(gateway):
    response = await gateway.send(
        "query ($ids: [ID!]!) { users(ids: $ids) { stats { hiscores(first: 1) { nodes { pp } } } } }",
        ids=["2", str(players.HISCORES_FAIL), "131464"],
    )

    (error,) = response["errors"]
    assert error["path"] == ["users", 1, "stats", "hiscores"]
    assert error["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"
    assert [bool(user["stats"]["hiscores"]) for user in response["data"]["users"]] == [True, False, True]


async def test_a_wrong_argument_is_named_before_osutrack_is_asked_anything(gateway):
    error = await gateway.error("{ user(id: 2) { stats { hiscores(first: 501) { totalCount } } } }")

    assert (error["extensions"]["code"], error["extensions"]["argument"]) == ("BAD_USER_INPUT", "first")
    assert gateway.sandbox.count() == 0


async def test_it_says_that_it_is_alive(gateway):
    assert (await gateway.http.get("/healthz")).status_code == httpx.codes.OK


def minutes(number):
    return number * 60
