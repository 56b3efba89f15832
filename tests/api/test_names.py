"""Names known from updates, and looked up in the names service: costs, caching, lists and failures."""

import asyncio
from dataclasses import replace

import pytest

from gateway.sandbox import NAMES_PATH, Fault, players
from tests.support.cache_control import max_age
from tests.support.clock import DAY_S, HOUR_S, MINUTE_S
from tests.support.gateway import NAMES, start_gateway
from tests.support.input_errors import input_error
from tests.support.operations import UPDATE
from tests.support.waiting import eventually

USERNAME = "query ($id: ID!) { user(id: $id) { username osuTrackUrl } }"
BY_NAME = "query ($username: String!) { userByName(username: $username) { id } }"
LISTED = """{ users(ids: ["131464", "2"]) { username } user(id: "2") { allStats { user { username } } } }"""
BEST_PLAYS = "{ bestPlays(first: 5) { nodes { user { id username } } edges { node { user { username } } } } }"
HTML = {"Accept": "text/html"}
AMEO = str(players.AMEO)
FAILING = Fault(kind="status", path=NAMES_PATH, status=500)


@pytest.fixture
def settings():
    return dict(NAMES)


def rename(gateway, name):
    known = gateway.sandbox.database.players
    known[players.AMEO] = replace(known[players.AMEO], username=name)


def warnings(response):
    return [(warning["code"], warning["path"]) for warning in response["extensions"].get("warnings", [])]


def cost(response):
    return tuple(response["extensions"]["cost"].values())


class TestWithoutService:
    """Names from updates only."""

    @pytest.fixture
    def settings(self):
        return {}

    async def test_unknown_name_is_null_with_a_warning(self, gateway):
        response = await gateway.send(USERNAME, id=AMEO)

        assert response["data"]["user"] == {"username": None, "osuTrackUrl": None}
        assert warnings(response) == [
            ("USERNAME_UNRESOLVED", ["user", "username"]),
            ("USERNAME_UNRESOLVED", ["user", "osuTrackUrl"]),
        ]
        assert cost(response) == (1, 0)

    async def test_unknown_id_is_null_with_a_warning(self, gateway):
        response = await gateway.send(BY_NAME, username="ameo")

        assert response["data"] == {"userByName": None}
        assert warnings(response) == [("USERNAME_UNRESOLVED", ["userByName"])]
        assert cost(response) == (1, 0)

    async def test_update_makes_both_directions_known(self, gateway):
        await gateway.ask(UPDATE, id=AMEO)

        user = await gateway.send(USERNAME, id=AMEO)
        by_name = await gateway.send(BY_NAME, username="AMEO")

        assert user["data"]["user"]["username"] == "ameo"
        assert by_name["data"] == {"userByName": {"id": AMEO}}
        assert warnings(user) == warnings(by_name) == []
        assert cost(user) == cost(by_name) == (1, 0)

    async def test_name_is_known_for_a_month(self, gateway):
        await gateway.ask(UPDATE, id=AMEO)

        gateway.clock.move(30 * DAY_S - 1)
        before = await gateway.ask(USERNAME, id=AMEO)
        gateway.clock.move(1)
        after = await gateway.ask(USERNAME, id=AMEO)

        assert (before["user"]["username"], after["user"]["username"]) == ("ameo", None)

    @pytest.mark.parametrize(
        "query", ['{ user(id: "131464") { username } }', '{ userByName(username: "ameo") { id } }']
    )
    async def test_response_without_name_is_cached_until_update(self, gateway, query):
        await gateway.post(query)
        cached = await gateway.http.get("/graphql", params={"query": query})
        again = await gateway.http.get("/graphql", params={"query": query})
        hits = gateway.responses.hits

        await gateway.ask(UPDATE, id=AMEO)
        after = await gateway.send(query)

        assert "public" in cached.headers["Cache-Control"]
        assert hits == 1
        assert warnings(again.json()) != []
        assert after["data"] in ({"user": {"username": "ameo"}}, {"userByName": {"id": AMEO}})

    async def test_cached_response_shows_the_new_name(self, gateway):
        query = '{ user(id: "131464") { username stats { latest { pp } } } }'
        await gateway.ask(UPDATE, id=AMEO)
        await gateway.ask(query)
        await gateway.ask(query)
        gateway.clock.move(900)
        await gateway.ask(query)
        await gateway.ask('{ user(id: "131464") { username } }')

        rename(gateway, "renamed")
        await gateway.ask('mutation { updateUser(id: "131464", mode: TAIKO) { __typename } }')

        assert (await gateway.ask('{ user(id: "131464") { username } }'))["user"]["username"] == "renamed"
        assert (await gateway.ask(query))["user"]["username"] == "renamed"

    async def test_former_name_is_unknown_after_a_renaming(self, gateway):
        await gateway.ask(UPDATE, id=AMEO)
        await gateway.ask(BY_NAME, username="ameo")
        rename(gateway, "renamed")
        gateway.clock.move(900)
        await gateway.ask(UPDATE, id=AMEO)

        former = await gateway.send(BY_NAME, username="ameo")
        current = await gateway.ask(BY_NAME, username="renamed")

        assert former["data"] == {"userByName": None}
        assert current == {"userByName": {"id": AMEO}}

    async def test_name_belongs_to_the_player_updated_last(self, gateway):
        await gateway.ask(UPDATE, id=AMEO)
        rename(gateway, "renamed")
        heavy = gateway.sandbox.database.players[players.HEAVY]
        gateway.sandbox.database.players[players.HEAVY] = replace(heavy, username="ameo")

        await gateway.ask(UPDATE, id="2")

        assert await gateway.ask(BY_NAME, username="ameo") == {"userByName": {"id": "2"}}
        assert (await gateway.ask(USERNAME, id=AMEO))["user"]["username"] is None

    async def test_lists_have_known_names_without_warnings(self, gateway):
        await gateway.ask(UPDATE, id=AMEO)

        response = await gateway.send(LISTED)

        assert response["data"]["users"] == [{"username": "ameo"}, {"username": None}]
        assert warnings(response) == []
        assert cost(response) == (0, 0)

    async def test_cached_list_shows_the_new_name(self, gateway):
        await gateway.ask(LISTED)
        await gateway.ask(LISTED)

        await gateway.ask(UPDATE, id="2")

        assert (await gateway.ask(LISTED))["users"][1] == {"username": "peppy"}


