"""Ages of cached data on an ordinary day: fresh, revalidated in the background, then refreshed before the response."""

import asyncio

import hypothesis
import pytest
from hypothesis import strategies

from gateway.sandbox import Fault, players
from tests.support.clock import DAY_S, HOUR_S, MINUTE_S, Clock
from tests.support.gateway import create_upstream, start_gateway
from tests.support.operations import LATEST

AMEO = str(players.AMEO)
BOTH = "query ($id: ID!) { user(id: $id) { stats { hiscores { totalCount } latest { at } } } }"
# One query for each resource: the endpoint and the end of freshness, in seconds.
RESOURCES = {
    "history": ("{ user(id: 131464) { stats { latest { at pp } } } }", "/stats_history", 600),
    "peak": ("{ user(id: 131464) { stats { peak { globalRank globalRankAt accuracyAt } } } }", "/peak", 600),
    "hiscores": ("{ user(id: 131464) { stats { hiscores { totalCount nodes { pp } } } } }", "/hiscores", 900),
    "hiscores by name": ('{ hiscoresByUsername(username: "ameo") { totalCount nodes { pp } } }', "/hiscores", 900),
    "best plays": ("{ bestPlays(first: 20) { nodes { pp beatmapId } } }", "/bestplays", 600),
    "best plays of a year": (
        '{ bestPlays(window: {between: {from: "2026-01-01"}}) { nodes { pp } } }',
        "/bestplays",
        600,
    ),
}
TODAYS_PLAYS = ("{ bestPlays(window: {days: 1}) { nodes { pp } } }", "/bestplays", 600)
each_resource = pytest.mark.parametrize("query,path,fresh_s", RESOURCES.values(), ids=RESOURCES)
REVALIDATE_S = 600


async def update_elsewhere(gateway, user=AMEO):
    """An update of the player that another client of osu!track requests."""
    http = gateway.parts.upstream._http  # noqa: SLF001
    (await http.post("/update", params={"user": user, "mode": 0})).raise_for_status()


@pytest.mark.parametrize(
    "query,path,fresh_s", [*RESOURCES.values(), TODAYS_PLAYS], ids=[*RESOURCES, "best plays of a day"]
)
async def test_visits_every_22_hours_get_current_data(clock, query, path, fresh_s):
    upstream = create_upstream(clock)
    async with start_gateway(clock=clock, sandbox=upstream) as gateway:
        for _ in range(4):
            await update_elsewhere(gateway)
            response = await gateway.send(query)
            async with start_gateway(clock=clock, sandbox=upstream) as cold:
                assert response["data"] == await cold.ask(query)
            assert set(response["extensions"]) == {"cost"}
            clock.move(22 * HOUR_S)


@each_resource
async def test_revalidating_data_is_served_and_refreshed_once(gateway, query, path, fresh_s):
    data = await gateway.ask(query)
    requests = gateway.sandbox.count(path)
    gateway.clock.move(fresh_s)
    responses = await asyncio.gather(*(gateway.send(query) for _ in range(10)))
    await gateway.finish_refreshes()

    assert [response["data"] for response in responses] == [data] * 10
    assert [response["extensions"]["revalidating"] for response in responses] == [True] * 10
    assert not any("warnings" in response["extensions"] for response in responses)
    assert {response["extensions"]["cost"]["charged"] for response in responses} == {0}
    assert gateway.sandbox.count(path) == 2 * requests
    assert set((await gateway.send(query))["extensions"]) == {"cost"}


@each_resource
async def test_stale_data_is_refreshed_before_the_response(gateway, query, path, fresh_s):
    await gateway.ask(query)
    gateway.clock.move(fresh_s + REVALIDATE_S)
    await update_elsewhere(gateway)
    gateway.sandbox.reset_counts()
    responses = await asyncio.gather(*(gateway.send(query) for _ in range(10)))

    async with start_gateway(clock=gateway.clock, sandbox=gateway.upstream.app) as cold:
        gateway.sandbox.reset_counts()
        data = await cold.ask(query)
    assert [response["data"] for response in responses] == [data] * 10
    assert not any({"warnings", "revalidating"} & set(response["extensions"]) for response in responses)


@hypothesis.settings(max_examples=25)
@hypothesis.given(
    gaps_s=strategies.lists(
        strategies.one_of(strategies.integers(1, 40 * MINUTE_S), strategies.integers(1, 30 * HOUR_S)), max_size=12
    )
)
async def test_healthy_osutrack_never_causes_old_data(gaps_s):
    clock = Clock()
    async with start_gateway(clock=clock) as gateway:
        updated_at = clock.now
        await update_elsewhere(gateway)
        for gap_s in gaps_s:
            response = await gateway.send(LATEST, id=AMEO)
            await gateway.finish_refreshes()
            newest = gateway.sandbox.database.snapshots(players.AMEO, 0)[-1].timestamp
            is_current = response["data"]["user"]["stats"]["latest"]["at"] == newest
            assert is_current or clock.now - updated_at < 600 + REVALIDATE_S
            assert "warnings" not in response["extensions"]
            clock.move(gap_s)
            if clock.now - updated_at > DAY_S:
                updated_at = clock.now
                await update_elsewhere(gateway)


async def test_stale_history_is_requested_once_for_hiscores_too(gateway):
    await gateway.ask(BOTH, id="2")
    gateway.clock.move(21 * MINUTE_S)
    response = await gateway.send(BOTH, id="2")
    await gateway.finish_refreshes()
    assert response["extensions"]["revalidating"]
    assert (gateway.sandbox.count("/stats_history"), gateway.sandbox.count("/hiscores")) == (2, 1)


async def test_stale_hiscores_are_confirmed_by_the_history(gateway):
    await gateway.ask(BOTH, id="2")
    gateway.clock.move(HOUR_S)
    response = await gateway.send(BOTH, id="2")
    assert set(response["extensions"]) == {"cost"}
    assert (gateway.sandbox.count("/stats_history"), gateway.sandbox.count("/hiscores")) == (2, 1)


async def test_revalidating_response_is_not_stored(gateway):
    await gateway.ask(LATEST, id=AMEO)
    gateway.clock.move(600)
    gateway.sandbox.faults = (Fault(kind="status", status=500),)
    for _ in range(3):
        response = await gateway.send(LATEST, id=AMEO)
        assert response["extensions"]["revalidating"]
    assert len(gateway.app.state.lookup.__self__.responses.cache) == 0


async def test_revalidating_response_has_max_age_zero(gateway):
    query = RESOURCES["history"][0]
    await gateway.ask(query)
    gateway.clock.move(600)
    gateway.sandbox.faults = (Fault(kind="status", status=500),)
    response = await gateway.http.get("/graphql", params={"query": query})
    etag = {"If-None-Match": response.headers["ETag"]}
    again = await gateway.http.get("/graphql", params={"query": query}, headers=etag)
    assert response.json()["extensions"]["revalidating"]
    assert response.headers["Cache-Control"] == "public, max-age=0"
    assert (again.status_code, again.headers["Cache-Control"]) == (304, "public, max-age=0")


@pytest.mark.parametrize("settings", [{"revalidate_s": 0}])
async def test_revalidation_can_be_disabled(gateway):
    await gateway.ask(LATEST, id=AMEO)
    gateway.clock.move(600)
    response = await gateway.send(LATEST, id=AMEO)
    assert set(response["extensions"]) == {"cost"}
    assert gateway.sandbox.count() == 2
