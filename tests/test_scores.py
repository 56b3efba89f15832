"""Plays: their mods and grades, and lists of them page by page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mods import mods_of
from gateway.sandbox import cast

PAGE = """query($id: ID!, $order: ScoreOrder!, $first: Int!, $after: String, $best: Boolean! = false) {
    user(id: $id) { stats { hiscores(orderBy: $order, first: $first, after: $after, bestPerBeatmap: $best) {
      totalCount nodes { beatmapId score pp playedAt recordedAt mods { bits } } edges { cursor node { beatmapId score pp } }
      pageInfo { hasNextPage endCursor }
    } } } }"""
BEST = "query($after: String) { bestPlays(first: 500, after: $after) { nodes { pp beatmapId score user { id } } pageInfo { hasNextPage endCursor } } }"
SORTED = {
    "PP_DESC": lambda play: (-play["pp"], int(play["beatmapId"])),
    "PLAYED_AT_ASC": lambda play: (play["playedAt"], int(play["beatmapId"])),
    "PLAYED_AT_DESC": lambda play: ([-ord(c) for c in play["playedAt"]], int(play["beatmapId"])),
    "RECORDED_AT_DESC": lambda play: ([-ord(c) for c in play["recordedAt"]], int(play["beatmapId"])),
}


async def page(gateway, user, order="PP_DESC", first=100, **more):
    data = await gateway.ask(PAGE, id=str(user), order=order, first=first, **more)
    return data["user"]["stats"]["hiscores"]


async def pages(gateway, user, order):
    plays, after, going = [], None, True
    while going:
        one = await page(gateway, user, order, after=after)
        plays += one["nodes"]
        after, going = one["pageInfo"]["endCursor"], one["pageInfo"]["hasNextPage"]
    return plays, one["totalCount"]


@pytest.mark.parametrize("order", SORTED)
async def test_all_pages_together_are_the_list_in_its_order(gateway, order):
    plays, total = await pages(gateway, cast.AMEO, order)
    identities = {(play["beatmapId"], play["score"], play["mods"]["bits"]) for play in plays}
    assert len(plays) == len(identities) == total
    assert plays == sorted(plays, key=SORTED[order])


async def test_edges_hold_the_plays_of_the_nodes_with_cursors_to_go_on_from(gateway):
    one = await page(gateway, cast.AMEO, first=5)
    after_second = await page(gateway, cast.AMEO, first=3, after=one["edges"][1]["cursor"])
    assert [edge["node"]["score"] for edge in one["edges"]] == [node["score"] for node in one["nodes"]]
    assert after_second["nodes"] == one["nodes"][2:]


async def test_an_empty_page_has_no_end(gateway):
    one = await page(gateway, cast.AMEO, first=0)
    assert (one["nodes"], one["pageInfo"]) == ([], {"hasNextPage": True, "endCursor": None})


async def test_a_page_goes_on_where_it_was_when_an_update_has_added_plays(gateway):
    one = await page(gateway, 1001, first=5)
    await gateway.ask("mutation { updateUser(id: 1001) { __typename } }")
    two = await page(gateway, 1001, first=500, after=one["pageInfo"]["endCursor"])
    everything = (await page(gateway, 1001, first=500))["nodes"]
    place = everything.index(one["nodes"][-1])
    assert two["nodes"] == everything[place + 1 :]


async def test_of_each_beatmap_the_best_play_stays(gateway):
    everything = (await page(gateway, cast.REPEATER, first=500))["nodes"]
    best = (await page(gateway, cast.REPEATER, first=500, best=True))["nodes"]
    expected: dict[str, float] = {}
    for play in everything:
        expected.setdefault(play["beatmapId"], play["pp"])
    assert {play["beatmapId"]: play["pp"] for play in best} == expected
    assert len(best) < len(everything)


async def test_best_plays_are_paged_to_the_end_of_what_osutrack_gives(gateway):
    plays, after, going = [], None, True
    while going:
        one = (await gateway.ask(BEST, after=after))["bestPlays"]
        plays += one["nodes"]
        after, going = one["pageInfo"]["endCursor"], one["pageInfo"]["hasNextPage"]
    assert 9000 < len(plays) <= 10_000
    assert [play["pp"] for play in plays] == sorted((play["pp"] for play in plays), reverse=True)


@pytest.mark.parametrize(
    "bits,label",
    [
        (0, "NM"),
        (584, "HDNC"),
        (576, "NC"),
        (88, "HDDTHR"),
        (72, "HDDT"),
        (16416, "PF"),
        (16424, "HDPF"),
        (1 << 27, "3K"),
    ],
)
def test_mods_are_shown_in_the_usual_order_without_what_is_implied(bits, label):
    assert mods_of(bits).label == label


@given(st.integers(0, 2**31 - 1))
def test_a_label_is_its_acronyms_and_the_bits_stay(bits):
    mods = mods_of(bits)
    assert mods.bits == bits
    assert mods.label == ("".join(mods.acronyms) or "NM")
    assert len(mods.acronyms) <= bits.bit_count()