@pytest.mark.parametrize("name", ["ameo", "AMEO"])
async def test_service_finds_the_id(gateway, name):
    response = await gateway.send(BY_NAME, username=name)

    assert response["data"] == {"userByName": {"id": AMEO}}
    assert gateway.upstream_queries(f"{NAMES_PATH}/users/{name}/id") == [{"mode": "osu"}]
    assert cost(response) == (1, 1)


async def test_both_fields_share_one_lookup(gateway):
    response = await gateway.send(USERNAME, id=AMEO)

    url = "https://ameobea.me/osutrack/user/ameo"
    assert response["data"]["user"] == {"username": "ameo", "osuTrackUrl": url}
    assert gateway.lookups() == [f"{NAMES_PATH}/users/131464/username"]
    assert cost(response) == (1, 1)


async def test_special_characters_reach_the_service(gateway):
    response = await gateway.send(BY_NAME, username="[brackets]-_x")

    assert response["data"] == {"userByName": {"id": str(players.BRACKETS)}}


async def test_spellings_of_a_name_share_one_lookup(gateway):
    spellings = ["Slider Goblin", "slider goblin", "SLIDER_GOBLIN", "slider_goblin"]

    responses = await asyncio.gather(*(gateway.ask(BY_NAME, username=name) for name in spellings))
    later = [await gateway.ask(BY_NAME, username=name) for name in spellings]

    assert responses + later == [{"userByName": {"id": "1008"}}] * 8
    assert len(gateway.lookups()) == 1


async def test_name_from_an_update_needs_no_lookup(gateway):
    await gateway.ask(UPDATE, id=AMEO)

    user = await gateway.send(USERNAME, id=AMEO)
    by_name = await gateway.send(BY_NAME, username="ameo")

    assert (user["data"]["user"]["username"], by_name["data"]["userByName"]["id"]) == ("ameo", AMEO)
    assert cost(user) == cost(by_name) == (1, 0)
    assert gateway.lookups() == []


async def test_update_payload_needs_no_lookup(gateway):
    query = "mutation ($id: ID!) { updateUser(id: $id) { ... on UpdateUserSuccess { user { username } } } }"

    response = await gateway.send(query, id=AMEO)

    assert response["data"]["updateUser"]["user"] == {"username": "ameo"}
    assert gateway.lookups() == []


