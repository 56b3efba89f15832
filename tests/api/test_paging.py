"""Paging through hiscores and best plays: each play once, in order, also when the list changes."""

import httpx
import pytest

from gateway.sandbox import players
from tests.support.gateway import start_gateway

HISCORES = """query ($id: ID!, $order: ScoreOrder!, $first: Int!, $after: String) { user(id: $id) { stats {
  page: hiscores(orderBy: $order, first: $first, after: $after) {
    totalCount nodes { ...Play } edges { cursor node { ...Play } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
} } }
fragment Play on Hiscore { beatmapId score pp playedAt recordedAt mods { bits } }"""
BEST_PLAYS = """query ($first: Int!, $after: String) { bestPlays(first: $first, after: $after) {
  nodes { beatmapId score pp mods { bits } user { id } } pageInfo { hasNextPage endCursor }
} }"""
UPDATE = "mutation ($id: ID!) { updateUser(id: $id) { ... on UpdateUserSuccess { newHiscores { beatmapId } } } }"
ORDERS = {
    "PP_DESC": lambda play: (-play["pp"], int(play["beatmapId"])),
    "PLAYED_AT_DESC": lambda play: ([-ord(sign) for sign in play["playedAt"]], int(play["beatmapId"])),
    "PLAYED_AT_ASC": lambda play: (play["playedAt"], int(play["beatmapId"])),
    "RECORDED_AT_DESC": lambda play: ([-ord(sign) for sign in play["recordedAt"]], int(play["beatmapId"])),
}


async def page(gateway, user=players.REPEATER, order="PP_DESC", first=50, after=None):
    data = await gateway.ask(HISCORES, id=str(user), order=order, first=first, after=after)
    return data["user"]["stats"]["page"]


async def pages(gateway, **arguments):
    """All pages."""
    found = [await page(gateway, **arguments)]
    while found[-1]["pageInfo"]["hasNextPage"]:
        found.append(await page(gateway, **arguments, after=found[-1]["pageInfo"]["endCursor"]))
    return found


def plays_of(found):
    return [play for found_page in found for play in found_page["nodes"]]


@pytest.mark.parametrize("first", [7, 50, 500])
@pytest.mark.parametrize("order", ORDERS)
async def test_pages_return_each_play_once_in_order(gateway, order, first):
    found = await pages(gateway, order=order, first=first)

    plays = plays_of(found)
    assert {found_page["totalCount"] for found_page in found} == {len(plays)}
    assert plays == sorted(plays, key=ORDERS[order])
    assert len({(play["beatmapId"], play["score"], play["mods"]["bits"]) for play in plays}) == len(plays)


async def test_paging_returns_all_3000_hiscores(gateway):
    found = await pages(gateway, user=players.HEAVY, first=500)

    recorded = {(row.beatmap_id, row.mods, row.score) for row in gateway.sandbox.database.plays(players.HEAVY, 0)}
    assert {(int(play["beatmapId"]), play["mods"]["bits"], play["score"]) for play in plays_of(found)} == recorded
    assert gateway.sandbox.count("/hiscores") == 1


@pytest.mark.parametrize("order", ORDERS)
async def test_plays_with_score_zero_differ_in_pp_only(order):
    row = {"beatmap_id": 1, "score": 0, "mods": 0, "rank": "D", "score_time": "2026-11-01T00:00:00.000Z"}
    rows = [row | {"update_time": "2026-11-02T00:00:00.000Z", "pp": pp} for pp in (1.5, 3.5, 2.5)]
    async with start_gateway(transport=httpx.MockTransport(lambda _: httpx.Response(200, json=rows))) as gateway:
        found = await pages(gateway, order=order, first=1)
    assert [play["pp"] for play in plays_of(found)] == [3.5, 2.5, 1.5]


async def test_edges_match_nodes_and_cursors_start_after_them(gateway):
    first_page = await page(gateway, first=10)

    after_third = await page(gateway, first=7, after=first_page["edges"][2]["cursor"])

    assert [edge["node"] for edge in first_page["edges"]] == first_page["nodes"]
    cursors = [edge["cursor"] for edge in first_page["edges"]]
    assert first_page["pageInfo"] == {
        "hasNextPage": True,
        "hasPreviousPage": False,
        "startCursor": cursors[0],
        "endCursor": cursors[-1],
    }
    assert after_third["pageInfo"]["hasPreviousPage"] is True
    assert after_third["pageInfo"]["startCursor"] == cursors[3]
    assert after_third["nodes"] == first_page["nodes"][3:]


@pytest.mark.parametrize("user, more", [(players.REPEATER, True), (4040404, False)])
async def test_empty_page_has_no_end_cursor(gateway, user, more):
    empty = await page(gateway, user, first=0)

    assert empty["nodes"] == empty["edges"] == []
    assert empty["pageInfo"] == {"hasNextPage": more, "hasPreviousPage": False, "startCursor": None, "endCursor": None}


async def test_page_after_the_last_play_is_empty(gateway):
    last = (await pages(gateway, first=60))[-1]

    after_last = await page(gateway, after=last["pageInfo"]["endCursor"])

    assert after_last["nodes"] == []
    assert after_last["totalCount"] == last["totalCount"]
    assert after_last["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": True,
        "startCursor": None,
        "endCursor": None,
    }


async def test_cursor_stays_valid_when_an_update_adds_plays(gateway):
    first = await page(gateway, players.AMEO, first=20)
    rest_before = await page(gateway, players.AMEO, first=500, after=first["pageInfo"]["endCursor"])

    await gateway.ask(UPDATE, id=str(players.AMEO))
    rest = await page(gateway, players.AMEO, first=500, after=first["pageInfo"]["endCursor"])

    assert rest["totalCount"] == rest_before["totalCount"] + 2
    assert all(play not in rest["nodes"] for play in first["nodes"])
    old = [play for play in rest["nodes"] if play["recordedAt"] < "2026-11-20T12:00:00.000Z"]
    assert old == [play for play in rest_before["nodes"] if play in old]


async def test_paging_returns_all_10000_best_plays(gateway):
    plays, after, more = [], None, True
    while more:
        found = (await gateway.ask(BEST_PLAYS, first=500, after=after))["bestPlays"]
        plays += found["nodes"]
        after, more = found["pageInfo"]["endCursor"], found["pageInfo"]["hasNextPage"]

    rows = gateway.sandbox.database.best_plays(0)[:10_000]
    recorded = {(row.user, row.beatmap_id, row.mods & ~(1 << 31), row.score) for row in rows}
    keys = [(int(play["user"]["id"]), int(play["beatmapId"]), play["mods"]["bits"], play["score"]) for play in plays]
    assert len(keys) == len(set(keys))
    assert set(keys) == recorded
    assert [play["pp"] for play in plays] == sorted((play["pp"] for play in plays), reverse=True)
