"""Client limits: points per address, refunds, rate-limit headers and trusted proxies."""

import pytest

from gateway.sandbox import Fault
from gateway.web.client_limits import TokenBucket
from tests.support.gateway import start_gateway

NINE = "{ users(ids: [1, 2, 3, 4, 5, 6, 7, 8, 9]) { stats { tracked } } }"
SIX = "{ users(ids: [1, 2, 3, 4, 5, 6]) { stats { tracked } } }"
OTHER_SIX = SIX.replace("1,", "7,")
HOUR_S = 3600


@pytest.fixture
def settings():
    return {"client_points": 10, "client_points_per_minute": 10, "trusted_proxies": ("127.0.0.1", "10.0.0.0/8")}


async def post_from(gateway, address, query):
    return await gateway.post(query, **{"X-Forwarded-For": address})


async def test_points_for_cached_data_are_refunded(gateway):
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
async def test_failures_are_charged_and_refusals_cost_one(gateway, query, charged):
    gateway.sandbox.faults = (Fault(kind="status", status=500),)
    failed = await gateway.send(query)
    gateway.sandbox.faults = (Fault(kind="status", status=429),)
    refused = await gateway.send(query.replace("1001", "1002").replace("ameo", "other"))
    assert failed["errors"]
    assert refused["errors"]
    assert [response["extensions"]["cost"]["charged"] for response in (failed, refused)] == [charged, 1]


class TestBudgetUsedUp:
    @pytest.fixture
    def settings(self):
        return {
            "client_points": 10,
            "client_points_per_minute": 10,
            "reads_per_minute": 1,
            "hiscores_per_minute": 1,
            "updates_per_minute": 1,
        }

    @pytest.mark.parametrize(
        "query",
        [
            "{ user(id: USER) { stats { tracked } } }",
            "{ user(id: USER) { stats { hiscores { totalCount } } } }",
            "mutation { updateUser(id: USER) { __typename } }",
        ],
    )
    async def test_each_refusal_costs_one_point(self, gateway, query):
        await gateway.send_from("10.0.0.1", query.replace("USER", "1001"))
        refused = await gateway.send(query.replace("USER", "1002"))
        assert refused["errors"][0]["extensions"]["code"] == "UPSTREAM_BUSY"
        assert refused["extensions"]["cost"]["charged"] == 1

    async def test_refusals_use_up_the_points(self, gateway):
        await gateway.send_from("10.0.0.1", "{ user(id: 1001) { stats { tracked } } }")
        nine = await gateway.send("{ users(ids: [2, 3, 4, 5, 6, 7, 8, 9, 10]) { stats { tracked } } }")
        assert nine["extensions"]["cost"]["charged"] == 9
        assert (await gateway.post("{ users(ids: [11, 12]) { stats { tracked } } }")).status_code == 429


async def test_update_of_unknown_player_is_charged_once(gateway):
    update = "mutation { updateUser(id: 4040001) { __typename } }"
    first, second = await gateway.send(update), await gateway.send(update)
    assert [response["data"]["updateUser"]["__typename"] for response in (first, second)] == ["UserNotFound"] * 2
    assert [response["extensions"]["cost"]["charged"] for response in (first, second)] == [5, 0]


async def test_responses_have_rate_limit_headers(gateway):
    response = await gateway.post(NINE)
    assert response.headers["RateLimit-Policy"] == '"points";q=10;w=60'
    assert response.headers["RateLimit"] == '"points";r=1;t=54'


async def test_rate_limited_response_has_retry_time(gateway):
    await gateway.post(NINE)
    rejected = await gateway.post(NINE)
    assert (rejected.status_code, rejected.headers["Retry-After"]) == (429, "48")
    extensions = rejected.json()["errors"][0]["extensions"]
    assert (extensions["code"], extensions["retryable"], extensions["retryAfterSeconds"]) == ("RATE_LIMITED", True, 48)


@pytest.mark.parametrize("seconds,status", [(47, 429), (48, 200)])
async def test_request_succeeds_after_the_retry_time(gateway, seconds, status):
    await gateway.post(NINE)
    gateway.clock.move(seconds)
    assert (await gateway.post(NINE)).status_code == status


async def test_other_origins_can_read_the_retry_time(gateway):
    await gateway.post(NINE)
    rejected = await gateway.post(NINE, Origin="https://site.example")
    assert (rejected.status_code, rejected.headers["Access-Control-Allow-Origin"]) == (429, "*")
    assert "Retry-After" in rejected.headers["Access-Control-Expose-Headers"]


async def test_free_operations_need_no_points(gateway):
    await gateway.post("{ users(ids: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) { stats { tracked } } }")
    assert (await gateway.post("{ status { upstream } }")).status_code == 200