@pytest.mark.parametrize("query,subject", [(USERNAME, {"id": "7"}), (BY_NAME, {"username": "nobody"})])
async def test_unknown_player_is_null_without_a_warning(gateway, query, subject):
    response = await gateway.send(query, **subject)

    assert next(iter(response["data"].values())) in (None, {"username": None, "osuTrackUrl": None})
    assert "errors" not in response
    assert warnings(response) == []


@pytest.mark.parametrize("name,lifetime_s", [("ameo", DAY_S), ("nobody", HOUR_S)])
async def test_answers_are_cached_for_their_lifetime(gateway, name, lifetime_s):
    await gateway.ask(BY_NAME, username=name)
    gateway.clock.move(lifetime_s - 1)
    known = await gateway.send(BY_NAME, username=name)
    requests = len(gateway.lookups())
    gateway.clock.move(1)
    expired = await gateway.send(BY_NAME, username=name)

    assert (requests, len(gateway.lookups())) == (1, 2)
    assert (cost(known), cost(expired)) == ((1, 0), (1, 1))


async def test_response_with_a_found_name_is_cached(gateway):
    query = '{ user(id: "131464") { username } }'
    responses = [await gateway.http.get("/graphql", params={"query": query}) for _ in range(3)]

    assert responses[0].headers["Cache-Control"] == "no-store"
    assert max_age(responses[1]) == 600
    assert gateway.responses.hits == 1


async def test_validity_ends_with_the_cached_answer(gateway):
    query = '{ userByName(username: "nobody") { id } }'
    await gateway.ask(query)
    gateway.clock.move(HOUR_S - 5)

    response = await gateway.http.get("/graphql", params={"query": query})

    assert max_age(response) == 5


@pytest.mark.parametrize("query", [LISTED, BEST_PLAYS])
async def test_lists_look_nothing_up(gateway, query):
    response = await gateway.send(query)

    assert gateway.lookups() == []
    assert warnings(response) == []
    assert "errors" not in response


async def test_lists_show_names_found_by_the_service(gateway):
    await gateway.ask(USERNAME, id="2")

    assert (await gateway.ask(LISTED))["users"] == [{"username": None}, {"username": "peppy"}]


async def test_found_name_reaches_cached_lists(gateway):
    query = '{ users(ids: ["2", "3"]) { username } }'
    assert [await gateway.ask(query) for _ in range(2)] == [{"users": [{"username": None}, {"username": None}]}] * 2
    name = (await gateway.ask(USERNAME, id="2"))["user"]["username"]

    assert (await gateway.ask(query))["users"] == [{"username": name}, {"username": None}]


async def test_aliases_share_one_lookup_and_one_point(gateway):
    query = '{ a: user(id: "2") { username } b: user(id: "2") { username } c: user(id: "131464") { username } }'

    response = await gateway.send(query)

    assert [user["username"] for user in response["data"].values()] == ["peppy", "peppy", "ameo"]
    assert cost(response) == (2, 2)


async def test_name_of_found_player_costs_another_lookup(gateway):
    response = await gateway.send('{ userByName(username: "AMEO") { username stats { tracked } } }')

    assert response["data"] == {"userByName": {"username": "ameo", "stats": {"tracked": True}}}
    assert cost(response) == (3, 3)


async def test_peak_by_name_is_derived_from_history(gateway):
    query = '{ userByName(username: "ameo") { stats { latest { pp } peak { globalRank } } } }'

    response = await gateway.send(query)

    assert cost(response) == (2, 2)
    assert gateway.sandbox.count("/peak") == 0


async def test_equal_name_and_id_are_priced_apart(gateway):
    response = await gateway.send('{ userByName(username: "2") { id } user(id: "2") { username } }')

    assert cost(response) == (2, 2)


