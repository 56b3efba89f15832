"""`UserStats.nextUpdateAt`: the end of the cooldown, before an update is tried."""

from gateway.sandbox.players import NO_PLAYS
from tests.support.operations import HISCORES, UPDATE

NEXT = "query ($id: ID!) { user(id: $id) { stats { nextUpdateAt } } }"
COOLDOWN = "mutation { updateUser(id: 2) { ... on UpdateOnCooldown { retryAt } } }"


async def next_update_at(gateway, user_id="2"):
    return (await gateway.ask(NEXT, id=user_id))["user"]["stats"]["nextUpdateAt"]


async def test_next_update_is_that_of_the_refusal(gateway):
    assert await next_update_at(gateway) is None
    assert gateway.sandbox.count() == 0
    await gateway.ask(UPDATE, id="2")
    gateway.clock.move(60)

    refused = await gateway.ask(COOLDOWN)
    assert await next_update_at(gateway) == refused["updateUser"]["retryAt"] == "2026-11-20T12:15:00.000Z"
    gateway.clock.move(15 * 60 - 61)
    assert await next_update_at(gateway) is not None
    gateway.clock.move(1)
    assert await next_update_at(gateway) is None


async def test_potential_update_counts(gateway):
    await gateway.send(HISCORES, id=str(NO_PLAYS))
    assert await next_update_at(gateway, str(NO_PLAYS)) is not None


async def test_cooldown_is_of_one_mode(gateway):
    await gateway.ask(UPDATE, id="2")
    data = await gateway.ask("{ user(id: 2) { allStats { nextUpdateAt } } }")
    assert [each["nextUpdateAt"] is None for each in data["user"]["allStats"]] == [False, True, True, True]


async def test_response_is_not_cached_and_free(gateway):
    query = "{ user(id: 2) { stats { nextUpdateAt } } }"
    for _ in range(3):
        response = await gateway.http.get("/graphql", params={"query": query})
        assert response.headers["Cache-Control"] == "no-store"
        assert response.json()["extensions"]["cost"] == {"requested": 0, "charged": 0}
