"""Stale hiscores are confirmed by the history instead of being requested."""

import msgspec
import pytest

from gateway.sandbox import Fault, players
from tests.support.clock import HOUR_S, MINUTE_S
from tests.support.operations import HISCORES, LATEST, UPDATE

BOTH = "query($id: ID!) { user(id: $id) { stats { latest { at } hiscores { totalCount } } } }"


async def send_after_refresh(gateway, user, *, after_s=HOUR_S, query=BOTH):
    """The response to a second query, after a first one has started a background refresh."""
    gateway.clock.move(after_s)
    await gateway.ask(query, id=str(user))
    await gateway.finish_refreshes()
    return await gateway.send(query, id=str(user))


async def update_elsewhere(gateway, user):
    """An update of a player that another client of osu!track requests."""
    http = gateway.parts.upstream._http  # noqa: SLF001
    (await http.post("/update", params={"user": user, "mode": 0})).raise_for_status()


def requests(gateway):
    """The numbers of requests for hiscores and for histories."""
    return gateway.sandbox.count("/hiscores"), gateway.sandbox.count("/stats_history")


@pytest.mark.parametrize("query", [BOTH, HISCORES])
async def test_unchanged_history_saves_the_hiscores_request(gateway, query):
    await gateway.ask(BOTH, id="2")
    response = await send_after_refresh(gateway, 2, query=query)
    assert response["extensions"] == {"cost": {"requested": response["extensions"]["cost"]["requested"], "charged": 0}}
    assert requests(gateway) == (1, 2)


async def test_confirmed_hiscores_have_the_age_of_the_history(gateway):
    await gateway.ask(BOTH, id="2")
    gateway.clock.move(HOUR_S)
    await gateway.ask(LATEST, id="2")
    await gateway.finish_refreshes()
    await send_after_refresh(gateway, 2, after_s=9 * MINUTE_S, query=HISCORES)
    gateway.clock.move(7 * MINUTE_S)
    # 16 minutes after the proof, 7 after its use.
    assert (await gateway.send(HISCORES, id="2"))["extensions"]["revalidating"]


async def test_changed_history_causes_a_hiscores_request(gateway):
    before = (await gateway.ask(BOTH, id="131464"))["user"]["stats"]["hiscores"]["totalCount"]
    gateway.clock.move(HOUR_S)
    await update_elsewhere(gateway, 131464)
    response = await send_after_refresh(gateway, 131464)
    assert response["data"]["user"]["stats"]["hiscores"]["totalCount"] == before + 2
    assert gateway.sandbox.count("/hiscores") == 2


async def test_snapshot_near_the_fetch_time_confirms_nothing(gateway):
    await gateway.ask(UPDATE, id="131464")
    gateway.clock.move(4 * MINUTE_S)
    await gateway.ask(BOTH, id="131464")
    await send_after_refresh(gateway, 131464)
    assert gateway.sandbox.count("/hiscores") == 2


async def test_history_of_unranked_player_confirms_nothing(gateway):
    await gateway.ask(BOTH, id=str(players.INACTIVE))
    await send_after_refresh(gateway, players.INACTIVE)
    assert gateway.sandbox.count("/hiscores") == 2


async def test_history_with_invalid_rows_confirms_nothing(gateway):
    rows = [*gateway.sandbox.database.snapshots(2, 0)[:2], {"timestamp": "unreadable"}]
    body = msgspec.json.encode(rows).decode()
    gateway.sandbox.faults = (Fault(kind="garbage", path="/stats_history", body=body),)
    await gateway.ask(BOTH, id="2")
    await send_after_refresh(gateway, 2)
    assert gateway.sandbox.count("/hiscores") == 2


async def test_update_causes_a_hiscores_request(gateway):
    await gateway.ask(BOTH, id=str(players.UNCHANGED))
    gateway.clock.move(HOUR_S)
    await gateway.ask(UPDATE, id=str(players.UNCHANGED))
    await gateway.ask(BOTH, id=str(players.UNCHANGED))
    assert gateway.sandbox.count("/hiscores") == 2


async def test_hiscores_are_requested_at_least_daily(gateway):
    await gateway.ask(BOTH, id="2")
    for _ in range(3):
        await send_after_refresh(gateway, 2, after_s=10 * HOUR_S)
    assert gateway.sandbox.count("/hiscores") == 2


async def test_hiscores_are_requested_without_a_cached_history(gateway):
    await gateway.ask(HISCORES, id="2")
    await send_after_refresh(gateway, 2, query=HISCORES)
    assert requests(gateway) == (2, 0)


@pytest.mark.parametrize("user", [players.NO_PLAYS, 4040404])
async def test_empty_hiscores_are_requested_without_a_history_request(gateway, user):
    await gateway.ask(HISCORES, id=str(user))
    gateway.clock.move(HOUR_S)
    await gateway.ask(HISCORES, id=str(user))
    await gateway.finish_refreshes()
    assert requests(gateway) == (2, 0)


async def test_stale_hiscores_are_served_when_history_fails(gateway):
    await gateway.ask(BOTH, id="2")
    gateway.sandbox.faults = (Fault(kind="status", status=500),)
    response = await send_after_refresh(gateway, 2, query=HISCORES)
    assert response["extensions"]["warnings"][0]["code"] == "STALE_DATA"
    assert requests(gateway) == (1, 2)


async def test_unreadable_history_causes_a_hiscores_request(gateway):
    await gateway.ask(BOTH, id="2")
    gateway.sandbox.faults = (Fault(kind="garbage", path="/stats_history"),)
    response = await send_after_refresh(gateway, 2, query=HISCORES)
    assert "warnings" not in response["extensions"]
    assert requests(gateway) == (2, 2)