@pytest.mark.parametrize(
    "fault,code",
    [
        ({"kind": "status", "status": 500}, "UPSTREAM_UNAVAILABLE"),
        ({"kind": "status", "status": 403}, "UPSTREAM_REJECTED"),
        ({"kind": "rate_limit", "retry_after": 7}, "UPSTREAM_BUSY"),
        ({"kind": "garbage"}, "UPSTREAM_INVALID_RESPONSE"),
        ({"kind": "garbage", "body": "{}"}, "UPSTREAM_INVALID_RESPONSE"),
        ({"kind": "garbage", "body": "null"}, "UPSTREAM_INVALID_RESPONSE"),
        ({"kind": "garbage", "body": '""'}, "UPSTREAM_INVALID_RESPONSE"),
        ({"kind": "garbage", "body": "-1"}, "UPSTREAM_INVALID_RESPONSE"),
        ({"kind": "reset"}, "UPSTREAM_UNAVAILABLE"),
    ],
)
@pytest.mark.parametrize("name", ['name: user(id: "131464") { username }', 'name: userByName(username: "ameo") { id }'])
async def test_failure_affects_the_name_only(gateway, fault, code, name):
    gateway.sandbox.faults = [Fault(path=NAMES_PATH, **fault)]

    response = await gateway.send(f'{{ {name} user(id: "2") {{ stats {{ tracked }} }} status {{ upstream }} }}')

    [error] = response["errors"]
    assert error["extensions"]["code"] == code
    assert "osu!track" not in error["message"]
    assert error["path"][0] == "name"
    assert response["data"]["name"] in (None, {"username": None})
    assert response["data"]["user"] == {"stats": {"tracked": True}}
    assert response["data"]["status"] == {"upstream": "UP"}


async def test_failure_is_not_cached(gateway):
    gateway.sandbox.faults = [FAILING]
    await gateway.error(USERNAME.replace("osuTrackUrl", ""), id=AMEO)
    gateway.sandbox.faults = []

    assert (await gateway.ask(USERNAME, id=AMEO))["user"]["username"] == "ameo"


async def test_failing_service_is_paused(gateway):
    gateway.sandbox.faults = [FAILING]
    for user in range(1001, 1011):
        failed = await gateway.error("query ($id: ID!) { user(id: $id) { username } }", id=str(user))
    requests = len(gateway.lookups())
    gateway.sandbox.faults = []
    gateway.clock.move(30)

    assert requests == 5
    assert failed["extensions"]["retryAfterSeconds"] == 30
    assert (await gateway.ask(USERNAME, id=AMEO))["user"]["username"] == "ameo"


async def test_known_names_need_no_failing_service(gateway):
    await gateway.ask(UPDATE, id=AMEO)
    gateway.sandbox.faults = [FAILING]

    assert (await gateway.ask(USERNAME, id=AMEO))["user"]["username"] == "ameo"


async def test_hanging_service_leaves_slots_for_osutrack(clock, settings):
    async with start_gateway({**settings, "upstream_concurrency": 1}, clock=clock) as gateway:
        gateway.sandbox.faults = [Fault(kind="hang", path=NAMES_PATH)]
        hanging = [asyncio.create_task(gateway.send(USERNAME, id=str(user))) for user in range(1001, 1011)]
        await eventually(lambda: len(gateway.lookups()) == 4)

        data = await gateway.ask('{ user(id: "2") { stats { tracked } } }')

        assert data == {"user": {"stats": {"tracked": True}}}
        for task in hanging:
            task.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)


async def test_update_wins_against_a_lookup_in_flight(gateway):
    gateway.sandbox.faults = [Fault(kind="latency", path=NAMES_PATH, seconds=0.05)]
    looking_up = asyncio.create_task(gateway.ask(USERNAME, id=AMEO))
    await eventually(lambda: bool(gateway.lookups()))
    rename(gateway, "renamed")
    await gateway.ask(UPDATE, id=AMEO)
    rename(gateway, "ameo")

    assert (await looking_up)["user"]["username"] == "renamed"
    assert (await gateway.ask(USERNAME, id=AMEO))["user"]["username"] == "renamed"


async def test_slow_name_arrives_after_other_data(gateway):
    gateway.sandbox.faults = [Fault(kind="latency", path=NAMES_PATH, seconds=3.6)]
    with_stats = '{ user(id: "131464") { username stats { tracked } } }'

    late, alone = await asyncio.gather(gateway.send(with_stats), gateway.ask(USERNAME, id=AMEO))

    assert late["data"] == {"user": {"username": None, "stats": {"tracked": True}}}
    assert [error["extensions"]["code"] for error in late["errors"]] == ["UPSTREAM_TIMEOUT"]
    assert alone["user"]["username"] == "ameo"
    assert len(gateway.lookups()) == 1


