"""Hiscores are not asked for again while the history shows that nothing was recorded since."""

import msgspec
import pytest

from gateway.sandbox import Fault, players

BOTH = "query($id: ID!) { user(id: $id) { stats { latest { at } hiscores { totalCount } } } }"
HISCORES = "query($id: ID!) { user(id: $id) { stats { hiscores { totalCount nodes { pp } } } } }"
LATEST = "query($id: ID!) { user(id: $id) { stats { latest { at } } } }"
UPDATE = "mutation($id: ID!) { updateUser(id: $id) { __typename } }"
MIN_S, HOUR_S = 60, 3600


async def seen_again(gateway, user, *, after_s=HOUR_S, query=BOTH):
    """What who asks twice is told, when the first has been told old numbers and had them refreshed."""
    gateway.clock.move(after_s)
    await gateway.ask(query, id=str(user))
    await gateway.finish_refreshes()
    return await gateway.send(query, id=str(user))


async def recorded_elsewhere(gateway, user):
    """osu!track updates a player without being asked by us."""
    http = gateway.app.state.gateway.upstream._http  # noqa: SLF001
    (await http.post("/update", params={"user": user, "mode": 0})).raise_for_status()


def asked(gateway):
    return gateway.sandbox.count("/hiscores"), gateway.sandbox.count("/stats_history")


@pytest.mark.parametrize("query", [BOTH, HISCORES])
async def test_while_nothing_is_recorded_only_the_history_is_looked_at(gateway, query):
    await gateway.ask(BOTH, id="2")
    answer = await seen_again(gateway, 2, query=query)
    assert answer["extensions"] == {"cost": {"requested": answer["extensions"]["cost"]["requested"], "charged": 0}}
    assert asked(gateway) == (1, 2)


async def test_it_is_no_longer_fresh_than_the_history_that_tells_so(gateway):
    await gateway.ask(BOTH, id="2")
    gateway.clock.move(HOUR_S)
    await gateway.ask(LATEST, id="2")
    await gateway.finish_refreshes()
    await seen_again(gateway, 2, after_s=9 * MIN_S, query=HISCORES)
    gateway.clock.move(7 * MIN_S)
    assert (await gateway.send(HISCORES, id="2"))["extensions"]["warnings"][0]["ageSeconds"] == 16 * MIN_S


async def test_what_is_recorded_meanwhile_is_asked_for(gateway):
    before = (await gateway.ask(BOTH, id="131464"))["user"]["stats"]["hiscores"]["totalCount"]
    gateway.clock.move(HOUR_S)
    await recorded_elsewhere(gateway, 131464)
    answer = await seen_again(gateway, 131464)
    assert answer["data"]["user"]["stats"]["hiscores"]["totalCount"] == before + 2
    assert gateway.sandbox.count("/hiscores") == 2


async def test_a_snapshot_from_about_when_they_were_read_proves_nothing(gateway):
    await gateway.ask(UPDATE, id="131464")
    gateway.clock.move(4 * MIN_S)
    await gateway.ask(BOTH, id="131464")
    await seen_again(gateway, 131464)
    assert gateway.sandbox.count("/hiscores") == 2


@pytest.mark.parametrize("user", [players.INACTIVE, players.NO_SNAPSHOTS])
async def test_a_history_that_stands_still_because_its_player_is_unranked_proves_nothing(gateway, user):
    await gateway.ask(BOTH, id=str(user))
    await seen_again(gateway, user)
    assert gateway.sandbox.count("/hiscores") == 2


async def test_a_history_of_which_not_all_can_be_read_proves_nothing(gateway):
    rows = [*gateway.sandbox.database.snapshots(2, 0)[:2], {"timestamp": "the newest, of all rows"}]
    body = msgspec.json.encode(rows).decode()
    gateway.sandbox.faults = (Fault(kind="garbage", path="/stats_history", body=body),)
    await gateway.ask(BOTH, id="2")
    await seen_again(gateway, 2)
    assert gateway.sandbox.count("/hiscores") == 2


async def test_after_an_update_they_are_asked_for(gateway):
    await gateway.ask(BOTH, id=str(players.UNCHANGED))
    gateway.clock.move(HOUR_S)
    await gateway.ask(UPDATE, id=str(players.UNCHANGED))
    await gateway.ask(BOTH, id=str(players.UNCHANGED))
    assert gateway.sandbox.count("/hiscores") == 2


async def test_once_a_day_they_are_asked_for_all_the_same(gateway):
    await gateway.ask(BOTH, id="2")
    for _ in range(3):
        await seen_again(gateway, 2, after_s=10 * HOUR_S)
    assert gateway.sandbox.count("/hiscores") == 2


async def test_without_a_history_they_are_asked_for(gateway):
    await gateway.ask(HISCORES, id="2")
    await seen_again(gateway, 2, query=HISCORES)
    assert asked(gateway) == (2, 0)


@pytest.mark.parametrize("query,histories", [(BOTH, 2), (HISCORES, 1)])
@pytest.mark.parametrize("user", [players.NO_PLAYS, 4040404])
async def test_where_there_were_none_they_are_asked_for_and_no_history_for_their_sake(gateway, user, query, histories):
    await gateway.ask(BOTH, id=str(user))
    gateway.clock.move(HOUR_S)
    await gateway.ask(query, id=str(user))
    await gateway.finish_refreshes()
    assert asked(gateway) == (2, histories)


async def test_when_the_history_can_not_be_read_they_are_served_as_they_are(gateway):
    await gateway.ask(BOTH, id="2")
    gateway.sandbox.faults = (Fault(kind="status", status=500),)
    answer = await seen_again(gateway, 2, query=HISCORES)
    assert answer["extensions"]["warnings"][0]["code"] == "STALE_DATA"
    assert asked(gateway) == (1, 2)


async def test_when_only_the_history_makes_no_sense_any_more_they_are_asked_for(gateway):
    await gateway.ask(BOTH, id="2")
    gateway.sandbox.faults = (Fault(kind="garbage", path="/stats_history"),)
    answer = await seen_again(gateway, 2, query=HISCORES)
    assert "warnings" not in answer["extensions"]
    assert asked(gateway) == (2, 2)
