"""Each client by itself: points by address, however the address is told, and what happens when there are none."""

import pytest

from gateway.sandbox import Fault

NINE = "{ users(ids: [1, 2, 3, 4, 5, 6, 7, 8, 9]) { stats { tracked } } }"
SIX = "{ users(ids: [1, 2, 3, 4, 5, 6]) { stats { tracked } } }"
OTHER_SIX = SIX.replace("1,", "7,")


@pytest.fixture
def settings():
    return {"client_points": 10, "client_points_per_minute": 10, "trusted_proxies": ("127.0.0.1", "10.0.0.0/8")}


async def post(gateway, query, forwarded="", **headers):
    from_proxy = {"X-Forwarded-For": forwarded} if forwarded else {}
    return await gateway.http.post("/graphql", json={"query": query}, headers=from_proxy | headers)


async def test_what_was_remembered_is_given_back(gateway):
    query = "{ user(id: 1001) { stats { hiscores { totalCount } } } rateLimit { remaining cost limit } }"
    first, second = await gateway.send(query), await gateway.send(query)
    assert first["extensions"]["cost"] == {"requested": 3, "charged": 3}
    assert second["extensions"]["cost"] == {"requested": 3, "charged": 0}
    assert second["data"]["rateLimit"] == {"remaining": 4, "cost": 3, "limit": 10}


@pytest.mark.parametrize(
    "query,charged",
    [
        ("{ user(id: 1001) { stats { tracked } } }", 1),
        ('{ hiscoresByUsername(username: "ameo") { totalCount } }', 3),
        ("mutation { updateUser(id: 1001) { __typename } }", 5),
    ],
)
@pytest.mark.parametrize("status,asked", [(500, True), (429, False)])
async def test_what_fails_is_paid_for_unless_osutrack_has_done_nothing(gateway, query, charged, status, asked):
    gateway.sandbox.faults = (Fault(kind="status", status=status),)
    answer = await gateway.send(query)
    assert answer["errors"]
    assert answer["extensions"]["cost"]["charged"] == (charged if asked else 0)


async def test_an_update_of_nobody_is_paid_for_once(gateway):
    update = "mutation { updateUser(id: 4040001) { __typename } }"
    first, second = await gateway.send(update), await gateway.send(update)
    assert [answer["data"]["updateUser"]["__typename"] for answer in (first, second)] == ["UserNotFound"] * 2
    assert [answer["extensions"]["cost"]["charged"] for answer in (first, second)] == [5, 0]


async def test_every_answer_tells_what_is_left(gateway):
    answer = await post(gateway, NINE)
    assert answer.headers["RateLimit-Policy"] == '"points";q=10;w=60'
    assert answer.headers["RateLimit"] == '"points";r=1;t=54'


async def test_who_has_no_points_is_told_when_there_are_again(gateway):
    await post(gateway, NINE)
    refused = await post(gateway, NINE)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "48")
    facts = refused.json()["errors"][0]["extensions"]
    assert (facts["code"], facts["retryable"], facts["retryAfterSeconds"]) == ("RATE_LIMITED", True, 48)


@pytest.mark.parametrize("seconds,status", [(47, 429), (48, 200)])
async def test_after_that_time_the_same_request_is_answered(gateway, seconds, status):
    await post(gateway, NINE)
    gateway.clock.move(seconds)
    assert (await post(gateway, NINE)).status_code == status


async def test_other_sites_may_read_how_long_to_wait(gateway):
    await post(gateway, NINE)
    refused = await post(gateway, NINE, Origin="https://site.example")
    assert (refused.status_code, refused.headers["Access-Control-Allow-Origin"]) == (429, "*")
    assert "Retry-After" in refused.headers["Access-Control-Expose-Headers"]


async def test_who_has_no_points_may_ask_what_costs_nothing(gateway):
    await post(gateway, "{ users(ids: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) { stats { tracked } } }")
    assert (await post(gateway, "{ status { upstream } }")).status_code == 200


async def test_what_costs_more_than_there_can_ever_be_is_not_put_off(gateway):
    error = await gateway.error("{ a: users(ids: [1, 2, 3, 4]) { stats { hiscores { totalCount } } } }")
    assert (error["extensions"]["code"], error["extensions"]["max"]) == ("LIMIT_EXCEEDED", 10)
    assert error["extensions"]["retryable"] is False


@pytest.mark.parametrize(
    "one,other,shared",
    [
        ("1.2.3.4", "1.2.3.5", False),
        ("9.9.9.9, 1.2.3.4", "8.8.8.8, 1.2.3.4", True),
        ("1.2.3.4, 10.1.1.1", "1.2.3.4", True),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:1.2.3.4", "1.2.3.4", True),
        ("nobody", "who knows", True),
    ],
)
async def test_points_belong_to_the_address_that_trusted_proxies_saw(gateway, one, other, shared):
    await post(gateway, SIX, one)
    answer = await post(gateway, OTHER_SIX, other)
    assert answer.status_code == (429 if shared else 200)


class TestWithoutProxies:
    @pytest.fixture
    def settings(self):
        return {"client_points": 10, "client_points_per_minute": 10}

    async def test_nobody_is_believed_to_be_another(self, gateway):
        await post(gateway, SIX, "1.2.3.4")
        assert (await post(gateway, OTHER_SIX, "1.2.3.5")).status_code == 429