async def test_found_name_leads_to_its_id(gateway):
    before = await gateway.http.get("/players/ameo")
    await gateway.ask(USERNAME, id=AMEO)

    after = await gateway.http.get("/players/ameo")

    assert (before.status_code, after.status_code) == (200, 302)
    assert after.headers["Location"] == f"../players/{AMEO}"
    assert await gateway.ask(BY_NAME, username="AMEO") == {"userByName": {"id": AMEO}}
    assert len(gateway.lookups()) == 1


async def test_found_name_replaces_a_missing_one(gateway):
    rename(gateway, "renamed")
    missing = [await gateway.ask(BY_NAME, username="ameo") for _ in range(2)]
    rename(gateway, "ameo")
    await gateway.ask(USERNAME, id=AMEO)

    assert missing == [{"userByName": None}] * 2
    assert await gateway.ask(BY_NAME, username="ameo") == {"userByName": {"id": AMEO}}


async def test_name_of_another_player_is_kept(gateway):
    await gateway.ask(UPDATE, id="2")
    rename(gateway, "peppy")

    await gateway.ask(USERNAME, id=AMEO)

    assert await gateway.ask(BY_NAME, username="peppy") == {"userByName": {"id": "2"}}


@pytest.mark.parametrize("name", ["", "a" * 16, "a/b", " ameo", "../x", "ä"])
async def test_impossible_name_is_refused(gateway, name):
    error = await input_error(gateway, BY_NAME, "username", username=name)

    assert error["extensions"]["argument"] == "username"
    assert gateway.lookups() == []


class TestBudget:
    """The budget of the names service, a quarter of it in the first minute."""

    @pytest.fixture
    def settings(self):
        return {**NAMES, "names_per_minute": 4}

    async def test_budget_of_names_is_their_own(self, gateway):
        gateway.clock.move(MINUTE_S)
        users = [f'a{user}: user(id: "{user}") {{ username }}' for user in range(1001, 1008)]
        response = await gateway.send(f'{{ {" ".join(users)} user(id: "2") {{ stats {{ tracked }} }} }}')

        codes = [error["extensions"]["code"] for error in response["errors"]]
        assert len(gateway.lookups()) <= 4
        assert codes == ["UPSTREAM_BUSY"] * (7 - len(gateway.lookups()))
        assert response["data"]["user"] == {"stats": {"tracked": True}}
        assert cost(response) == (8, 8)

    async def test_exhausted_budget_delays_nothing_else(self, gateway):
        await gateway.send(USERNAME, id="2")
        gateway.clock.move(MINUTE_S - 5)

        async with asyncio.timeout(1):
            response = await gateway.send('{ user(id: "1001") { username stats { tracked } } }')
        assert [error["extensions"]["code"] for error in response["errors"]] == ["UPSTREAM_BUSY"]
        assert response["data"]["user"] == {"username": None, "stats": {"tracked": True}}

    async def test_budget_and_reads_are_metrics(self, gateway):
        await gateway.send(USERNAME, id="2")
        metrics = (await gateway.http.get("/metrics")).text

        assert 'gateway_upstream_budget_remaining{budget="names"}' in metrics
        assert 'gateway_records_served_total{freshness="loaded",resource="username"} 1.0' in metrics
        assert 'gateway_upstream_requests_total{endpoint="/users/{id}/username",outcome="ok"} 1.0' in metrics


async def test_request_names_the_gateway(gateway):
    await gateway.ask(USERNAME, id="2")

    assert gateway.upstream.headers[-1]["User-Agent"].startswith("osutrack-gateway/")


async def test_page_of_missing_name_is_not_found(gateway):
    pages = []
    for name in ("nobody", "ameo"):
        before = await gateway.http.get(f"/players/{name}", headers=HTML)
        await gateway.ask(BY_NAME, username=name)
        pages.append((before, await gateway.http.get(f"/players/{name}", headers=HTML)))

    [[before, missing], [_, known]] = pages
    assert [before.status_code, missing.status_code, known.status_code] == [200, 404, 302]
    assert "<title>No such player" in missing.text
    assert ['property="og:' in page.text for page in (before, missing)] == [True, False]