async def test_cost_above_the_limit_is_not_retryable(gateway):
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
        ("203.0.113.7:50001", "203.0.113.7:50002", True),
        ("203.0.113.7:50001", "203.0.113.7", True),
        ("203.0.113.7:50001", "203.0.113.8:50001", False),
        ("1.1.1.1, 203.0.113.7:50001, 10.1.1.1:443", "203.0.113.7", True),
        ('"203.0.113.7:50001"', "203.0.113.7", True),
        ("203.0.113.7:_port", "203.0.113.7", True),
        ("203.0.113.7,", " ,\t203.0.113.7 , ", True),
        ("[2001:db8:1:2::1]:50001", "2001:db8:1:2::1", True),
        ("[2001:db8:1:2::1]", '"[2001:DB8:1:2::2]:4711"', True),
        ("[2001:db8:1:2::1]:50001", "[2001:db8:1:3::1]:50001", False),
        ("2001:db8:1:2:0:0:0:1:50001", "2001:db8:1:2::1", True),
        ("[::ffff:1.2.3.4]:50001", "::ffff:1.2.3.4:50002", True),
        ("[::ffff:1.2.3.4]:50001", "1.2.3.4", True),
        ("fe80::1%eth0", "[fe80::1%eth1]:80", True),
        ("unknown", "unknown", True),
        ("unknown", "_hidden", False),
        ("_hidden", "_secret", False),
        ("unknown", "127.0.0.1", False),
        ("invalid", "also invalid", False),
        ("unix:", "203.0.113.7", False),
        ("203.0.113.7, unix:", "203.0.113.8, unix:", False),
        ("203.0.113.7, unknown", "203.0.113.7", False),
        ("999.0.0.1", "999.0.0.2", False),
        ("[2001:db8::zz]", "[2001:db8::yy]", False),
    ],
)
async def test_client_is_the_address_before_trusted_proxies(gateway, one, other, shared):
    await post_from(gateway, one, SIX)
    response = await post_from(gateway, other, OTHER_SIX)
    assert response.status_code == (429 if shared else 200)


class TestWithoutProxies:
    @pytest.fixture
    def settings(self):
        return {"client_points": 10, "client_points_per_minute": 10}

    async def test_forwarded_address_is_ignored_without_proxies(self, gateway):
        await post_from(gateway, "1.2.3.4", SIX)
        assert (await post_from(gateway, "1.2.3.5", OTHER_SIX)).status_code == 429

    async def test_ignored_header_is_logged_once(self, gateway, caplog):
        for _ in range(3):
            await post_from(gateway, "192.0.2.1", "{ status { upstream } }")
        warnings = [record.message for record in caplog.records if "GATEWAY_TRUSTED_PROXIES" in record.message]
        assert len(warnings) == 1


@pytest.mark.parametrize("step_s", [-HOUR_S, HOUR_S])
async def test_clock_step_does_not_change_points(gateway, step_s):
    await gateway.post(NINE)
    gateway.clock.step(step_s)
    rejected = await gateway.post(NINE)
    assert rejected.headers["RateLimit"] == '"points";r=1;t=54'
    assert (rejected.status_code, rejected.headers["Retry-After"]) == (429, "48")
    gateway.clock.move(48)
    assert (await gateway.post(NINE)).status_code == 200


async def test_reset_time_is_a_timestamp(gateway):
    await gateway.post(NINE)
    response = await gateway.ask("{ rateLimit { resetAt } }")
    assert response["rateLimit"]["resetAt"] == "2026-11-20T12:00:54.000Z"


class TestUnlimited:
    @pytest.fixture
    def settings(self):
        return {"client_points": 0}

    async def test_remaining_points_are_never_negative(self, gateway):
        response = await gateway.ask("{ rateLimit { limit remaining resetAt } a: user(id: 1) { stats { tracked } } }")
        assert response["rateLimit"] == {"limit": 0, "remaining": 0, "resetAt": "2026-11-20T12:00:00.000Z"}


@pytest.mark.parametrize("points,per_minute", [(0, 0), (0, 60), (3, 0), (3, 60), (1, 1)])
async def test_balance_is_never_negative(points, per_minute):
    async with start_gateway({"client_points": points, "client_points_per_minute": per_minute}) as gateway:
        query = "{ rateLimit { remaining } a: user(id: USER) { stats { tracked } } }"
        responses = [await gateway.send(query.replace("USER", str(1001 + number))) for number in range(6)]
    balances = [response["data"]["rateLimit"]["remaining"] for response in responses if response.get("data")]
    assert balances
    assert min(balances) >= 0


def test_bucket_below_zero_shows_zero(clock):
    bucket = TokenBucket(60, 60, clock.monotonic)
    bucket.take(100)
    assert (bucket.remaining, bucket.wait_s(1)) == (0, 41)
